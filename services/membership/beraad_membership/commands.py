"""What this service adds to `beraad`: a command (entry point group `beraad.commands`), and who checks a draw.

Neither needs a solver, a database or settings.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from beraad.cli.services import Trouble
from beraad.cli.verify import Checked

if TYPE_CHECKING:
    from beraad_membership.domain.verification import Fault


@click.command()
@click.option("--seed", required=True, help="The text to draw from, as published.")
@click.option("--of", "of", required=True, type=int, help="How many numbers there are, from 0: 1000 panels.")
def draw(seed: str, of: int) -> None:
    """Print the number that a seed draws (docs/selection.md tells how)."""
    from beraad.domain import InvalidRequest
    from beraad_membership.domain import draw as drawing

    try:
        click.echo(drawing.draw(seed, of))
    except InvalidRequest as error:
        raise Trouble(str(error)) from error


def verify_draw(document: Any, against: Sequence[bytes], key: str | None) -> Checked:
    """A published draw. `against` may be commitments kept before. Raises `NotReadable` and `Trouble`."""
    from beraad_membership.domain import verification

    faults = verification.verify_draw(document)
    if not faults:
        faults = _compared(document["commitment"], against)
    good = "" if faults else f"good: panel {document['number']} of 1000\n{', '.join(document['panel'])}"
    return _checked(faults, good, key)


def verify_commitment(document: Any, against: Sequence[bytes], key: str | None) -> Checked:
    """A commitment whose draw is still to come. Raises `NotReadable` and `Trouble`."""
    from beraad_membership.domain import commitments, verification

    faults = verification.verify_commitment(document)
    if not faults:
        faults = _compared(document, against)
    good = (
        ""
        if faults
        else f"good: {len(document['pool'])} people, 1000 panels\nSHA-256 {commitments.sha256_of(document)}"
    )
    return _checked(faults, good, key)


def _compared(committed: dict[str, Any], against: Sequence[bytes]) -> list[Fault]:
    from beraad.record.reading import read_document
    from beraad_membership.domain.verification import Fault

    if all(read_document(kept) == committed for kept in against):
        return []
    return [Fault("CommitmentWasChanged", "what was kept before is another commitment")]


def _checked(faults: Sequence[Fault], good: str, key: str | None) -> Checked:
    if key is not None:
        raise Trouble("a draw is not signed: its commitment is known by its SHA-256, not by a key")
    found = [{"code": fault.code, "detail": fault.detail} for fault in faults]
    return Checked(not faults, "\n".join(map(str, faults)) or good, {"good": not faults, "findings": found})
