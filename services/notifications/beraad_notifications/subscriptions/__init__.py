"""What notifications listens to: one file per upstream stream."""
