"""Keyset pages with Link."""

import base64
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from worlds.callers import Caller, ok, problem
from worlds.world import World

NAMES = [f"note {n:02d}" for n in range(11)]


@pytest.fixture
def written(anna: Caller) -> list[str]:
    for n, text in enumerate(NAMES):
        ok(anna.post("/v1/notes", {"text": text, "weight": n % 3}), 201)
    return NAMES


def following(answer: Any) -> str | None:
    link = answer.headers.get("Link")
    if link is None:
        return None
    address, relation = link.split("; ")
    assert relation == 'rel="next"'
    return str(address).strip("<>")


def pages(caller: Caller, address: str) -> list[list[str]]:
    read = []
    while address:
        answer = caller.get(address)
        read.append([note["text"] for note in ok(answer)["items"]])
        address = following(answer) or ""
    return read


def test_pages_end_where_there_is_no_next(anna: Caller, written: list[str]) -> None:
    assert pages(anna, "/v1/notes?limit=4") == [NAMES[0:4], NAMES[4:8], NAMES[8:11]]
    assert pages(anna, "/v1/notes?limit=11") == [NAMES]
    assert pages(anna, "/v1/notes") == [NAMES]


@pytest.mark.parametrize("by", ["text", "written_at", "weight"])
def test_pages_of_any_order_show_each_once(anna: Caller, written: list[str], by: str) -> None:
    read = [text for page in pages(anna, f"/v1/notes?limit=3&by={by}") for text in page]
    assert sorted(read) == NAMES
    if by == "weight":
        assert [int(text[-2:]) % 3 for text in read] == sorted(n % 3 for n in range(11))


def test_what_is_written_meanwhile_moves_no_page(anna: Caller, written: list[str]) -> None:
    first = anna.get("/v1/notes?limit=4&by=text")
    for text in ("note 00a", "note 03a", "note 09a"):
        ok(anna.post("/v1/notes", {"text": text}), 201)
    rest = [text for page in pages(anna, following(first) or "") for text in page]
    assert rest == ["note 03a", *NAMES[4:10], "note 09a", *NAMES[10:]]


def test_the_next_page_keeps_every_parameter(world: World, anna: Caller, written: list[str]) -> None:
    link = following(anna.get("/v1/notes?limit=2&by=weight&colour=red&colour=blue")) or ""
    assert "colour=red&colour=blue" in link
    assert "by=weight" in link


def test_the_next_page_is_named_under_the_gateways_prefix(anna: Caller, written: list[str]) -> None:
    link = anna.get("/v1/notes?limit=2", x_forwarded_prefix="/notes").headers["Link"]
    assert link.startswith("</notes/v1/notes?")


def cursor_of(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%%%",
        "é",
        "bnVsbA",
        "e30",
        "W10",
        cursor_of("no id"),
        cursor_of(1),
        cursor_of("a", "b"),
        cursor_of(None),
        cursor_of([]),
    ],
)
@pytest.mark.parametrize("by", ["id", "text", "written_at", "weight"])
def test_a_cursor_that_is_none_of_ours_is_refused(anna: Caller, cursor: str, by: str) -> None:
    problem(anna.get("/v1/notes", query_string={"cursor": cursor, "by": by}), 422, "InvalidRequest")


ID = "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize(
    ("by", "value"),
    [
        ("written_at", "2017-06-01T12:00:00"),
        ("written_at", "0001-01-01T00:00:00+14:00"),
        ("text", "\0"),
        ("text", "\ud800"),
        ("weight", str(2**63)),
        ("weight", "-" + "9" * 400),
    ],
)
def test_a_cursor_with_what_is_never_stored_is_refused(
    world: World, anna: Caller, by: str, value: str
) -> None:
    answer = anna.get("/v1/notes", query_string={"cursor": cursor_of(value, ID), "by": by})
    problem(answer, 422, "InvalidRequest")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(st.text(max_size=80), st.sampled_from(["id", "text", "written_at", "weight"]))
def test_no_cursor_is_a_defect(anna: Caller, cursor: str, by: str) -> None:
    for written in (cursor, base64.urlsafe_b64encode(json.dumps([cursor, ID]).encode()).decode()):
        status = anna.get("/v1/notes", query_string={"cursor": written, "by": by}).status_code
        assert status in {200, 422}, (written, by)


def test_a_parameter_said_twice_is_read_as_before_and_one_refused_is_explained(
    anna: Caller, written: list[str]
) -> None:
    assert pages(anna, "/v1/notes?limit=11&limit=1&unknown=1") == [NAMES]
    told = problem(anna.get("/v1/notes?limit=0&unknown=1"), 422, "InvalidRequest")
    assert told["errors"][0]["pointer"] == "limit"
