"""A tiny service to test the kernel's HTTP with: people write notes, and some routes misbehave on purpose."""

import threading
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Response, abort
from marshmallow import fields, validate
from sqlalchemy import BigInteger, Boolean, Column, MetaData, String, Table, Uuid, select
from sqlalchemy.orm.exc import StaleDataError

from beraad.domain import (
    YES,
    Decision,
    NotFound,
    NotYetKnown,
    Policies,
    RuleBroken,
    Standing,
    expect_revision,
    no,
)
from beraad.http import (
    Answer,
    Blueprint,
    Body,
    PageQuery,
    ResourceAnswer,
    act,
    if_match,
    located,
    look,
    page_of,
    public,
    requires,
)
from beraad.http.problems import problem
from beraad.identifiers import new_id
from beraad.messaging.cursors import known_revision
from beraad.perform import Work
from beraad.service import Database, Service
from beraad.storage.autogenerate import write_revision
from beraad.storage.tables import kernel
from beraad.storage.types import Instant

metadata = MetaData(naming_convention=kernel.naming_convention)
notes = Table(
    "notes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("text", String(200), nullable=False, unique=True),
    Column("weight", BigInteger, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("revision", BigInteger, nullable=False),
)


class NoteStandsAlready(RuleBroken):
    """Somebody wrote this before."""


@dataclass
class Tempo:
    """How a test holds the handler up: `entered` is set when it has written, `go` lets it end."""

    entered: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)


HELD: dict[str, Tempo] = {}
"""By the note's text."""


def signed_in(standing: Standing, _resource: Any) -> Decision:
    return YES if standing.person_id else no("PeopleOnly", "only people write notes")


POLICIES: Policies = {"note.write": signed_in, "note.read": signed_in, "note.forget": signed_in}


class NoteBody(Body):
    text = fields.String(required=True, validate=validate.Length(max=200))
    weight = fields.Integer(load_default=0)


class NoteAnswer(ResourceAnswer):
    text = fields.String()


class NoteLine(Answer):
    id = fields.UUID()
    text = fields.String()
    revision = fields.Integer()


class NotesAnswer(Answer):
    items = fields.List(fields.Nested(NoteLine))


class OrderQuery(PageQuery):
    by = fields.String(load_default="id", validate=validate.OneOf(["id", "written_at", "text", "weight"]))


blueprint = Blueprint("notes", __name__, url_prefix="/v1", description="Notes")


def write_note(body: dict[str, Any], work: Work, now: datetime) -> UUID:
    work.authorize("note.write")
    note_id = new_id()
    values = {"id": note_id, "urgent": False, "written_at": now, "revision": 1, **body}
    work.session.execute(notes.insert().values(**values))
    tempo = HELD.get(body["text"])
    if tempo is not None:
        tempo.entered.set()
        assert tempo.go.wait(10)
    if body["text"].startswith("refuse"):
        raise RuleBroken("as the text asks")
    return note_id


@blueprint.post("/notes")
@requires("note.write")
@blueprint.arguments(NoteBody)
@blueprint.response(201, NoteAnswer)
def post_note(body: dict[str, Any]) -> dict[str, Any]:
    """Write."""
    note_id = act(write_note, body)
    located(f"/v1/notes/{note_id}")
    return look(one_note, note_id)


def one_note(work: Work, note_id: UUID) -> dict[str, Any]:
    work.authorize("note.read")
    row = work.session.execute(select(notes).where(notes.c.id == note_id)).one_or_none()
    if row is None:
        raise NotFound("no such note")
    return {**row._mapping, "allowed_actions": {}}


@blueprint.get("/notes/<uuid:note_id>")
@requires("note.read")
@blueprint.response(200, NoteAnswer)
def get_note(note_id: UUID) -> dict[str, Any]:
    """Read."""
    return look(one_note, note_id)


@blueprint.patch("/notes/<uuid:note_id>")
@requires("note.write")
@blueprint.arguments(NoteBody)
@blueprint.response(200, NoteAnswer)
def patch_note(body: dict[str, Any], note_id: UUID) -> dict[str, Any]:
    """Change."""
    act(change_note, (note_id, body, if_match()))
    return look(one_note, note_id)


