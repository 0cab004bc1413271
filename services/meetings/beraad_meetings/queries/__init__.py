"""The read side: plain selects."""
