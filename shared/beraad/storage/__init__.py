"""Databases: engines, column types, and the tables every service carries beside its own."""
