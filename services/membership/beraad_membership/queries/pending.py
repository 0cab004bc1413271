"""What awaits the caller in membership: coordinators see the vacancies and missing roles of their groups."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from beraad_membership.queries.groups import summaries
from beraad_membership.storage.tables import groups, roles
from beraad_membership.storage.work import Work

COORDINATORS = ("facilitator", "board_link", "secretary")


def pending(work: Work) -> dict[str, Any]:
    """Groups the caller coordinates that are not complete, or lack a coordinator."""
    work.authorize("me.read")
    mine = select(roles.c.group_id).where(
        roles.c.person_id == work.actor.person_id, roles.c.role.in_(COORDINATORS)
    )
    rows = work.session.execute(
        select(groups).where(groups.c.id.in_(mine), groups.c.ended_on.is_(None))
    ).all()
    items = []
    for group in summaries(work, list(rows)):
        health = group["health"]
        if not health["complete"] or not health["coordinators_present"]:
            items.append(_item(group))
    return {"items": items}


def _item(group: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "composition.incomplete",
        "subject": f"groups/{group['id']}",
        "title": group["name"],
        "group_id": group["id"],
        "due_at": None,
    }
