"""The read side: plain selects that answer what the API shows."""
