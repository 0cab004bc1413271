"""A group's record: the ledger of its export, its checkpoint, and what an elector keeps of their own answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import Select, literal, null, select

from beraad.domain import NotFound
from beraad.record.commitments import Committed
from beraad.record.entries import Log, Sealed
from beraad.record.merkle import Tree
from beraad_deliberation.queries.visible import one_row
from beraad_deliberation.record.beside import people_in, texts_in
from beraad_deliberation.record.export import Closing, Roll, an_export
from beraad_deliberation.record.leaves import Unsigned, a_ballot, a_contest, a_response, tree_of
from beraad_deliberation.record.receipts import a_receipt, closed_receipt
from beraad_deliberation.storage.answers import ROUND, VOTE, Shape
from beraad_deliberation.storage.ledger import entries_of, leaves_of_entries, log_of
from beraad_deliberation.storage.sealing import promised, public_key, sealing_key
from beraad_deliberation.storage.tables import electors, pseudonyms, record_texts
from beraad_deliberation.storage.work import Work

CLOSING = frozenset({"round.closed", "round.abandoned", "vote.closed"})
Entry = dict[str, Any]


def ledger_of(work: Work, group_id: UUID) -> dict[str, Any]:
    """The `ledger` of the group's export: see docs/record.md. Linear in what is recorded."""
    entries = entries_of(work.session, group_id)
    rolls = [*_rolls(work, group_id, entries)]
    key = public_key(work.settings, group_id)
    told: dict[str, Any] = {
        "group": str(group_id),
        "key": key,
        "entries": entries,
        "checkpoint": _checkpoint(work, group_id),
    }
    ledger = an_export(**told, rolls=rolls, texts=())["ledger"]
    texts, people = _texts(work, group_id, texts_in(ledger)), _people(work, group_id, people_in(ledger))
    whole: dict[str, Any] = an_export(**told, rolls=rolls, texts=texts, people=people)["ledger"]
    return whole


def checkpoint_of(work: Work, group_id: UUID) -> dict[str, Any]:
    """How far the record goes now, signed, and the key to check it with. Raises `NotFound`."""
    work.authorize("record.read", group_id)
    key, log = public_key(work.settings, group_id), _log(work, group_id)
    return {"origin": key.name, "key": str(key), "size": log.size, "checkpoint": _checkpoint(work, group_id)}


def receipt_of_round(work: Work, round_id: UUID) -> dict[str, Any]:
    """The caller's receipt for what they answered last. Raises `NotFound`."""
    return _receipt(work, ROUND, round_id, "round")


def receipt_of_vote(work: Work, vote_id: UUID) -> dict[str, Any]:
    """The caller's receipt for the ballot they cast last. Raises `NotFound`."""
    return _receipt(work, VOTE, vote_id, "vote")


# -- the export -----------------------------------------------------------------------------------------------


def _rolls(work: Work, group_id: UUID, entries: Sequence[Entry]) -> Iterator[Roll]:
    """Those that were recorded, in the order they were opened."""
    closings: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry["type"] in CLOSING:
            closings.setdefault(_roll_id(entry), []).append(entry)
    asked, told = _asked(work, group_id), _answers(work, group_id)
    for entry in entries:
        if entry["type"] in {"round.opened", "vote.opened"}:
            roll_id = _roll_id(entry)
            yield _roll(roll_id, asked.get(roll_id, []), told.get(roll_id, []), closings.get(roll_id, []))


def _roll(roll_id: str, people: Sequence[Any], leaves: Sequence[Entry], closings: Sequence[Entry]) -> Roll:
    """An open one shows no leaves. A close has those that came since the one before: a tree tells how many it has."""
    counts = [0, *(entry["body"]["count"] for entry in closings)]
    notified = [one.pseudonym for one in people if one.notified]
    closes = [
        Closing(
            entry["seq"],
            leaves[before:after],
            notified if entry["body"].get("notified") is not None else None,
        )
        for entry, (before, after) in zip(closings, pairwise(counts), strict=True)
    ]
    later = leaves[counts[-1] :] if closings else ()
    return Roll(roll_id, [one.pseudonym for one in people], closes, later)


def _roll_id(entry: Entry) -> str:
    body: dict[str, str] = entry["body"]
    return body.get("round") or body["vote"]


def _asked(work: Work, group_id: UUID) -> dict[str, list[Any]]:
    people: dict[str, list[Any]] = {}
    for shape in (ROUND, VOTE):
        query = select(electors.c.roll_id, electors.c.pseudonym, electors.c.notified)
        query = query.join(shape.run, shape.run.c.id == electors.c.roll_id)
        for row in work.session.execute(
            query.where(shape.run.c.group_id == group_id, electors.c.pseudonym.is_not(None))
        ):
            people.setdefault(str(row.roll_id), []).append(row)
    return people


def _answers(work: Work, group_id: UUID) -> dict[str, list[Entry]]:
    """The leaves of each round and vote, oldest first."""
    leaves: dict[str, list[Entry]] = {}
    for shape in (ROUND, VOTE):
        for row in work.session.execute(_given(shape).where(shape.run.c.group_id == group_id)):
            leaves.setdefault(str(row.run_id), []).append(_sealed(row).entry)
    return leaves


