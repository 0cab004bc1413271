"""`beraad bus`: what an operator does with events."""

from __future__ import annotations

import click

from beraad.cli.lazy import LazyGroup

COMMANDS = {
    "declare": ("beraad.cli.bus_declare:declare", "Set up exchanges, queues and bindings on the broker."),
    "check": ("beraad.cli.bus_check:check", "Whether a service's exchanges and queues stand on the broker."),
    "lag": ("beraad.cli.bus_lag:lag", "How far a service's events have come, out and in."),
    "parked": ("beraad.cli.bus_parked:parked", "Events a service could not apply."),
    "show": ("beraad.cli.bus_parked:show", "The parked events of one aggregate in full."),
    "replay": (
        "beraad.cli.bus_parked:replay",
        "Apply the parked events of one aggregate or of all, once the cause is mended.",
    ),
    "drop": ("beraad.cli.bus_parked:drop", "Give up the parked events of one aggregate, with a reason."),
    "dead": ("beraad.cli.bus_dead:dead", "Messages a service could not even read."),
    "restored": ("beraad.cli.bus_restored:restored", "Say that a service's database came from a backup."),
    "unarchive": ("beraad.cli.bus_unarchive:unarchive", "Put archived events back into a service's log."),
    "tail": ("beraad.cli.bus_tail:tail", "What a service publishes, as it happens."),
}


@click.group(cls=LazyGroup, commands_by_path=COMMANDS)
def bus() -> None:
    """Look after the events."""
