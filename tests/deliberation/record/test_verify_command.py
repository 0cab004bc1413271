"""`beraad verify` as a person or a script uses it: 0 good, 1 found something, 2 could not read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from beraad.cli import main
from beraad.cli.lazy import LazyGroup, first_line
from deliberation.record.mutations import written
from deliberation.record.stories import a_story

STORY = a_story()
EXPORT = STORY.chronicle.export()
KEY = str(STORY.chronicle.key.public)
BROKEN = {**EXPORT, "ledger": {**EXPORT["ledger"], "entries": EXPORT["ledger"]["entries"][:-1]}}


def told(data: bytes, *options: str) -> Result:
    return CliRunner().invoke(main, ["verify", "-", *options], input=data)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "checkpoint"
    path.write_text(EXPORT["ledger"]["checkpoint"], encoding="utf-8")
    return path


def test_a_good_record_is_good(kept: Path) -> None:
    result = told(written(EXPORT), "--against", str(kept), "--key", KEY)

    assert (result.exit_code, result.output.splitlines()) == (
        0,
        ["good: 30 entries, 4 outcomes judged again", f"key: {KEY}"],
    )


def test_a_checkpoint_is_read_as_a_mail_brings_it(tmp_path: Path) -> None:
    mailed = "\n\n" + EXPORT["ledger"]["checkpoint"].replace("\n", "\r\n") + " \r\n"
    (tmp_path / "mailed").write_bytes(mailed.encode())
    assert told(written(EXPORT), "--against", str(tmp_path / "mailed")).exit_code == 0


def test_a_key_nobody_vouches_for_is_said_to_be_one() -> None:
    assert "The key is the export's own" in told(written(EXPORT)).output


def test_what_is_erased_is_counted() -> None:
    erased = {**EXPORT, "ledger": {**EXPORT["ledger"], "texts": [], "people": []}}
    result = told(written(erased))

    assert result.exit_code == 0
    assert "texts erased or not shown" in result.output


def test_each_finding_is_a_line_with_the_entry_it_concerns(tmp_path: Path) -> None:
    copy = json.loads(written(EXPORT))
    copy["ledger"]["entries"][4]["prev"] = "00" * 32
    path = tmp_path / "export.json"
    path.write_bytes(written(copy))
    result = CliRunner().invoke(main, ["verify", str(path)])

    assert result.exit_code == 1
    assert result.output.splitlines()[0].startswith("entry 5: PrevIsWrong: ")


def test_a_program_gets_a_document(kept: Path) -> None:
    good = json.loads(told(written(EXPORT), "--json", "--against", str(kept)).output)
    bad = json.loads(told(written(BROKEN), "--json", "--against", str(kept)).output)

    assert (good["good"], good["findings"], good["entries"]) == (True, [], 30)
    assert {finding["code"] for finding in bad["findings"]} >= {"SizeIsWrong", "EntriesAreMissing"}


def test_receipts_and_older_copies_are_read_too(tmp_path: Path) -> None:
    answer = next(iter(STORY.voted.closes.values()))[0]
    kept = {"older": EXPORT, "receipt": STORY.chronicle.receipt(STORY.voted, answer)}
    options = []
    for name, document in kept.items():
        (tmp_path / name).write_bytes(written(document))
        options += ["--against", str(tmp_path / name)]

    assert told(written(EXPORT), *options).exit_code == 0
    assert told(written(BROKEN), *options).exit_code == 1


@pytest.mark.parametrize("data", [b"", b"{}x", b"[" * 100_000, b'{"a":1,"a":2}', b"1e400", b"\xff", b"NaN"])
def test_what_cannot_be_read_is_said_in_a_line(data: bytes) -> None:
    result = told(data)

    assert result.exit_code == 2
    assert result.output.startswith("Error: it cannot be read: ")


@pytest.mark.parametrize("data", [b"\xff\xfe", b"{}", b'{"format": "beraad.group/1"}', b'{"a": 1e5}'])
def test_what_was_kept_must_be_readable_too(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(data)
    assert told(written(EXPORT), "--against", str(tmp_path / "kept")).exit_code == 2


def test_a_key_mistyped_and_a_file_that_is_not_there_are_told() -> None:
    assert told(written(EXPORT), "--key", KEY[:-1]).exit_code == 2
    assert CliRunner().invoke(main, ["verify", "nowhere.json"]).exit_code == 2


# -- whatever somebody hands in -------------------------------------------------------------------------------------


def nested(levels: int, what: str = "list") -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value] if what == "list" else {"a": value}
    return value


HOSTILE = [
    None,
    True,
    -1,
    0,
    2**53,
    10**16,
    "",
    "\ud800",
    "\x00",
    "a" * 100_000,
    "9" * 64,
    [],
    {},
    [[]],
    [None],
    {"a": None},
    nested(40),
    nested(300, "object"),
    nested(900),
]
PLACES = [
    ("format",),
    ("ledger",),
    *(("ledger", name) for name in EXPORT["ledger"]),
    *(("ledger", "entries", 0, name) for name in EXPORT["ledger"]["entries"][0]),
    *(("ledger", "entries", 0, "body", name) for name in EXPORT["ledger"]["entries"][0]["body"]),
    *(("ledger", "entries", 1, "body", name) for name in EXPORT["ledger"]["entries"][1]["body"]),
    *(("ledger", "rolls", 0, name) for name in EXPORT["ledger"]["rolls"][0]),
    *(("ledger", "rolls", 0, "closes", 0, name) for name in ("seq", "leaves")),
    *(("ledger", "rolls", 0, "closes", 0, "leaves", 0, name) for name in ("type", "actor", "body", "prev")),
    *(("ledger", "texts", 0, name) for name in ("commitment", "salt", "text")),
    *(("ledger", "people", 0, name) for name in ("person", "salt", "name")),
    ("ledger", "entries", 0, "body", "profile", "quorum"),
    ("ledger", "entries", 0, "body", "profile", "majority"),
    ("ledger", "entries", 0, "body", "profile", "max_rounds"),
    ("ledger", "entries", 0, "body", "profile", "approving_body_id"),
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: "/".join(map(str, place)))
def test_no_value_anywhere_makes_it_stumble(place: tuple[str | int, ...]) -> None:
    for value in HOSTILE:
        copy = json.loads(written(EXPORT))
        inner = copy
        for name in place[:-1]:
            inner = inner[name]
        same = inner[place[-1]] == value and type(inner[place[-1]]) is type(value)
        if same or (value == [] and place[-1] in {"texts", "people"}):
            continue  # nothing is changed, or all is erased
        inner[place[-1]] = value
        result = told(json.dumps(copy).encode())

        assert result.exit_code in {1, 2}, (value, result.output)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert result.output.isascii() or "…" in result.output


# -- the command among the others -----------------------------------------------------------------------------------


def test_it_is_listed_with_its_first_line_and_explains_itself() -> None:
    listed = CliRunner().invoke(main, ["--help"]).output

    assert "verify" in listed
    assert "Check what was published, offline: a record, a draw." in listed
    assert "--against" in CliRunner().invoke(main, ["verify", "--help"]).output


def test_a_command_nobody_offers_is_refused() -> None:
    assert CliRunner().invoke(main, ["very-fine"]).exit_code == 2


def test_a_group_without_contributions_has_its_own_only() -> None:
    group = LazyGroup("g", commands_by_path={"up": ("beraad.cli.up:up", "Start.")})
    result = CliRunner().invoke(group, ["--help"])

    assert "Start." in result.output
    assert "verify" not in result.output


@pytest.mark.parametrize("path", ["beraad.nowhere:up", "beraad.cli.lazy:nothing"])
def test_what_says_nothing_of_itself_is_listed_without_a_line(path: str) -> None:
    assert first_line(path) == ""
