"""What this service adds to `beraad`: a command (entry point group `beraad.commands`), and who checks a record."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from beraad.cli.services import Trouble
from beraad.cli.verify import Checked

if TYPE_CHECKING:
    from beraad.record.notes import PublicKey
    from beraad_deliberation.record.older import Kept
    from beraad_deliberation.record.verifying import Report


def verify_record(document: Any, against: Sequence[bytes], key: str | None) -> Checked:
    """A group's exported record (entry point group `beraad.verifiers`). Raises `NotReadable` and `Trouble`."""
    from beraad_deliberation.documents.judging import judge_document
    from beraad_deliberation.record.verifying import verify

    kept = [_read_kept(one) for one in against]
    report = verify(document, judge=judge_document, against=kept, key=_read_key(key))
    return Checked(report.good, _told(report), report.to_document())


@click.command()
@click.argument("file", type=click.File("rb"))
def evaluate(file: BinaryIO) -> None:
    """Judge an exported round or vote: print verdict and reasons as JSON.

    FILE is what `GET …/rounds/{id}/export` answers, or - for standard input (docs/deciding.md tells the form). Exit 2 if it cannot be
    judged.
    """
    from beraad.record.reading import NotReadable, read_document
    from beraad_deliberation.documents.judging import UnreadableDocument, judge_document

    try:
        verdict = judge_document(read_document(file.read()))
    except NotReadable as error:
        raise Trouble(f"it cannot be read: {error}") from error
    except UnreadableDocument as error:
        raise Trouble(f"it cannot be judged: {error}") from error
    click.echo(json.dumps({"outcome": verdict.outcome, "reasons": verdict.reasons}))


def _read_kept(data: bytes) -> Kept:
    """A document, or else the text of a checkpoint, as it comes out of a mail. Raises `NotReadable`."""
    from beraad.record.reading import NotReadable, read_document

    if data.lstrip().startswith(b"{"):
        document = read_document(data)
        kept: Kept = document.get("receipt") or document  # an answer as the service gave it
        return kept
    try:
        return data.decode().replace("\r\n", "\n").strip() + "\n"
    except UnicodeDecodeError as error:
        raise NotReadable("neither an export, nor a receipt, nor a checkpoint") from error


def _read_key(key: str | None) -> PublicKey | None:
    from beraad.record.notes import KeyIsMalformed, PublicKey

    try:
        return PublicKey.parse(key) if key else None
    except KeyIsMalformed as error:
        raise Trouble("this is not a public key: name+id+base64 was expected") from error


def _told(report: Report) -> str:
    """The findings, or that there are none and what that is worth."""
    if report.findings:
        return "\n".join(map(str, report.findings))
    erased = f", {report.erased} texts erased or not shown" if report.erased else ""
    doubt = (
        "" if report.key_is_trusted else "\nThe key is the export's own: compare it with the one you know."
    )
    return f"good: {report.entries} entries, {report.outcomes} outcomes judged again{erased}\nkey: {report.key}{doubt}"
