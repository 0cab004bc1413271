"""Decision profiles: the presets, and how a group decides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from beraad.http import Blueprint, act, if_match, look, requires
from beraad_deliberation.api import profile_schemas as shape
from beraad_deliberation.domain.profiles import PRESETS, DecisionProfile
from beraad_deliberation.queries.profiles import list_presets, one_group_profile
from beraad_deliberation.use_cases.set_profile import SetProfile, set_profile

blueprint = Blueprint("profiles", __name__, url_prefix="/v1", description="How groups decide")


@blueprint.get("/decision-profiles")
@requires("profile.list")
@blueprint.response(200, shape.PresetsAnswer)
def get_presets() -> dict[str, Any]:
    """The presets a group may start from."""
    return {"items": look(list_presets)}


@blueprint.get("/groups/<uuid:group_id>/decision-profile")
@requires("profile.read")
@blueprint.response(200, shape.GroupProfileAnswer)
def get_group_profile(group_id: UUID) -> dict[str, Any]:
    """How a group decides now."""
    return look(one_group_profile, group_id)


@blueprint.put("/groups/<uuid:group_id>/decision-profile")
@requires("profile.set")
@blueprint.arguments(shape.ProfileBody)
@blueprint.response(200, shape.GroupProfileAnswer)
def put_group_profile(body: dict[str, Any], group_id: UUID) -> dict[str, Any]:
    """Set how a group decides from its next decision on (If-Match required); what is under way keeps its own."""
    reason, name = body.pop("reason"), body.pop("preset")
    profile = DecisionProfile.from_document({**PRESETS[name].to_document(), **body})
    act(set_profile, SetProfile(group_id, profile, reason, if_match()))
    return look(one_group_profile, group_id)
