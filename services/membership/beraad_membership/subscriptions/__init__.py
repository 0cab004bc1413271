"""What membership listens to: one file per upstream service."""
