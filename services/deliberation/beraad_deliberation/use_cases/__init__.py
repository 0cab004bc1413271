"""What can be done in deliberation: one verb per file, each a command and its handler `(command, work, now)`."""
