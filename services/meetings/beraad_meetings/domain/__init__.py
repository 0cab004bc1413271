"""What meetings are, and the rules they keep. Standard library and `beraad.domain` only."""
