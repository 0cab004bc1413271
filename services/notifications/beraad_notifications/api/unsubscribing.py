"""The link at the end of each mail (RFC 8058): GET shows a page that changes nothing, POST acts, nobody signs in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request

from beraad.http import Blueprint, accepts, act, look, public
from beraad.http.context import current_settings
from beraad_notifications.api.link_pages import PAGES, link_page, words_in
from beraad_notifications.api.unsubscribe_page import PAGE, WORDS
from beraad_notifications.domain.catalogue import DIGEST, OPTIONAL_KINDS
from beraad_notifications.domain.frequencies import DAILY, EVERY_KIND, IMMEDIATE, WEEKLY
from beraad_notifications.domain.recipients import Choices
from beraad_notifications.domain.unsubscribing import read_token
from beraad_notifications.queries.preferences import language_of
from beraad_notifications.use_cases.choose_preferences import (
    UndoUnsubscribe,
    Unsubscribe,
    undo_unsubscribe,
    unsubscribe,
)

blueprint = Blueprint(
    "unsubscribing", __name__, url_prefix="/v1/unsubscribe", description="The link at the end of each mail"
)
UNDO = "undo"


@blueprint.get("/<string:token>")
@public
@blueprint.doc(responses={"200": PAGES, "404": PAGES})
def get_unsubscribe(token: str) -> Response:
    """Ask whether mail of this kind should end. Opening the page changes nothing."""
    named = _named(token)
    return _page("ask" if named else "unknown", named)


@blueprint.post("/<string:token>")
@accepts("application/x-www-form-urlencoded", "multipart/form-data")
@public
@blueprint.doc(responses={"200": PAGES, "404": PAGES})
def post_unsubscribe(token: str) -> Response:
    """End mail of this kind for this person, or undo that. Mail programs call it too (`List-Unsubscribe=One-Click`)."""
    named = _named(token)
    if named is None:
        return _page("unknown", None)
    if UNDO in request.form:
        undone = UndoUnsubscribe(*named, _as_before(request.form.getlist(UNDO)))
        return _page("undone" if act(undo_unsubscribe, undone) else "unknown", named)
    ended = act(unsubscribe, Unsubscribe(*named))
    return _page("unknown" if ended is None else "done", named, ended)


def _named(token: str) -> tuple[UUID, str] | None:
    """Whose mail of which kind; None also for somebody who was erased."""
    named = read_token(token, current_settings().secret_key)
    return named if named and look(language_of, named[0]) is not None else None


def _page(what: str, named: tuple[UUID, str] | None, ended: Choices | None = None) -> Response:
    language, words = words_in(WORDS, look(language_of, named[0]) if named else None)
    kind = words["kinds"][named[1]] if named else ""
    told: dict[str, Any] = {
        "what": what,
        "kind": kind,
        "undo": _to_undo(ended, named) if ended and named else [],
    }
    return link_page(PAGE, language, words, 404 if what == "unknown" else 200, **told)


def _to_undo(ended: Choices, named: tuple[UUID, str]) -> list[str]:
    """What the undo button sends: `group:kind:frequency`, without group where it was chosen for none.

    Of a kind that had ended before: that it comes at once.
    """
    in_groups = [
        f"{group_id}:{kind}:{often}" for group_id, of in ended.groups.items() for kind, often in of.items()
    ]
    to_undo = [f":{kind}:{often}" for kind, often in ended.kinds.items()] + in_groups
    return to_undo or ([] if named[1] == DIGEST.name else [f":{named[1]}:{IMMEDIATE}"])


def _as_before(sent: list[str]) -> Choices:
    """What is not understood is left out."""
    kinds: dict[str, str] = {}
    groups: dict[UUID, dict[str, str | None]] = {}
    for group, kind, often in (one.split(":") for one in sent if one.count(":") == 2):  # noqa: PLR2004
        if often not in {IMMEDIATE, DAILY, WEEKLY} or kind not in {EVERY_KIND, *OPTIONAL_KINDS}:
            continue
        if not group and kind != EVERY_KIND:
            kinds[kind] = often
        elif group_id := _group_id(group):
            groups.setdefault(group_id, {})[kind] = often
    return Choices(kinds=kinds, groups=groups)


def _group_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
