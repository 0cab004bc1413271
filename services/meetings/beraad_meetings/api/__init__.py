"""HTTP words only."""
