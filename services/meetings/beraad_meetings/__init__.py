"""The meetings service: series, meetings, agenda, invitations, minutes and calendars."""
