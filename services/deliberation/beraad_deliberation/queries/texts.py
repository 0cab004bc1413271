"""Reading how a text came to be: what differs between two versions, and what brought each line."""

from __future__ import annotations

from html import escape
from typing import Any
from uuid import UUID

from sqlalchemy import select

from beraad.domain import NotFound
from beraad_deliberation.domain.edits import Kind, Run, runs_of
from beraad_deliberation.queries.visible import one_row
from beraad_deliberation.storage.tables import objections, proposals, versions
from beraad_deliberation.storage.work import Work
from beraad_deliberation.use_cases.comparing import edits_between, provenance

MARKED = {Kind.EQUAL: "{}", Kind.REMOVED: "<del>{}</del>", Kind.ADDED: "<ins>{}</ins>"}


def difference(work: Work, proposal_id: UUID, number: int, since: int | None) -> dict[str, Any]:
    """Of that version from an earlier one (None: the one before), as runs and as HTML. Raises `NotFound`."""
    texts = _texts(work, proposal_id)
    earlier = number - 1 if since is None else since
    if number not in texts or (earlier and earlier not in texts):
        raise NotFound("no such version")
    before = texts.get(earlier, {"text": ""})["text"]
    runs = runs_of(before, edits_between(before, texts[number]["text"]))
    shown = [{"kind": run.kind, "text": run.text} for run in runs]
    return {"from_version": earlier, "to_version": number, "runs": shown, "html": as_html(runs)}


def blame(work: Work, proposal_id: UUID) -> list[dict[str, Any]]:
    """Each line of the current text with the version, amendment and objections that brought it. Raises `NotFound`."""
    told = list(_texts(work, proposal_id).values())
    answered = _answered(work, proposal_id)
    lines = provenance([one["text"] for one in told])
    return [
        {
            "line": number,
            "text": line.text,
            "version": (version := told[line.brought_by])["number"],
            "author_id": version["author_id"],
            "amendment_id": version["amendment_id"],
            "objection_ids": answered.get(version["number"], []),
        }
        for number, line in enumerate(lines, start=1)
    ]


def as_html(runs: tuple[Run, ...]) -> str:
    """The Markdown source, what went struck out and what came marked; white space counts."""
    content = "".join(MARKED[run.kind].format(escape(run.text)) for run in runs)
    return f'<pre class="difference">{content}</pre>'


def _texts(work: Work, proposal_id: UUID) -> dict[int, dict[str, Any]]:
    proposal = one_row(work, proposals, proposal_id, "no such proposal")
    work.authorize("proposal.read", proposal.group_id)
    query = select(versions).where(versions.c.proposal_id == proposal_id).order_by(versions.c.number)
    return {row["number"]: dict(row) for row in work.session.execute(query).mappings()}


def _answered(work: Work, proposal_id: UUID) -> dict[int, list[UUID]]:
    """By version, the objections it answers."""
    query = select(objections.c.id, objections.c.integrated_in_version).where(
        objections.c.proposal_id == proposal_id, objections.c.integrated_in_version.is_not(None)
    )
    found: dict[int, list[UUID]] = {}
    for row in work.session.execute(query.order_by(objections.c.id)):
        found.setdefault(row.integrated_in_version, []).append(row.id)
    return found
