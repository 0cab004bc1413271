"""`beraad verify`: whoever knows a file's format checks it. Offline: no settings, no database, no network."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, BinaryIO

import click

from beraad.cli.services import Trouble

GROUP = "beraad.verifiers"
"""Entry points: the name of a format without its version, such as `beraad.group` of `beraad.group/1`, and who checks it."""


@dataclass(frozen=True)
class Checked:
    """What a check found: as lines for people, and as a document for programs."""

    good: bool
    told: str
    document: Mapping[str, Any]


Verifier = Callable[[Any, Sequence[bytes], str | None], Checked]
"""Takes the document, what was kept before, and the key that is trusted. Raises `NotReadable` or `Trouble`, and nothing else."""


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option(
    "--against",
    multiple=True,
    type=click.File("rb"),
    help="What was kept before: an older export, a receipt, a checkpoint, or a draw's commitment (may be repeated).",
)
@click.option(
    "--key", metavar="KEY", help="The public key you trust, for a record: name+id+base64, as published."
)
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON document.")
def verify(file: BinaryIO, against: tuple[BinaryIO, ...], key: str | None, as_json: bool) -> None:
    """Check what was published, offline: a group's exported record, a selection's commitment or draw.

    FILE is a file, or - for standard input. Exit 1 if anything is found, one finding a line; 2 if a file or the key cannot be read.
    """
    from beraad.record.reading import NotReadable, read_document

    try:
        kept = [one.read() for one in against]
        document = read_document(file.read())
        checked = verifier_of(document)(document, kept, key)
    except NotReadable as error:
        raise Trouble(f"it cannot be read: {error}") from error
    click.echo(json.dumps(checked.document) if as_json else checked.told)
    sys.exit(0 if checked.good else 1)


def verifier_of(document: Any) -> Verifier:
    """Of whatever installed service knows the document's format. Raises `Trouble` where none does."""
    told = document.get("format") if isinstance(document, dict) else None
    known = {entry.name: entry for entry in entry_points(group=GROUP)}
    entry = known.get(told.partition("/")[0]) if isinstance(told, str) else None
    if entry is None:
        raise Trouble(f"nobody installed here checks this format; known are: {', '.join(sorted(known))}")
    verifier: Verifier = entry.load()
    return verifier