def change_note(command: tuple[UUID, dict[str, Any], int], work: Work, _now: datetime) -> None:
    work.authorize("note.write")
    note_id, body, expected = command
    row = work.session.execute(select(notes).where(notes.c.id == note_id).with_for_update()).one()
    expect_revision(row.revision, expected)
    values = {"text": body["text"], "revision": row.revision + 1}
    work.session.execute(notes.update().where(notes.c.id == note_id).values(**values))


@blueprint.get("/notes")
@requires("note.read")
@blueprint.arguments(OrderQuery, location="query")
@blueprint.response(200, NotesAnswer)
def get_notes(query: dict[str, Any]) -> dict[str, Any]:
    """List."""
    return {"items": look(list_notes, **query)}


def list_notes(work: Work, by: str, limit: int, cursor: str | None) -> list[dict[str, Any]]:
    work.authorize("note.read")
    keys = (notes.c.id,) if by == "id" else (notes.c[by], notes.c.id)
    return [dict(row._mapping) for row in page_of(work.session, select(notes), keys, limit, cursor)]


@blueprint.get("/groups/<uuid:group_id>/notes")
@requires("note.read")
@blueprint.response(200, NotesAnswer)
def get_group_notes(group_id: UUID) -> dict[str, Any]:
    """List a group's."""
    return {"items": look(notes_of_group, group_id)}


@blueprint.post("/groups/<uuid:group_id>/notes")
@requires("note.write")
@blueprint.arguments(NoteBody)
@blueprint.response(201)
def post_group_note(body: dict[str, Any], group_id: UUID) -> dict[str, Any]:
    """Write for a group."""
    return {"id": act(write_group_note, (body, group_id))}


def notes_of_group(work: Work, group_id: UUID) -> list[dict[str, Any]]:
    """Needs to know the group, by membership's event."""
    work.authorize("note.read")
    if not known_revision(work.session, "membership", f"groups/{group_id}"):
        raise NotYetKnown("this group is not known here yet")
    return []


def write_group_note(command: tuple[dict[str, Any], UUID], work: Work, now: datetime) -> UUID:
    body, group_id = command
    note_id = write_note(body, work, now)
    notes_of_group(work, group_id)
    return note_id


@blueprint.post("/forgetful")
@requires("note.forget")
@blueprint.arguments(NoteBody)
@blueprint.response(201)
def post_forgetful(body: dict[str, Any]) -> dict[str, Any]:
    """Writes under `note.write`, though the route promised to ask `note.forget`."""
    return {"id": str(act(write_note, body))}


@blueprint.get("/forgetful")
@requires("note.forget")
@blueprint.response(200)
def get_forgetful() -> dict[str, Any]:
    """Answers without having asked anything."""
    return {"secret": "of ours"}


@blueprint.post("/defect")
@requires("note.write")
@blueprint.arguments(NoteBody)
@blueprint.response(201)
def post_defect(body: dict[str, Any]) -> dict[str, Any]:
    """Fail."""
    return {"id": act(write_and_fail, body)}


def write_and_fail(body: dict[str, Any], work: Work, now: datetime) -> UUID:
    write_note(body, work, now)
    raise ZeroDivisionError("with a secret inside")


@blueprint.post("/second-thoughts")
@requires("note.write")
@blueprint.arguments(NoteBody)
@blueprint.response(201)
def post_second_thoughts(body: dict[str, Any]) -> Response:
    """Write, then answer that it was refused."""
    act(write_note, body)
    return problem(409, "SecondThoughts", "it was written, and then it was not")


@blueprint.get("/stale")
@public
def get_stale() -> str:
    """Lose a race the ORM notices."""
    raise StaleDataError("0 of 1 rows matched")


@blueprint.get("/aborted")
@public
def get_aborted() -> str:
    """Abort with an answer of one's own."""
    abort(problem(418, "Teapot", "short and stout"))


@blueprint.get("/far")
@public
def get_far() -> str:
    """Overflow."""
    raise OverflowError("date value out of range")


def a_notes_service(folder: Path, *more: Any, **changes: Any) -> Service:
    database = Database(
        metadata, str(folder), Work, {"uq_notes_text": NoteStandsAlready, "notes.text": NoteStandsAlready}
    )
    if not folder.exists():
        write_revision(database, "notes")
    facts: dict[str, Any] = {"blueprints": (blueprint, *more), "policies": POLICIES, **changes}
    return Service(name="notes", summary="Notes", database=database, **facts)
