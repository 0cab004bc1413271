"""Questions and reactions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import fields

from beraad.http import Answer, Blueprint, Body, act, look, requires
from beraad_deliberation.api.texts import prose, words
from beraad_deliberation.queries.proposals import list_questions, list_reactions, one_question
from beraad_deliberation.use_cases.answer_question import AnswerQuestion, answer_question
from beraad_deliberation.use_cases.ask_question import AskQuestion, ask_question
from beraad_deliberation.use_cases.give_reaction import GiveReaction, give_reaction

blueprint = Blueprint(
    "questions", __name__, url_prefix="/v1", description="Questions and reactions to proposals"
)


class QuestionBody(Body):
    """What to ask, or to answer."""

    text = words(required=True)


class NewQuestionBody(QuestionBody):
    """What to ask."""

    id = fields.UUID(metadata={"description": "Chosen by the client, so that a retry asks once"})


class ReactionBody(Body):
    """What to say, or `passes`."""

    text = prose(4000, load_default="")
    passes = fields.Boolean(load_default=False)


class QuestionAnswer(Answer):
    """A question and, once given, its answer."""

    id = fields.UUID()
    proposal_id = fields.UUID()
    asked_by = fields.UUID()
    text = fields.String()
    asked_at = fields.AwareDateTime()
    answer = fields.String(allow_none=True)
    answered_by = fields.UUID(allow_none=True)
    answered_at = fields.AwareDateTime(allow_none=True)


class QuestionsAnswer(Answer):
    """All questions to a proposal."""

    items = fields.List(fields.Nested(QuestionAnswer))


class ReactionAnswer(Answer):
    """One person's reaction."""

    id = fields.UUID()
    person_id = fields.UUID()
    text = fields.String()
    passes = fields.Boolean()
    given_at = fields.AwareDateTime()


class ReactionsAnswer(Answer):
    """All reactions to a proposal."""

    items = fields.List(fields.Nested(ReactionAnswer))


@blueprint.post("/proposals/<uuid:proposal_id>/questions")
@requires("question.ask")
@blueprint.arguments(NewQuestionBody)
@blueprint.response(201, QuestionAnswer)
def post_question(body: dict[str, Any], proposal_id: UUID) -> dict[str, Any]:
    """Ask the proposers."""
    question = act(ask_question, AskQuestion(proposal_id=proposal_id, **body))
    return look(one_question, question.id)


@blueprint.get("/proposals/<uuid:proposal_id>/questions")
@requires("proposal.read")
@blueprint.response(200, QuestionsAnswer)
def get_questions(proposal_id: UUID) -> dict[str, Any]:
    """Questions, oldest first."""
    return {"items": look(list_questions, proposal_id)}


@blueprint.post("/questions/<uuid:question_id>/answer")
@requires("question.answer")
@blueprint.arguments(QuestionBody)
@blueprint.response(200, QuestionAnswer)
def post_answer(body: dict[str, Any], question_id: UUID) -> dict[str, Any]:
    """Answer a question."""
    act(answer_question, AnswerQuestion(question_id, body["text"]))
    return look(one_question, question_id)


@blueprint.post("/proposals/<uuid:proposal_id>/reactions")
@requires("reaction.give")
@blueprint.arguments(ReactionBody)
@blueprint.response(201, ReactionAnswer)
def post_reaction(body: dict[str, Any], proposal_id: UUID) -> Any:
    """React, once, or pass."""
    return act(give_reaction, GiveReaction(proposal_id, **body))


@blueprint.get("/proposals/<uuid:proposal_id>/reactions")
@requires("proposal.read")
@blueprint.response(200, ReactionsAnswer)
def get_reactions(proposal_id: UUID) -> dict[str, Any]:
    """Reactions, oldest first."""
    return {"items": look(list_reactions, proposal_id)}
