"""What awaits the caller."""

from __future__ import annotations

from typing import Any

from beraad.http import Blueprint, look, requires
from beraad.http.schemas import Pending
from beraad_notifications.queries.pending import pending

blueprint = Blueprint("pending", __name__, url_prefix="/v1/me", description="What awaits you")


@blueprint.get("/pending")
@requires("me.read")
@blueprint.response(200, Pending)
def get_pending() -> dict[str, Any]:
    """Nothing, ever: the other services tell what awaits the caller."""
    return look(pending)
