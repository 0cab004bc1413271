"""Reading how groups decide."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from beraad_deliberation.domain.profiles import PRESETS
from beraad_deliberation.storage.work import Work
from beraad_deliberation.use_cases.group_profile import profile_of


def list_presets(work: Work) -> list[dict[str, Any]]:
    """The profiles that ship."""
    work.authorize("profile.list")
    return [profile.to_document() for profile in PRESETS.values()]


def one_group_profile(work: Work, group_id: UUID) -> dict[str, Any]:
    """How a group decides now. Raises `NotYetKnown`, `NotFound`."""
    work.authorize("profile.read", group_id)
    group = work.groups.get(group_id)
    own, body = work.group_profiles.current(group_id), group.approving_body_id
    return {
        "group_id": group_id,
        "revision": own.revision if own else 0,
        "profile": profile_of(group, work.group_profiles).to_document(),
        "reason": own.reason if own else "",
        "set_by": own.set_by if own else None,
        "set_at": own.set_at if own else None,
        "allowed_actions": work.actions(("profile.set",), body or group_id, body is not None),
    }