def _given(shape: Shape) -> Select[Any]:
    """What was answered and recorded, with all that its leaf says."""
    run, answers = shape.run, shape.answers
    mine = (electors.c.roll_id == answers.c[shape.key]) & (electors.c.person_id == answers.c.person_id)
    number = run.c.number if "number" in run.c else literal(1)
    query = select(
        answers, run.c.id.label("run_id"), run.c.group_id, number.label("number"), electors.c.pseudonym
    )
    source = answers.join(run, run.c.id == answers.c[shape.key]).join(electors, mine)
    by = null().label("by")
    if "recorded_by" in answers.c:
        wrote = (pseudonyms.c.group_id == run.c.group_id) & (pseudonyms.c.person_id == answers.c.recorded_by)
        source, by = source.outerjoin(pseudonyms, wrote), pseudonyms.c.pseudonym.label("by")
    query = query.add_columns(by).select_from(source).where(answers.c.leaf.is_not(None))
    return query.order_by(answers.c.row_id)


def _sealed(row: Any) -> Sealed:
    return _unsigned(row).sealed(str(row.group_id), row.pseudonym, row.prev)


def _unsigned(row: Any) -> Unsigned:
    if "choice" in row._fields:
        return a_ballot(vote_id=str(row.run_id), version=row.version, choice=row.choice, at=row.given_at)
    asked: dict[str, Any] = {"round_id": str(row.run_id), "number": row.number, "version": row.version}
    if row.contested_at is not None:
        return a_contest(**asked, at=row.contested_at, reason=row.said)
    return a_response(**asked, answer=row.answer, at=row.given_at, concern=row.said, by=row.by)


def _texts(work: Work, group_id: UUID, bound: set[str]) -> list[Committed]:
    texts = record_texts.c
    query = select(texts.commitment, texts.salt, texts.text).where(texts.group_id == group_id)
    return [Committed(*row) for row in work.session.execute(query) if row.commitment in bound]


def _people(work: Work, group_id: UUID, known: set[str]) -> list[Committed]:
    named = pseudonyms.c
    query = select(named.pseudonym, named.salt, named.name).where(named.group_id == group_id)
    rows = work.session.execute(query.where(named.salt.is_not(None)))
    return [Committed(*row) for row in rows if row.pseudonym in known]


# -- proofs ---------------------------------------------------------------------------------------------------


def _receipt(work: Work, shape: Shape, run_id: UUID, what: str) -> dict[str, Any]:
    run = one_row(work, shape.run, run_id, f"no such {what}")
    row = _my_last(work, shape, run_id)
    if row is None:  # whoever answered may have left since, and keeps the right to the proof
        work.authorize(f"{what}.read", run.group_id)
        raise NotFound("no answer of yours is recorded in it")
    work.decide(f"{what}.read", run.group_id)
    sealed = _sealed(row)
    receipt = a_receipt(sealed.entry, promised(work.settings, run.group_id, run_id, sealed))
    given = _leaves(work, shape, run_id)
    closing = _closing_after(work, run.group_id, run_id, given.index(sealed.leaf))
    if closing is None:
        return receipt
    tree = tree_of(leaves := sorted(given[: closing["body"]["count"]]))
    index = leaves.index(sealed.leaf)
    return closed_receipt(
        receipt,
        closing=closing,
        index=index,
        path=tree.path(index),
        ledger_path=Tree(leaves_of_entries(work.session, run.group_id)).path(closing["seq"] - 1),
        checkpoint=_checkpoint(work, run.group_id),
    )


def _my_last(work: Work, shape: Shape, run_id: UUID) -> Any:
    answers, mine = shape.answers.c, work.actor.person_id
    query = _given(shape).where(answers[shape.key] == run_id, answers.person_id == mine)
    return work.session.execute(query.order_by(None).order_by(answers.ordinal.desc()).limit(1)).one_or_none()


def _leaves(work: Work, shape: Shape, run_id: UUID) -> list[bytes]:
    """All of them, oldest first."""
    answers = shape.answers.c
    query = select(answers.leaf).where(answers[shape.key] == run_id, answers.leaf.is_not(None))
    return list(work.session.execute(query.order_by(answers.row_id)).scalars())


def _closing_after(work: Work, group_id: UUID, run_id: UUID, position: int) -> Entry | None:
    """The first close whose tree has that leaf."""
    entries = entries_of(work.session, group_id, run_id)
    closings = (entry for entry in entries if entry["type"] in CLOSING)
    return next((entry for entry in closings if entry["body"]["count"] > position), None)


def _log(work: Work, group_id: UUID) -> Log:
    return log_of(work.session, group_id) or Log(str(group_id))


def _checkpoint(work: Work, group_id: UUID) -> str:
    key = sealing_key(work.settings, group_id)
    return _log(work, group_id).checkpoint(key.name).signed(key)
