"""What deliberation writes down for others to read and check: documents in JSON with a named format, and their schemas."""
