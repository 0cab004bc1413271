"""The reference case, played through the public HTTP APIs alone (`beraad demo smart`)."""
