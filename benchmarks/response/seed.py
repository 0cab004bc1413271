"""What is in the database before anything is measured: a group at work, written by the product where it can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

import psycopg

from benchmarks.response.our_sql import overhear
from beraad.identifiers import new_id
from beraad.service import find_service
from deliberation.vocabulary import a_circle, a_round, respond
from worlds.callers import ok
from worlds.settings import some_settings
from worlds.world import open_world

SEATED, ELECTORS, PROPOSALS = 120, 160, 100
PARAGRAPH = (
    "We rent one room and open it on Mondays; who works there looks after it, and we look back in spring. "
)
NUMBERS = {
    "electors": ELECTORS,
    "more": ELECTORS - SEATED,
    "proposals": PROPOSALS,
    "questions": 3,
    "reactions": 5,
}


@dataclass(frozen=True)
class Seeded:
    """Whom and what the measurements ask about."""

    group_id: UUID
    proposal_id: UUID
    round_id: UUID
    seated: list[UUID]
    """The first is the facilitator."""
    electors: list[UUID]
    our_sql: dict[str, Any]
    """What the product sends for a response (`our_sql.py`)."""


def seed(url: str) -> Seeded:
    """A running round of 160 electors, 120 of them seated; 100 proposals with questions and reactions."""
    world = open_world(find_service("deliberation"), some_settings("deliberation", url))
    circle = a_circle(world, members=SEATED - 1)
    asked = a_round(circle)
    our_sql = overhear(world, circle.members[1], asked)
    ok(respond(circle.members[1], asked))
    world.store.engine.dispose()
    proposal_id, round_id = UUID(asked["proposal_id"]), UUID(asked["id"])
    with psycopg.connect(plain(url)) as connection:
        names = {"round": round_id, "proposal": proposal_id, "text": PARAGRAPH * 8, **NUMBERS}
        names["elector"] = circle.facilitator.id
        for statement in FILLING:
            connection.execute(statement, names)
        electors = connection.execute(ALL_ELECTORS, names).fetchall()
    return Seeded(
        circle.id,
        proposal_id,
        round_id,
        [one.id for one in circle.everyone],
        [row[0] for row in electors],
        our_sql,
    )


def plain(url: str) -> str:
    """The address as libpq reads it."""
    return url.replace("postgresql+psycopg", "postgresql")


ALL_ELECTORS: LiteralString = (
    "SELECT person_id FROM electors WHERE roll_id = %(round)s ORDER BY md5(person_id::text)"
)
FILLING: tuple[LiteralString, ...] = (
    # domain time is real time from here on
    "DELETE FROM clock",
    "UPDATE rounds SET closes_at = now() + interval '30 days'",
    "UPDATE proposals SET text = %(text)s",
    # more electors, who are people of the organisation
    """WITH more AS (
          INSERT INTO known_people
          SELECT (jsonb_populate_record(p, jsonb_build_object('person_id', gen_random_uuid()))).*
          FROM known_people p, generate_series(1, %(more)s)
          WHERE p.person_id = (SELECT person_id FROM known_people LIMIT 1)
          RETURNING person_id
        )
        INSERT INTO electors
        SELECT (jsonb_populate_record(e, jsonb_build_object('person_id', more.person_id))).*
        FROM electors e, more WHERE e.roll_id = %(round)s AND e.person_id = %(elector)s""",
    "UPDATE rounds SET electors = %(electors)s",
    # more proposals, asked about and reacted to
    """INSERT INTO proposals
        SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), 'title', 'Room ' || n))).*
        FROM proposals p, generate_series(2, %(proposals)s) n WHERE p.id = %(proposal)s""",
    """INSERT INTO questions (id, proposal_id, group_id, asked_by, text, asked_at)
        SELECT gen_random_uuid(), id, group_id, responsible_id, 'Who has the key?', now()
        FROM proposals, generate_series(1, %(questions)s)""",
    """INSERT INTO reactions (id, proposal_id, group_id, person_id, text, passes, given_at)
        SELECT gen_random_uuid(), p.id, group_id, person_id, 'Let us try it', false, now()
        FROM proposals p, (SELECT person_id FROM known_seats LIMIT %(reactions)s) AS seats""",
)


def open_round(
    connection: psycopg.Connection, seeded: Seeded, electors: int, *, answered: bool = False
) -> UUID:
    """Another running round like the first, of so many electors, who are numbered; all consent, or none has answered.

    Every row is a copy of one the product wrote, so what the product adds to its tables is there too.
    """
    round_id = new_id()
    names: dict[str, Any] = {"round": seeded.round_id, "proposal": seeded.proposal_id, "count": electors}
    names |= {"new_round": round_id, "new_proposal": new_id()}
    for statement in (
        ANOTHER_PROPOSAL,
        ANOTHER_ROUND,
        NUMBERED_ELECTORS,
        RECORDED,
        *([ALL_ANSWER] if answered else []),
    ):
        connection.execute(statement, names)
    return round_id


ANOTHER_PROPOSAL: LiteralString = """INSERT INTO proposals
    SELECT (jsonb_populate_record(p, jsonb_build_object(
      'id', %(new_proposal)s::uuid, 'round_id', %(new_round)s::uuid))).*
    FROM proposals p WHERE p.id = %(proposal)s"""
ANOTHER_ROUND: LiteralString = """INSERT INTO rounds
    SELECT (jsonb_populate_record(r, jsonb_build_object(
      'id', %(new_round)s::uuid, 'proposal_id', %(new_proposal)s::uuid, 'electors', %(count)s::int))).*
    FROM rounds r WHERE r.id = %(round)s"""
NUMBERED_ELECTORS: LiteralString = """INSERT INTO electors
    SELECT (jsonb_populate_record(e, jsonb_build_object(
      'roll_id', %(new_round)s::uuid, 'person_id', lpad(n::text, 32, '0')::uuid))).*
    FROM (SELECT min(person_id::text)::uuid AS id FROM electors WHERE roll_id = %(round)s) one
    JOIN electors e ON e.roll_id = %(round)s AND e.person_id = one.id
    CROSS JOIN generate_series(1, %(count)s) n"""
RECORDED: LiteralString = """INSERT INTO ledger_entries (group_id, seq, subject, entry, leaf)
    SELECT group_id, (SELECT coalesce(min(seq), 0) - 1 FROM ledger_entries WHERE seq < 0), id, '{}', ''
    FROM rounds WHERE id = %(new_round)s"""
"""The group's record knows of it, so that its close is recorded too."""
ALL_ANSWER: LiteralString = """INSERT INTO responses
    SELECT (jsonb_populate_record(r, jsonb_build_object(
      'row_id', nextval(pg_get_serial_sequence('responses', 'row_id')), 'ordinal', 1,
      'round_id', %(new_round)s::uuid, 'person_id', lpad(n::text, 32, '0')::uuid,
      'leaf', sha256((%(new_round)s::text || n)::bytea)))).*
    FROM (SELECT min(row_id) AS id FROM responses WHERE round_id = %(round)s) one
    JOIN responses r ON r.row_id = one.id
    CROSS JOIN generate_series(1, %(count)s) n"""
