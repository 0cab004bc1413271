"""The inbox: every mail the system sent, as pages for people and as JSON for programs. Development only."""

from __future__ import annotations

from dataclasses import asdict
from email.message import EmailMessage
from typing import Any, cast

from flask import Blueprint, Response, current_app, render_template, request

from beraad.domain import InvalidRequest, NotFound
from beraad.up.mailbox import Mailbox, Summary

blueprint = Blueprint("inbox", __name__, url_prefix="/inbox")
PAGE = 200
MAX_LIMIT = 1000
INTERESTING = (
    "From",
    "To",
    "Reply-To",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "X-Beraad-Kind",
    "X-Beraad-Event",
)
MAIL_CSP = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


@blueprint.get("")
def page() -> str:
    """The newest mails, by address (`to`) and `kind`."""
    chosen = _chosen()
    before = _number("before", len(chosen) and chosen[-1].id + 1)
    shown = [mail for mail in reversed(chosen) if mail.id < before][:PAGE]
    kinds = sorted({mail.kind for mail in _mailbox().summaries() if mail.kind})
    older = shown[-1].id if len(shown) == PAGE else None
    return render_template("inbox.html", mails=shown, kinds=kinds, count=len(chosen), older=older)


@blueprint.get("/<int:number>")
def mail(number: int) -> str:
    """One mail: its headers, its text, its HTML in a sandbox, its calendar part."""
    message = _message(number)
    return render_template("mail.html", number=number, headers=_headers(message), **_parts(message))


@blueprint.get("/<int:number>/html")
def html(number: int) -> Response:
    """The HTML part alone; it may neither run scripts nor load anything."""
    part = _parts(_message(number))["html"]
    response = Response(f'<!doctype html><base target="_blank">{part}', mimetype="text/html")
    response.headers["Content-Security-Policy"] = MAIL_CSP
    return response


@blueprint.get("/messages")
def messages() -> dict[str, Any]:
    """Mails after the number `after`, oldest first: at most `limit`, by `to` and `kind`; `brief=1` leaves the text out."""
    after, limit = _number("after", 0), min(_number("limit", 100), MAX_LIMIT)
    found = [summary for summary in _chosen() if summary.id > after][:limit]
    return {"messages": [asdict(summary) if _number("brief", 0) else _told(summary) for summary in found]}


@blueprint.get("/count")
def count() -> dict[str, int]:
    """How many mails there are, by `to` and `kind`, and the number of the last."""
    chosen = _chosen()
    return {"count": len(chosen), "last": chosen[-1].id if chosen else 0}


def _chosen() -> list[Summary]:
    to, kind = request.args.get("to", "").strip().lower(), request.args.get("kind", "")
    return [
        mail
        for mail in _mailbox().summaries()
        if (not to or to in (address.lower() for address in mail.to)) and (not kind or kind == mail.kind)
    ]


def _told(summary: Summary) -> dict[str, Any]:
    message = _message(summary.id)
    return {**asdict(summary), "headers": _headers(message), "text": _parts(message)["text"]}


def _headers(message: EmailMessage) -> dict[str, str]:
    return {name: str(message[name]) for name in ("Subject", *INTERESTING) if name in message}


def _parts(message: EmailMessage) -> dict[str, str]:
    found = {"text/plain": "", "text/html": "", "text/calendar": ""}
    for part in message.walk():
        if part.get_content_type() in found and not part.is_attachment():
            found[part.get_content_type()] = found[part.get_content_type()] or _content(part)
    return {kind.removeprefix("text/").replace("plain", "text"): text for kind, text in found.items()}


def _content(part: EmailMessage) -> str:
    try:
        return str(part.get_content(errors="replace"))
    except LookupError:  # a character set nobody knows
        return str(part.get_payload())


def _message(number: int) -> EmailMessage:
    message = _mailbox().message(number)
    if message is None:
        raise NotFound("there is no mail of that number")
    return message


def _mailbox() -> Mailbox:
    return cast("Mailbox", current_app.extensions["beraad.mailbox"])


def _number(name: str, default: int) -> int:
    value = request.args.get(name, str(default))
    if not value.isdecimal() or len(value) > 9:  # noqa: PLR2004 - more mails than a disk holds
        raise InvalidRequest(f"{name} is a number of at most nine digits", pointer=name)
    return int(value)
