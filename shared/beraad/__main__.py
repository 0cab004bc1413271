"""`python -m beraad`: the same as the `beraad` command."""

from beraad.cli import main

main()
