"""Erasing a person from deliberation: what they said as themselves goes, what they wrote for the group stays without their name."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, select
from sqlalchemy.orm import Session

from beraad.storage.tables import outbox
from beraad_deliberation.domain.stages import Stage
from beraad_deliberation.storage.tables import (
    amendments,
    contributions,
    decisions,
    electors,
    objections,
    opinions,
    proposals,
    pseudonyms,
    questions,
    reactions,
    record_texts,
    responses,
    rounds,
)

ERASED = "[erased]"
REVIEW_DUE = "deliberation.decision.review_due.v1"
SAID: tuple[tuple[Table, Column[Any], Column[Any]], ...] = (
    (responses, responses.c.person_id, responses.c.concern),
    (responses, responses.c.person_id, responses.c.contest_reason),
    (objections, objections.c.raised_by_id, objections.c.reason),
    (opinions, opinions.c.person_id, opinions.c.reason),
    (electors, electors.c.person_id, electors.c.departed_note),
    (amendments, amendments.c.contested_by, amendments.c.contest_reason),
    (questions, questions.c.asked_by, questions.c.text),
    (reactions, reactions.c.person_id, reactions.c.text),
    (contributions, contributions.c.author_id, contributions.c.text),
    (contributions, contributions.c.author_id, contributions.c.link),
)
"""Table, who wrote it, and where it stands."""


def erase_words(session: Session, person_id: UUID, pseudonym: str) -> None:
    """What they said as themselves leaves the tables and, with their name, the records, which stay whole. May be repeated.

    What they wrote for the group (texts, amendments with their rationale, rulings, what a body answers) is the group's and stays, without
    their name. A draft that nobody else wrote at was never given to the group, and goes.
    """
    theirs = select(responses.c.row_id).where(responses.c.person_id == person_id)
    session.execute(theirs.with_for_update()).all()  # whoever contests one of them copies it
    _erase_review_questions(session, person_id)
    for table, author, words in SAID:
        said = table.update().where(author == person_id, words.is_not(None), words != "")
        session.execute(said.values({words: ERASED}))
    _erase_drafts(session, person_id)
    signed = contributions.update().where(
        contributions.c.author_id == person_id, contributions.c.author_name != ""
    )
    session.execute(signed.values(author_name=pseudonym))
    named = pseudonyms.update().where(pseudonyms.c.person_id == person_id)
    session.execute(named.values(salt=None, name=None))
    session.execute(record_texts.delete().where(record_texts.c.author_id == person_id))


def _erase_drafts(session: Session, person_id: UUID) -> None:
    drafts = select(proposals.c.id, proposals.c.proposer_ids).where(proposals.c.stage == Stage.DRAFT)
    alone = [row.id for row in session.execute(drafts) if list(row.proposer_ids) == [person_id]]
    emptied = {"title": ERASED, "driver": ERASED, "text": ERASED, "theme": "", "tasks": [], "groups": []}
    session.execute(proposals.update().where(proposals.c.id.in_(alone)).values(**emptied))


def _erase_review_questions(session: Session, person_id: UUID) -> None:
    """A concern becomes a question of the decision's review, word for word, and is published when the review is due."""
    concerned = responses.join(rounds, rounds.c.id == responses.c.round_id).join(
        decisions, decisions.c.proposal_id == rounds.c.proposal_id
    )
    query = select(decisions.c.id, decisions.c.questions, responses.c.concern).select_from(concerned)
    found = query.where(responses.c.person_id == person_id, responses.c.concern.not_in(["", ERASED]))
    words: dict[UUID, set[str]] = {}
    for row in session.execute(found):
        words.setdefault(row.id, set()).add(row.concern)
    for decision_id, said in words.items():
        _without(session, decision_id, said)


def _without(session: Session, decision_id: UUID, said: set[str]) -> None:
    this = decisions.c.id == decision_id
    asked = session.execute(select(decisions.c.questions).where(this)).scalar_one()
    session.execute(
        decisions.update().where(this).values(questions=[one for one in asked if one not in said])
    )
    told = (outbox.c.type == REVIEW_DUE) & (outbox.c.subject == f"decisions/{decision_id}")
    for row in session.execute(select(outbox.c.row_id, outbox.c.body).where(told)).all():
        kept = [one for one in row.body["questions"] if one not in said]
        rewritten = outbox.update().where(outbox.c.row_id == row.row_id)
        session.execute(rewritten.values(body={**row.body, "questions": kept}))
