"""People from a CSV file, taken in at once and worked off in pieces."""

from collections.abc import Sequence
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
Bram,not an address,xx,user
Chloe,chloe@smart.test,xx,user
Dirk,ANNA@smart.test,nl,user
Els,els@smart.test
Fien,fien@smart.test,nl,user,too,many
Gert,gert@smart.test,nl,
Hans,hans@smart.test,nl,user:2017
Ines,ines@smart.test,nl,user:2017-13-01..
Jan,jan@smart.test,nl,user:2017-06-01..2017-05-01
Kim,kim@smart.test,nl,user;user:2017-06-01.."""


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


def imported(world: World, ada: Caller, file: str | bytes, *, dry_run: bool = False) -> dict[str, Any]:
    """The import of that file when the worker is done with it."""
    accepted = ok(send(ada, file, dry_run=dry_run), 202)
    world.falls_due()
    report: dict[str, Any] = ok(ada.get(f"/v1/people-imports/{accepted['id']}"))
    return report


def counts(report: dict[str, Any]) -> Sequence[int]:
    """Registered, updated, unchanged, refused."""
    return [report[name] for name in ("registered", "updated", "unchanged", "refused")]


def rows(ada: Caller, report: dict[str, Any], result: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(ada.get(f"/v1/people-imports/{report['id']}/rows?result={result}"))[
        "items"
    ]
    return found


def reasons(ada: Caller, report: dict[str, Any]) -> dict[int, list[tuple[str, str]]]:
    """Line → column and code of each reason."""
    return {
        row["line"]: [(reason["column"], reason["code"]) for reason in row["reasons"]]
        for row in rows(ada, report, "refused")
    }


def people(caller: Caller) -> dict[str, dict[str, Any]]:
    """By name, without whoever administers."""
    items = ok(caller.get("/v1/people"))["items"]
    return {person["name"]: person for person in items if person["name"] not in {"Ada", "Administrator"}}


def test_a_file_is_accepted_and_waits_for_the_worker(world: World, ada: Caller) -> None:
    answer = send(ada, GOOD)

    accepted = ok(answer, 202)

    assert (accepted["state"], accepted["rows_total"], accepted["rows_done"]) == ("waiting", 2, 0)
    assert answer.headers["Location"] == f"/v1/people-imports/{accepted['id']}"
    assert people(ada) == {}
    assert [row["line"] for row in rows(ada, accepted, "waiting")] == [2, 3]
    world.falls_due()
    report = ok(ada.get(answer.headers["Location"]))
    assert (report["state"], report["rows_done"], report["failure"]) == ("done", 2, None)
    assert report["allowed_actions"]["import.cancel"]["code"] == "ImportHasEnded"
    assert ok(ada.get("/v1/people-imports"))["items"] == [report]


def test_a_dry_run_is_the_default_changes_nobody_and_says_what_would_be(world: World, ada: Caller) -> None:
    imported(world, ada, "name,email,external_id\nAnna,anna@smart.test,1\n")
    before, anna = len(world.published()), people(ada)["Anna"]
    file = "name,email,external_id\nAnn,anna@smart.test,1\nBram,bram@smart.test,2\nBram,bram@smart.test,3\n"
    accepted = ok(ada.post("/v1/people-imports", data=file.encode(), content_type="text/csv"), 202)
    world.falls_due()

    report = ok(ada.get(f"/v1/people-imports/{accepted['id']}"))

    assert (report["dry_run"], counts(report)) == (True, [1, 1, 0, 1])
    assert people(ada) == {"Anna": anna}
    assert len(world.published()) == before
    assert [row["person_id"] for row in rows(ada, report, "registered")] == [None]


def test_good_rows_are_registered_with_their_profiles_and_told(world: World, ada: Caller) -> None:
    report = imported(world, ada, GOOD)
    anna, bram = (ok(ada.get(f"/v1/people/{row['person_id']}")) for row in rows(ada, report, "registered"))
    assert (anna["email"], anna["language"], anna["profiles"]) == (
        "anna@smart.test",
        "nl",
        ["user", "client"],
    )
    assert (bram["language"], bram["time_zone"], bram["profiles"]) == ("en", "Europe/Brussels", [])
    assert len(world.published("membership.person.registered.v1")) == 4
    assert len(world.published("membership.contact.changed.v1")) == 4


def test_a_file_sent_again_changes_nobody(world: World, ada: Caller) -> None:
    imported(world, ada, GOOD)
    before = len(world.published())
    report = imported(world, ada, GOOD)
    assert counts(report) == [0, 0, 2, 0]
    assert set(people(ada)) == {"Anna", "Bram"}
    assert len(world.published()) == before


def test_every_bad_row_is_named_with_all_that_is_wrong_and_the_good_ones_go_in(
    world: World, ada: Caller
) -> None:
    report = imported(world, ada, MIXED)
    assert counts(report) == [2, 0, 0, 10]
    invalid = "InvalidRequest"
    assert reasons(ada, report) == {
        3: [("name", invalid)],
        4: [("email", invalid), ("language", invalid)],
        5: [("language", invalid)],
        6: [("", "TwiceInTheFile")],
        7: [("", invalid)],
        8: [("", invalid)],
        10: [("profiles", invalid)],
        11: [("profiles", invalid)],
        12: [("profiles", "ProfileEndsBeforeItStarts")],
        13: [("profiles", "ProfileTermsOverlap")],
    }
    assert set(people(ada)) == {"Anna", "Gert"}


def test_an_external_id_updates_what_differs_and_leaves_the_rest(world: World, ada: Caller) -> None:
    header = "name,email,language,profiles,external_id\n"
    imported(world, ada, f"{header}Anna,anna@smart.test,nl,user,1\nBram,bram@smart.test,nl,user,2\n")
    before = people(ada)

    report = imported(
        world, ada, f"{header}Anna,anna@work.test,,client:..2199-01-01,1\nBram,bram@smart.test,nl,user,2\n"
    )

    assert counts(report) == [0, 1, 1, 0]
    anna = people(ada)["Anna"]
    assert anna["id"] == before["Anna"]["id"]
    assert (anna["email"], anna["language"], anna["profiles"]) == ("anna@work.test", "nl", ["client"])
    assert anna["profile_terms"] == [{"profile": "client", "starts_on": None, "ends_on": "2199-01-01"}]
    assert people(ada)["Bram"] == before["Bram"]
    assert [told["revision"] for told in world.published("membership.person.updated.v1")] == [2]
    assert world.published("membership.contact.changed.v1")[-1]["email"] == "anna@work.test"


def test_whoever_is_known_by_address_gets_the_external_id_once(world: World, ada: Caller) -> None:
    imported(world, ada, "name,email\nAnna,anna@smart.test\n")
    linked = imported(world, ada, "name,email,external_id\nAnna,anna@smart.test,1\n")
    assert counts(linked) == [0, 1, 0, 0]
    assert people(ada)["Anna"]["external_id"] == "1"
    refused = imported(world, ada, "name,email,external_id\nAnna,anna@smart.test,2\n")
    assert reasons(ada, refused) == {2: [("", "ExternalIdDiffers")]}


def test_an_address_somebody_has_is_refused_to_others_and_without_external_id(
    world: World, ada: Caller
) -> None:
    imported(world, ada, "name,email,external_id\nAnna,anna@smart.test,1\nBram,bram@smart.test,2\n")
    file = "name,email,external_id\nAnna,bram@smart.test,1\nAnnie,anna@smart.test,\n"
    report = imported(world, ada, file)
    assert reasons(ada, report) == {2: [("", "EmailAlreadyRegistered")], 3: [("", "EmailAlreadyRegistered")]}
    assert people(ada)["Anna"]["email"] == "anna@smart.test"


def test_a_row_after_a_refused_one_may_be_the_good_one(world: World, ada: Caller) -> None:
    report = imported(world, ada, "name,email,language\nAnna,anna@smart.test,xx\nAnna,anna@smart.test,nl\n")
    assert counts(report) == [1, 0, 0, 1]


def test_profiles_the_organisation_does_not_have_are_refused_by_row(a_world: WorldMaker) -> None:
    world = a_world("membership", profiles=("user",))
    ada = world.administrator()
    file = "name,email,profiles\nAnna,anna@smart.test,user\nBram,bram@smart.test,friend\n"
    report = imported(world, ada, file)
    assert reasons(ada, report) == {3: [("profiles", "ProfileNotOffered")]}
    assert set(people(ada)) == {"Anna"}


def test_a_byte_order_mark_quotes_and_line_ends_of_spreadsheets_are_read(world: World, ada: Caller) -> None:
    file = (
        b'\xef\xbb\xbf"name","email","profiles"\r\n"Janssens, ""An""","an@smart.test","user;client"\r\n\r\n'
    )
    assert counts(imported(world, ada, file)) == [1, 0, 0, 0]
    assert set(people(ada)) == {'Janssens, "An"'}


