"""Measured side by side with what people would pick instead, in one run."""
