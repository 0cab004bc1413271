"""What the pages that mails lead to share: nobody signs in, so they are kept nowhere, found nowhere and tell no other site."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, render_template_string

from beraad.http.context import current_settings

PAGES: dict[str, Any] = {"description": "A page", "content": {"text/html": {"schema": {"type": "string"}}}}
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
}


def words_in(words: Mapping[str, dict[str, Any]], language: str | None) -> tuple[str, dict[str, Any]]:
    """The language of the page, and its words: the person's, the organisation's, or English."""
    for one in (language, current_settings().language):
        if one is not None and one in words:
            return one, words[one]
    return "en", words["en"]


def link_page(page: str, language: str, words: dict[str, Any], status: int, **told: Any) -> Response:
    """The page, filled in."""
    answer = make_response(render_template_string(page, language=language, words=words, **told), status)
    answer.headers.update(HEADERS)
    return answer
