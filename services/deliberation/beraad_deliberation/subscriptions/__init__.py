"""What deliberation listens to: one file per upstream service."""
