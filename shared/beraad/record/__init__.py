"""A transparent log anyone can check: canonical entries, Merkle trees, signed checkpoints, salted commitments.

Pure and offline: no database, no clock, no network. What is recorded in it is a service's business.
"""
