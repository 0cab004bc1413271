"""The page of all choices, which every mail leads to: GET shows it and changes nothing, POST saves, nobody signs in."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request

from beraad.domain import InvalidRequest, Stale
from beraad.http import Blueprint, accepts, act, look, public
from beraad.http.context import current_settings
from beraad_notifications.api.choices_form import Form, choices_in, form_of, form_sent
from beraad_notifications.api.link_pages import PAGES, link_page, words_in
from beraad_notifications.api.preferences_page import PAGE, WORDS, layout
from beraad_notifications.domain.unsubscribing import read_preferences_token
from beraad_notifications.queries.preferences import ChoicesAsked, choices_asked
from beraad_notifications.use_cases.choose_preferences import ChooseByLink, choose_by_link

blueprint = Blueprint(
    "choosing_by_link",
    __name__,
    url_prefix="/v1/preferences",
    description="All choices, by the link in a mail",
)
STATUS = {"ask": 200, "saved": 200, "stale": 409, "wrong": 422}


@blueprint.get("/<string:token>")
@public
@blueprint.doc(responses={"200": PAGES, "404": PAGES})
def get_choices(token: str) -> Response:
    """Show what the person chose. Opening the page changes nothing."""
    return _page("ask", _person(token), None)


@blueprint.post("/<string:token>")
@accepts("application/x-www-form-urlencoded", "multipart/form-data")
@public
@blueprint.doc(responses={"200": PAGES, "404": PAGES, "409": PAGES, "422": PAGES})
def post_choices(token: str) -> Response:
    """Save them. Where others were saved meanwhile, nothing is, and the page shows both."""
    person_id, sent = _person(token), form_sent(request.form)
    what = "ask" if person_id is None else _saved(person_id, sent)
    return _page(what, person_id, None if what == "saved" else sent)


def _person(token: str) -> UUID | None:
    return read_preferences_token(token, current_settings().secret_key)


def _saved(person_id: UUID, sent: Form) -> str:
    try:
        act(choose_by_link, ChooseByLink(person_id, choices_in(sent), sent.revision))
    except Stale:
        return "stale"
    except InvalidRequest:
        return "wrong"
    return "saved"


def _page(what: str, person_id: UUID | None, sent: Form | None) -> Response:
    asked = look(choices_asked, person_id) if person_id else None
    language, words = words_in(WORDS, asked.language if asked else None)
    if asked is None:
        return link_page(PAGE, language, words, 404, what="unknown")
    kept = form_of(asked.recipient)
    told = {"revision": asked.recipient.revision, "sections": layout(language), "groups": _groups(asked)}
    return link_page(PAGE, language, words, STATUS[what], what=what, form=sent or kept, kept=kept, **told)


def _groups(asked: ChoicesAsked) -> list[tuple[str, str, list[str]]]:
    """Id, name, and the kinds something was chosen for in it."""
    chosen = asked.recipient.groups
    return [
        (str(group_id), name, sorted(set(chosen.get(group_id, {})) - {"all"}))
        for group_id, name in asked.groups.items()
    ]
