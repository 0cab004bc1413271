"""What a group is, who may hold its seats, and who is who. Standard library and `beraad.domain` only."""
