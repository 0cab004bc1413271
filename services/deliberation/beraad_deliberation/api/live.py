"""Pages that are polled: their tag is the hash of what they show, because answers arrive without a new revision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from beraad.http import look
from beraad.http.context import tag_by_content


def look_live(query: Callable[..., dict[str, Any]], key: UUID) -> dict[str, Any]:
    """Ask, and let the tag follow the content.

    What a write answers keeps its revision as tag: `Wait-For` names it.
    """
    result = look(query, key)
    tag_by_content()
    return result
