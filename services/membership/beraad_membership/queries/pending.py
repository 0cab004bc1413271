"""What awaits the caller in membership: vacancies and missing roles of groups they coordinate, people who ask to be erased."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from beraad_membership.queries.groups import summaries
from beraad_membership.storage.tables import groups, people, roles
from beraad_membership.storage.work import Work

COORDINATORS = ("facilitator", "board_link", "secretary")


def pending(work: Work) -> dict[str, Any]:
    """Groups the caller coordinates that are not complete, or lack a coordinator; for administrators, erasures asked for."""
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
    return {"items": [*items, *_erasures(work)]}


def _erasures(work: Work) -> list[dict[str, Any]]:
    if not work.actor.administrator:
        return []
    asked = people.c.erasure_asked_at.is_not(None) & people.c.erased_at.is_(None)
    query = select(people.c.id, people.c.name).where(asked).order_by(people.c.erasure_asked_at).limit(100)
    return [
        {
            "kind": "erasure.asked",
            "subject": f"people/{row.id}",
            "title": row.name,
            "group_id": None,
            "due_at": None,
        }
        for row in work.session.execute(query)
    ]


def _item(group: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "composition.incomplete",
        "subject": f"groups/{group['id']}",
        "title": group["name"],
        "group_id": group["id"],
        "due_at": None,
    }
