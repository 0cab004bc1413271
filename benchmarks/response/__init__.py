"""Recording responses, listing proposals and closing rounds, on a private PostgreSQL with fsync on."""
