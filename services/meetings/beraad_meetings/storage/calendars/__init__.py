"""RFC 5545 through the libraries that know it: recurrence, time zones, calendar objects."""
