"""`beraad demo`: whole cases, played through the API."""

from __future__ import annotations

import click

from beraad.cli.lazy import LazyGroup

COMMANDS = {
    "smart": ("beraad.demo.smart:command", "Working groups of a cooperative, from draft to decision.")
}


@click.group(cls=LazyGroup, commands_by_path=COMMANDS)
def demo() -> None:
    """Play a whole case through the API."""
