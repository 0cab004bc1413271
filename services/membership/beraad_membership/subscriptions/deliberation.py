"""Deliberation decides; a decision of kind `constitute_group` creates the groups it names."""

from __future__ import annotations

from typing import Any

from beraad.messaging.subscriptions import Received, Subscriptions
from beraad_membership.use_cases.constitute_groups import ConstituteGroups, constitute_groups

deliberation = Subscriptions("deliberation")


@deliberation.on("deliberation.decision.in_force.v1")
def on_decision_in_force(event: Received, work: Any) -> None:
    """Create the groups, once per decision."""
    if event["kind"] == "constitute_group":
        constitute_groups(
            ConstituteGroups(event["decision_id"], tuple(event["annex"]["groups"])), work, work.now
        )
