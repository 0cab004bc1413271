"""Deliberation's proposals: their title and stage stand on agenda items."""

from __future__ import annotations

from typing import Any

from beraad.messaging.cursors import upsert
from beraad.messaging.subscriptions import Projection, Received, Subscriptions
from beraad_meetings.storage.tables import known_proposals

known = Projection(known_proposals)


@known.on(
    "deliberation.proposal.opened.v1",
    "deliberation.proposal.moved.v1",
    "deliberation.proposal.version_published.v1",
    "deliberation.proposal.withdrawn.v1",
    "deliberation.proposal.adopted.v1",
    "deliberation.proposal.lapsed.v1",
    "deliberation.proposal.rejected.v1",
    "deliberation.proposal.deadlocked.v1",
)
def remember_proposal(event: Received, work: Any) -> None:
    """Keep the newest title and stage; every proposal event carries them, so rounds and approvals need no handler."""
    values = {column.name: event[column.name] for column in known_proposals.c}
    statement = upsert(work.session, known_proposals).values(**values)
    work.session.execute(
        statement.on_conflict_do_update(
            index_elements=["proposal_id"],
            set_={name: statement.excluded[name] for name in values if name != "proposal_id"},
            where=known_proposals.c.revision < statement.excluded.revision,
        )
    )


deliberation = Subscriptions("deliberation", known)
