"""Exports and trails, to look at: what the documents hold, with what changed between versions."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any
from uuid import UUID

from beraad_deliberation.documents.pages import group_html, proposal_html
from beraad_deliberation.documents.trail_picture import picture
from beraad_deliberation.documents.wording import Wording
from beraad_deliberation.domain.edits import runs_of
from beraad_deliberation.queries.exports import export_group, export_proposal
from beraad_deliberation.queries.texts import as_html
from beraad_deliberation.queries.trails import trail_of_proposal
from beraad_deliberation.storage.work import Work
from beraad_deliberation.use_cases.comparing import edits_between

LANGUAGE = "en"


def trail_picture(work: Work, proposal_id: UUID) -> str:
    """SVG. Raises `NotFound`."""
    return picture(trail_of_proposal(work, proposal_id), Wording(LANGUAGE, "UTC"))


def proposal_page(work: Work, proposal_id: UUID) -> str:
    """HTML. Raises `NotFound`."""
    document = export_proposal(work, proposal_id)
    return proposal_html(document, _differences([document]), LANGUAGE)


def group_page(work: Work, group_id: UUID) -> str:
    """HTML. Raises `NotFound`, `NotYetKnown`, `ExportIsTooLarge`."""
    document = export_group(work, group_id)
    return group_html(document, _differences(document["proposals"]), LANGUAGE)


def _differences(exported: Iterable[dict[str, Any]]) -> dict[tuple[str, int], str]:
    """Of each version from the one before, by proposal and version."""
    found = {}
    for one in exported:
        versions = one["versions"]
        for before, after in pairwise(versions):
            runs = runs_of(before["text"], edits_between(before["text"], after["text"]))
            found[one["proposal"]["id"], after["number"]] = as_html(runs)
    return found
