"""Reading API keys: everything about them but what proves them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from beraad.http import page_of
from beraad_membership.storage.tables import api_keys
from beraad_membership.storage.work import Work

SHOWN = [column for column in api_keys.c if column.name != "secret_hash"]


def one_api_key(work: Work, key_id: UUID) -> dict[str, Any]:
    """The key just issued."""
    work.authorize("api_key.list")
    return _shown(work, work.session.execute(select(*SHOWN).where(api_keys.c.id == key_id)).one())


def list_api_keys(work: Work, limit: int, cursor: str | None) -> list[dict[str, Any]]:
    """All that were ever issued, oldest first."""
    work.authorize("api_key.list")
    rows = page_of(work.session, select(*SHOWN), (api_keys.c.id,), limit, cursor)
    return [_shown(work, row) for row in rows]


def _shown(work: Work, row: Row[Any]) -> dict[str, Any]:
    actions = {"api_key.revoke": vars(work.decide("api_key.revoke"))}
    return {**row._mapping, "allowed_actions": actions}  # noqa: SLF001 - SQLAlchemy's documented way
