"""What notifications knows: which event is told to whom, what becomes of a delivery, what a person chose."""
