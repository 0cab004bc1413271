"""Contributions: resources and experience on a group's theme."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import fields, validate

from beraad.http import Answer, Blueprint, Body, PageQuery, ResourceAnswer, act, located, look, requires
from beraad_deliberation.api.texts import heading, prose
from beraad_deliberation.queries.register import list_contributions, one_contribution
from beraad_deliberation.use_cases.add_contribution import (
    AddContribution,
    PublishContribution,
    add_contribution,
    publish_contribution,
)

blueprint = Blueprint(
    "contributions", __name__, url_prefix="/v1", description="Resources and experience per theme"
)


class ContributionBody(Body):
    """What to share; `author_name` where it is shared for somebody else."""

    id = fields.UUID(metadata={"description": "Chosen by the client, so that a retry adds once"})
    theme = heading(required=True)
    title = heading(required=True)
    text = prose()
    link = fields.Url(schemes={"http", "https"}, validate=validate.Length(max=2000))
    proposal_id = fields.UUID(allow_none=True)
    author_name = prose(200)


class ContributionsQuery(PageQuery):
    """Filters."""

    theme = fields.String(load_default=None, validate=validate.Length(max=200))


class ContributionSummary(Answer):
    """A contribution: proposed (waits for a coordinator) or published."""

    id = fields.UUID()
    revision = fields.Integer()
    group_id = fields.UUID()
    theme = fields.String()
    title = fields.String()
    text = fields.String()
    link = fields.String()
    proposal_id = fields.UUID(allow_none=True)
    author_id = fields.UUID()
    author_name = fields.String()
    state = fields.String()
    added_at = fields.AwareDateTime()
    published_at = fields.AwareDateTime(allow_none=True)


class ContributionAnswer(ContributionSummary, ResourceAnswer):
    """A contribution, with what the caller may do."""


class ContributionsAnswer(Answer):
    """A page of contributions."""

    items = fields.List(fields.Nested(ContributionSummary))


@blueprint.post("/groups/<uuid:group_id>/contributions")
@requires("contribution.add")
@blueprint.arguments(ContributionBody)
@blueprint.response(201, ContributionAnswer)
def post_contribution(body: dict[str, Any], group_id: UUID) -> dict[str, Any]:
    """Share something with a group; what outsiders share waits for a coordinator."""
    contribution = act(add_contribution, AddContribution(group_id=group_id, **body))
    located(f"/v1/groups/{group_id}/contributions")
    return look(one_contribution, contribution.id)


@blueprint.get("/groups/<uuid:group_id>/contributions")
@requires("contribution.list")
@blueprint.arguments(ContributionsQuery, location="query")
@blueprint.response(200, ContributionsAnswer)
def get_contributions(query: dict[str, Any], group_id: UUID) -> dict[str, Any]:
    """What was shared with a group, oldest first."""
    return {"items": look(list_contributions, group_id, **query)}


@blueprint.post("/contributions/<uuid:contribution_id>/publish")
@requires("contribution.publish")
@blueprint.response(200, ContributionAnswer)
def post_publication(contribution_id: UUID) -> dict[str, Any]:
    """Let everybody read it."""
    act(publish_contribution, PublishContribution(contribution_id))
    return look(one_contribution, contribution_id)
