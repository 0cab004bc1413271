"""The links of an invitation: GET shows a page that changes nothing (mail scanners follow links), POST acts.

Nobody signs in. The page tells what the meeting is called and when it is, to whom it was told by mail, and no more.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request

from beraad.http import Blueprint, accepts, act, look, public
from beraad.http.context import current_settings
from beraad_notifications.api.link_pages import PAGES, link_page, words_in
from beraad_notifications.api.reply_page import PAGE, WORDS, said_when
from beraad_notifications.domain.replying import ANSWERS, Invited, read_reply_token
from beraad_notifications.queries.replying import what_is_asked
from beraad_notifications.use_cases.give_reply import GiveReply, give_reply
from beraad_notifications.use_cases.ports import KnownMeeting

blueprint = Blueprint(
    "replying", __name__, url_prefix="/v1/replies", description="The links of an invitation"
)
ANSWER: dict[str, Any] = {
    "name": "answer",
    "in": "query",
    "schema": {"type": "string", "enum": list(ANSWERS)},
}
STATUS = {"ask": 200, "done": 200, "missing": 422, "over": 410, "unknown": 404}


@blueprint.get("/<string:token>")
@public
@blueprint.doc(parameters=[ANSWER], responses={"200": PAGES, "404": PAGES, "410": PAGES})
def get_reply(token: str) -> Response:
    """Ask whether the person comes, with the answer of the link chosen."""
    return _answered(token, request.args.get("answer"), None)


@blueprint.post("/<string:token>")
@accepts("application/x-www-form-urlencoded", "multipart/form-data")
@public
@blueprint.doc(responses={"200": PAGES, "404": PAGES, "410": PAGES, "422": PAGES})
def post_reply(token: str) -> Response:
    """Answer. A later answer replaces it."""
    return _answered(token, None, request.form.get("answer", ""))


def _answered(token: str, chosen: str | None, given: str | None) -> Response:
    invited = read_reply_token(token, current_settings().secret_key)
    if invited is None:
        return _page("unknown", None, [], None)
    if given in ANSWERS:
        coming = act(give_reply, GiveReply(invited, given))
        return _page("done" if coming else "over", invited, coming, given)
    coming = look(what_is_asked, invited)[2]
    what = "over" if not coming else "ask" if given is None else "missing"
    return _page(what, invited, coming, chosen)


def _page(what: str, invited: Invited | None, coming: list[KnownMeeting], chosen: str | None) -> Response:
    wanted, zone = look(what_is_asked, invited)[:2] if invited else (None, None)
    language, words = words_in(WORDS, wanted)
    told: dict[str, Any] = {
        "what": what,
        "answers": ANSWERS,
        "chosen": chosen if chosen in ANSWERS else None,
        "meeting": coming[0] if coming else None,
        "is_series": invited is not None and invited.is_series,
        "count": len(coming),
        "when": said_when(coming, language, zone) if coming else "",
    }
    return link_page(PAGE, language, words, STATUS[what], **told)
