"""The `beraad` command. Each subcommand is imported when it is called, so that help is quick.

Services contribute their own under the entry point group `beraad.commands`.
"""

from __future__ import annotations

import click

from beraad.cli.lazy import LazyGroup

COMMANDS = {
    "up": ("beraad.cli.up:up", "Start everything on this machine."),
    "migrate": ("beraad.cli.migrate:migrate", "Bring a service's database up to date, or check that it is."),
    "web": ("beraad.cli.web:web", "Serve a service's API."),
    "worker": ("beraad.cli.worker:worker", "Run a service's relay, consumer and due work."),
    "verify": ("beraad.cli.verify:verify", "Check what was published, offline: a record, a draw."),
    "drain": ("beraad.cli.drain:drain", "Let the gateway stop sending requests to this service."),
    "bus": ("beraad.cli.bus:bus", "Look after the events: topology, parked messages."),
    "rebuild": ("beraad.cli.rebuild:rebuild", "Make anew what a service keeps of the others, or compare."),
    "inbox": ("beraad.cli.inbox:inbox", "Take mail without delivering it, and show it."),
    "init": ("beraad.cli.init:init", "Write fresh secrets."),
    "demo": ("beraad.cli.demo:demo", "Play a whole case through the API."),
    "revision": ("beraad.cli.revision:revision", "Write the next migration of a service (or of the kernel)."),
}


@click.group(
    cls=LazyGroup,
    commands_by_path=COMMANDS,
    contributed="beraad.commands",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="beraad")
@click.option(
    "--of",
    "data",
    metavar="FOLDER",
    help="Work on what `beraad up` keeps in FOLDER (such as var/beraad): its databases, addresses and keys.",
)
def main(data: str | None) -> None:
    """Beraad: compose a group, meet, draft and amend proposals, decide by consent."""
    if data is not None:
        _surround(data)


def _surround(data: str) -> None:
    import os
    from pathlib import Path

    from beraad.run_folder import surroundings_file
    from beraad.secrets_file import read_values

    told = read_values(surroundings_file(Path(data)))
    if not told:
        from beraad.cli.services import Trouble

        raise Trouble(f"`beraad up` has not run on {data}")
    os.environ.update(told)
