"""One file per upstream service."""
