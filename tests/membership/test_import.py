"""Registering people from a CSV file."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from worlds.callers import Caller, ok, problem
from worlds.world import World, WorldMaker

GOOD = """name,email,language,time_zone,profiles
Anna,Anna@SMart.test,nl,Europe/Brussels,user; client
Bram,bram@smart.test,,,
"""
MIXED = """name,email,language,profiles
Anna,anna@smart.test,nl,user
,nameless@smart.test,nl,user
Bram,not an address,nl,user
Chloe,chloe@smart.test,de,user
Dirk,ANNA@smart.test,nl,user
Els,els@smart.test
Fien,fien@smart.test,nl,user,too,many
Gert,gert@smart.test,nl,"""


@pytest.fixture
def world(a_world: WorldMaker) -> World:
    return a_world("membership")


@pytest.fixture
def ada(world: World) -> Caller:
    return world.administrator()


def send(caller: Caller, file: str | bytes, *, dry_run: bool = False, **more: Any) -> TestResponse:
    data = file.encode() if isinstance(file, str) else file
    more.setdefault("content_type", "text/csv; charset=utf-8")
    return caller.post(f"/v1/people-imports?dry_run={str(dry_run).lower()}", data=data, **more)


def names(caller: Caller) -> set[str]:
    return {person["name"] for person in ok(caller.get("/v1/people"))["items"]} - {"Ada", "Administrator"}


def test_a_dry_run_registers_nobody_and_says_who_would_be(world: World, ada: Caller) -> None:
    before = len(world.published())
    report = ok(ada.post("/v1/people-imports", data=GOOD.encode(), content_type="text/csv"))
    assert report["dry_run"]
    assert [row["line"] for row in report["registered"]] == [2, 3]
    assert report["refused"] == []
    assert names(ada) == set()
    assert len(world.published()) == before


def test_good_rows_are_registered_with_their_profiles(world: World, ada: Caller) -> None:
    report = ok(send(ada, GOOD))
    assert not report["dry_run"]
    anna, bram = (ok(ada.get(f"/v1/people/{row['person_id']}")) for row in report["registered"])
    assert (anna["email"], anna["language"], anna["profiles"]) == (
        "anna@smart.test",
        "nl",
        ["user", "client"],
    )
    assert (bram["language"], bram["time_zone"], bram["profiles"]) == ("en", "Europe/Brussels", [])
    assert len(world.published("membership.contact.changed.v1")) == 4


def test_a_repeated_import_doubles_nobody(ada: Caller) -> None:
    ok(send(ada, GOOD))
    report = ok(send(ada, GOOD))
    assert report["registered"] == []
    assert [row["line"] for row in report["refused"]] == [2, 3]
    assert all(row["reason"].startswith("EmailAlreadyRegistered") for row in report["refused"])
    assert names(ada) == {"Anna", "Bram"}


def test_bad_rows_are_named_by_their_line_and_the_good_ones_go_in(ada: Caller) -> None:
    report = ok(send(ada, MIXED))
    assert [row["line"] for row in report["registered"]] == [2, 9]
    reasons = {row["line"]: row["reason"] for row in report["refused"]}
    assert set(reasons) == {3, 4, 5, 6, 7, 8}
    assert reasons[3].startswith("name:")
    assert reasons[4].startswith("email:")
    assert reasons[5].startswith("language:")
    assert "twice" in reasons[6]
    assert "as many values" in reasons[7]
    assert "as many values" in reasons[8]
    assert names(ada) == {"Anna", "Gert"}


def test_a_byte_order_mark_quotes_and_line_ends_of_spreadsheets_are_read(ada: Caller) -> None:
    file = (
        b'\xef\xbb\xbf"name","email","profiles"\r\n"Janssens, ""An""","an@smart.test","user;client"\r\n\r\n'
    )
    assert len(ok(send(ada, file))["registered"]) == 1
    assert names(ada) == {'Janssens, "An"'}


def test_a_row_of_several_lines_is_named_by_its_last(ada: Caller) -> None:
    report = ok(send(ada, 'name,email\n"An\nna",anna@smart.test\nBram,bram@smart.test\n'))
    assert [(row["line"], "one line" in row["reason"]) for row in report["refused"]] == [(3, True)]
    assert [row["line"] for row in report["registered"]] == [4]


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (b"", "columns"),
        (b"name,profiles\nAnna,user\n", "columns"),
        (b"name,email,password\nAnna,anna@smart.test,secret\n", "columns"),
        (b"name,email,email\nAnna,anna@smart.test,other@smart.test\n", "columns"),
        (b"name;email\nAnna;anna@smart.test\n", "columns"),
        (b"name,email\nAnn\xe9,anna@smart.test\n", "byte 14 is not UTF-8"),
        (b"name,email\nAn\x00na,anna@smart.test\n", "NUL"),
        (b'name,email\n"Anna,anna@smart.test\n', "line 2"),
        (b'name,email\n"An"na,anna@smart.test\n', "line 2"),
        (b"name,email\n" + b"x" * 140_000 + b",anna@smart.test\n", "line 2"),
    ],
)
def test_a_file_that_cannot_be_read_registers_nobody(ada: Caller, file: bytes, told: str) -> None:
    assert told in problem(send(ada, file), 422, "UnreadableImport")["detail"]
    assert names(ada) == set()


def test_five_thousand_rows_are_read_and_one_more_is_refused(ada: Caller) -> None:
    rows = [f"Person {n},person{n}@smart.test" for n in range(5001)]
    report = ok(send(ada, "\n".join(["name,email", *rows[:5000]]), dry_run=True))
    assert len(report["registered"]) == 5000
    refused = problem(send(ada, "\n".join(["name,email", *rows])), 422, "UnreadableImport")
    assert "5000" in refused["detail"]
    assert names(ada) == set()


def test_a_file_longer_than_json_may_be_is_read_with_a_key_too(ada: Caller) -> None:
    rows = [f"{'Person ' * 20}{n},person{n}@smart.test" for n in range(2000)]
    file = "\n".join(["name,email", *rows])
    assert len(file) > 256 * 1024
    first = send(ada, file, idempotency_key="import-1")
    assert len(ok(first)["registered"]) == 2000
    assert send(ada, file, idempotency_key="import-1").data == first.data


def test_a_file_of_more_than_five_mebibytes_is_refused(ada: Caller) -> None:
    problem(send(ada, b"name,email\n" + b"x" * 5 * 1024 * 1024), 413, "BodyTooLarge")


def test_only_csv_is_imported_and_only_by_administrators(world: World, ada: Caller) -> None:
    refused = problem(send(ada, GOOD, content_type="application/json"), 415, "UnsupportedMediaType")
    assert "text/csv" in refused["detail"]
    problem(send(world.person(), GOOD), 403, "NotAllowed")
    problem(send(world.nobody, GOOD), 401, "SignInRequired")
