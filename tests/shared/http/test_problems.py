"""Every error is a problem document with a stable code, and none of ours ends as 500."""

import io
from collections.abc import Iterator

import pytest
from flask import Flask
from gunicorn.http.errors import ChunkMissingTerminator

from beraad.domain import DomainError, InvalidRequest, RuleBroken
from beraad.http.problems import STATUSES, install_problems, status_of
from beraad.service import Service, find_service, find_worker, service_names
from worlds.callers import Caller, ok, problem
from worlds.world import World, WorldMaker


def rules(kind: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    """Every rule of the kernel and of all installed services."""
    for name in service_names():
        find_service(name)
        find_worker(name)
    for subclass in kind.__subclasses__():
        yield subclass
        yield from rules(subclass)


def ours() -> list[type[DomainError]]:
    return sorted(
        {rule for rule in rules() if rule.__module__.startswith("beraad")}, key=lambda r: r.__qualname__
    )


def test_no_rule_of_any_service_ends_as_500() -> None:
    assert len(ours()) > len(STATUSES)
    assert {status_of(rule) for rule in ours()} <= {401, 403, 404, 409, 410, 412, 422, 428, 429}


def test_a_rule_under_no_kind_would_be_noticed() -> None:
    class NotThoughtOf(DomainError):
        """A rule under none of the kinds."""

    with pytest.raises(StopIteration):
        status_of(NotThoughtOf)


def test_every_rule_can_be_raised_and_says_something() -> None:
    for rule in ours():
        told = rule()
        assert told.code == rule.__name__
        assert told.detail, rule


def test_a_code_is_one_rule_in_a_service_and_one_status_in_all() -> None:
    seen: dict[tuple[str, str], type[DomainError]] = {}
    statuses: dict[str, int] = {}
    for rule in ours():
        package = rule.__module__.partition(".")[0]
        assert seen.setdefault((package, rule.__name__), rule) is rule
        assert statuses.setdefault(rule.__name__, status_of(rule)) == status_of(rule), rule


def test_a_rule_answers_with_its_name_its_facts_and_its_pointer() -> None:
    class SeatsAreGold(InvalidRequest):
        """A seat is worth gold."""

    app = Flask(__name__)
    install_problems(app)

    @app.get("/")
    def view() -> str:
        raise SeatsAreGold(pointer="/seats/0", seats_max=12, status="the document's own stays", owed={})

    document = problem(Caller(app).get("/"), 422, "SeatsAreGold")
    assert document["title"] == "Seats are gold"
    assert document["detail"] == "A seat is worth gold."
    assert document["errors"] == [{"pointer": "/seats/0", "detail": "A seat is worth gold."}]
    assert document["seats_max"] == 12
    assert "owed" not in document


def test_a_rule_written_in_another_class_keeps_its_general_status() -> None:
    class Particular(RuleBroken):
        """More particular."""

    assert status_of(Particular) == 409


# -- what a request may get wrong ----------------------------------------------------------------------------


def test_what_is_not_there_is_a_problem(world: World, anna: Caller) -> None:
    problem(anna.get("/nowhere"), 404, "NotFound")
    problem(anna.get("/v1/notes/no-id"), 404, "NotFound")
    problem(anna.get("/v1/notes/00000000-0000-0000-0000-000000000000"), 404, "NotFound")


def test_a_method_that_is_not_there_names_those_that_are(anna: Caller) -> None:
    answer = anna.delete("/v1/notes")
    problem(answer, 405, "MethodNotAllowed")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""]
)
def test_a_body_that_is_not_json_is_not_read(anna: Caller, media_type: str) -> None:
    answer = anna.post("/v1/notes", data=b'{"text": "x"}', content_type=media_type)
    assert "application/json" in problem(answer, 415, "UnsupportedMediaType")["detail"]


def test_json_may_name_its_encoding(anna: Caller) -> None:
    ok(anna.post("/v1/notes", data=b'{"text": "x"}', content_type="application/json; charset=utf-8"), 201)


@pytest.mark.parametrize(
    "body", [b"{", b"", b"\xff\xfe", b'{"text": "x",}', b"nul", b'{"weight": ' + b"9" * 5000 + b"}"]
)
def test_malformed_json_is_a_problem(anna: Caller, body: bytes) -> None:
    answer = anna.post("/v1/notes", data=body, content_type="application/json")
    assert answer.status_code in {400, 422}
    problem(answer, answer.status_code, "MalformedRequest" if answer.status_code == 400 else "InvalidRequest")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/text"),
        ({"text": None}, "/text"),
        ({"text": "x" * 201}, "/text"),
        ({"text": 7}, "/text"),
        ({"text": "x", "weight": "much"}, "/weight"),
        ({"text": "x", "surname": "y"}, "/surname"),
        ({"text": "x", "a/b~c": "y"}, "/a~1b~0c"),
        ([], ""),
        ("text", ""),
    ],
)
def test_each_field_that_is_refused_is_named_by_a_json_pointer(
    anna: Caller, body: object, pointer: str
) -> None:
    refused = problem(anna.post("/v1/notes", body), 422, "InvalidRequest")
    assert pointer in [error["pointer"] for error in refused["errors"]]
    assert all(error["detail"] for error in refused["errors"])