def test_a_row_of_several_lines_is_named_by_its_last(world: World, ada: Caller) -> None:
    report = imported(world, ada, 'name,email\n"An\nna",anna@smart.test\nBram,bram@smart.test\n')
    (refused,) = rows(ada, report, "refused")
    assert (refused["line"], "one line" in refused["reasons"][0]["detail"]) == (3, True)
    assert [row["line"] for row in rows(ada, report, "registered")] == [4]


def test_a_file_without_rows_is_done_at_once(ada: Caller) -> None:
    accepted = ok(send(ada, "name,email\n"), 202)
    assert (accepted["state"], accepted["rows_total"]) == ("done", 0)


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
def test_a_file_that_cannot_be_read_is_refused_at_once_and_not_kept(
    ada: Caller, file: bytes, told: str
) -> None:
    assert told in problem(send(ada, file), 422, "UnreadableImport")["detail"]
    assert ok(ada.get("/v1/people-imports"))["items"] == []


def test_fifty_thousand_rows_are_read_and_one_more_is_refused(ada: Caller) -> None:
    lines = [f"Person {n},person{n}@smart.test" for n in range(50_001)]
    accepted = ok(send(ada, "\n".join(["name,email", *lines[:50_000]]), dry_run=True), 202)
    assert accepted["rows_total"] == 50_000
    refused = problem(send(ada, "\n".join(["name,email", *lines])), 422, "UnreadableImport")
    assert "50000" in refused["detail"]


def test_a_file_longer_than_json_may_be_is_read_with_a_key_too(ada: Caller) -> None:
    lines = [f"{'Person ' * 20}{n},person{n}@smart.test" for n in range(2000)]
    file = "\n".join(["name,email", *lines])
    assert len(file) > 256 * 1024
    first = send(ada, file, idempotency_key="import-1")
    assert ok(first, 202)["rows_total"] == 2000
    assert send(ada, file, idempotency_key="import-1").data == first.data
    assert len(ok(ada.get("/v1/people-imports"))["items"]) == 1


def test_a_file_of_more_than_ten_mebibytes_is_refused(ada: Caller) -> None:
    problem(send(ada, b"name,email\n" + b"x" * 10 * 1024 * 1024), 413, "BodyTooLarge")


def test_only_csv_is_imported_and_only_by_administrators(world: World, ada: Caller) -> None:
    refused = problem(send(ada, GOOD, content_type="application/json"), 415, "UnsupportedMediaType")
    assert "text/csv" in refused["detail"]
    problem(send(world.person(), GOOD), 403, "NotAllowed")
    problem(send(world.nobody, GOOD), 401, "SignInRequired")
