"""Preparing a draw beside sortition-algorithms: how long it takes, and what chance is left to the least likely person."""