def test_a_parameter_that_is_refused_is_named(anna: Caller) -> None:
    refused = problem(anna.get("/v1/notes?limit=101"), 422, "InvalidRequest")
    assert [error["pointer"] for error in refused["errors"]] == ["limit"]


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "a\udfff"])
def test_text_no_database_stores_is_refused(anna: Caller, text: str) -> None:
    problem(anna.post("/v1/notes", {"text": text}), 422, "UnstorableText")
    problem(anna.post("/v1/notes", {text: "text"}), 422, "UnstorableText")
    problem(anna.post("/v1/notes", {"text": ["deep", {"down": text}]}), 422, "UnstorableText")


def test_a_nul_in_address_or_parameter_is_refused(anna: Caller) -> None:
    problem(anna.get("/v1/notes?cursor=%00"), 422, "UnstorableText")
    problem(anna.get("/v1/notes%00"), 422, "UnstorableText")


def test_a_chunked_body_is_checked_like_any_other(anna: Caller) -> None:
    def chunked(body: bytes) -> dict[str, object]:
        environ = {"wsgi.input_terminated": True, "CONTENT_LENGTH": None, "HTTP_TRANSFER_ENCODING": "chunked"}
        return {"data": body, "content_type": "application/json", "environ_overrides": environ}

    problem(anna.post("/v1/notes", **chunked(b'{"text": "\\ud800"}')), 422, "UnstorableText")
    problem(anna.post("/v1/notes", **chunked(b" " * 300_000)), 413, "BodyTooLarge")
    ok(anna.post("/v1/notes", **chunked(b'{"text": "fine"}')), 201)


@pytest.mark.parametrize("body", [b'{"text": "whole"}', b""])
def test_a_body_cut_short_is_refused_though_what_came_of_it_can_be_read(anna: Caller, body: bytes) -> None:
    environ = {"wsgi.input_terminated": True, "CONTENT_LENGTH": str(len(body) + 1)}
    sent = {"data": body, "content_type": "application/json", "environ_overrides": environ}
    problem(anna.post("/v1/notes", **sent), 400, "MalformedRequest")
    assert ok(anna.get("/v1/notes"))["items"] == []


class Chunks(io.RawIOBase):
    """A body whose chunks are not as long as they say, as gunicorn tells it."""

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: object) -> int:
        raise ChunkMissingTerminator(b"xx")


def test_chunks_that_are_not_as_long_as_they_say_are_refused(anna: Caller) -> None:
    environ = {"wsgi.input": Chunks(), "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    sent = {"content_type": "application/json", "environ_overrides": environ}
    problem(anna.post("/v1/notes", **sent), 400, "MalformedRequest")


@pytest.mark.parametrize("depth", [33, 900, 20_000])
def test_json_nested_too_deeply_is_refused(anna: Caller, depth: int) -> None:
    body = b'{"text": ' + b"[" * depth + b"]" * depth + b"}"
    problem(anna.post("/v1/notes", data=body, content_type="application/json"), 422, "NestedTooDeeply")


def test_a_body_over_256_kibibytes_is_refused(anna: Caller) -> None:
    body = b'{"text": "' + b"x" * 256 * 1024 + b'"}'
    problem(anna.post("/v1/notes", data=body, content_type="application/json"), 413, "BodyTooLarge")


def test_a_value_beyond_the_calendar_is_the_callers(anna: Caller) -> None:
    problem(anna.get("/v1/far"), 422, "InvalidRequest")


def test_a_race_the_orm_notices_is_stale(anna: Caller) -> None:
    problem(anna.get("/v1/stale"), 412, "Stale")


def test_a_view_may_abort_with_an_answer_of_its_own(anna: Caller) -> None:
    problem(anna.get("/v1/aborted"), 418, "Teapot")


# -- what may go wrong here ----------------------------------------------------------------------------------


def test_a_defect_says_nothing_about_itself_and_changes_nothing(anna: Caller) -> None:
    document = problem(anna.post("/v1/defect", {"text": "x"}), 500, "InternalError")
    assert "secret" not in str(document)
    assert ok(anna.get("/v1/notes"))["items"] == []


def test_a_constraint_that_stands_for_a_rule_answers_as_that_rule(anna: Caller) -> None:
    ok(anna.post("/v1/notes", {"text": "once"}), 201)
    problem(anna.post("/v1/notes", {"text": "once"}), 409, "NoteStandsAlready")


def test_too_many_requests_in_a_minute_are_refused(a_world: WorldMaker, notes_service: Service) -> None:
    world = a_world(notes_service, rate_per_minute=3)
    anna, bram = world.person("Anna"), world.person("Bram")
    for _ in range(3):
        ok(anna.get("/v1/notes"))
    refused = anna.get("/v1/notes")
    problem(refused, 429, "TooManyRequests")
    assert refused.headers["Retry-After"] == "60"
    ok(bram.get("/v1/notes"))
    for _ in range(5):
        assert world.as_service("meetings").get("/v1/events").status_code == 200
