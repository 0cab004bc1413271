"""ETag, If-Match, If-None-Match."""

import pytest

from worlds.callers import Caller, ok, problem
from worlds.world import World


@pytest.fixture
def note(anna: Caller) -> str:
    location: str = anna.post("/v1/notes", {"text": "first"}).headers["Location"]
    return location


def test_the_tag_of_a_resource_is_its_revision(anna: Caller, note: str) -> None:
    answer = anna.get(note)
    assert answer.headers["ETag"] == f'"{ok(answer)["revision"]}"' == '"1"'


def test_a_change_names_the_revision_that_was_read(anna: Caller, note: str) -> None:
    problem(anna.patch(note, {"text": "second"}), 428, "PreconditionRequired")
    for written in ('"1"', 'W/"2"', "3"):
        changed = anna.patch(note, {"text": f"after {written}"}, if_match=written)
        ok(changed)
    assert changed.headers["ETag"] == '"4"'
    refused = problem(anna.patch(note, {"text": "late"}, if_match='"1"'), 412, "Stale")
    assert refused["revision"] == 4
    assert ok(anna.get(note))["text"] == "after 3"


@pytest.mark.parametrize("tag", ["*", "abc", '"-1"', '"1", "2"', '"' + "9" * 19 + '"', "²"])
def test_a_tag_that_is_none_of_ours_is_refused(anna: Caller, note: str, tag: str) -> None:
    problem(anna.patch(note, {"text": "x"}, if_match=tag), 422, "InvalidRequest")


def test_what_the_caller_has_is_not_sent_again(anna: Caller, note: str) -> None:
    tag = anna.get(note).headers["ETag"]
    again = anna.get(note, if_none_match=tag)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    anna.patch(note, {"text": "second"}, if_match=tag)
    assert ok(anna.get(note, if_none_match=tag))["text"] == "second"


def test_an_unchanged_list_is_not_sent_again(anna: Caller, note: str) -> None:
    tag = anna.get("/v1/notes").headers["ETag"]
    assert tag.startswith('W/"')
    assert anna.get("/v1/notes", if_none_match=tag).status_code == 304
    anna.post("/v1/notes", {"text": "another"})
    assert anna.get("/v1/notes", if_none_match=tag).status_code == 200


def test_a_refusal_carries_no_tag(world: World, anna: Caller, note: str) -> None:
    assert "ETag" not in anna.patch(note, {"text": "x"}, if_match='"7"').headers
    assert "ETag" not in anna.get("/v1/notes?limit=0").headers


def test_a_read_has_nothing_to_guard(anna: Caller, note: str) -> None:
    assert ok(anna.get(note, if_match='"9"'))["revision"] == 1
    assert ok(anna.get("/v1/notes", if_match='"9"'))["items"]
