from datetime import UTC, datetime, timedelta, timezone

import pytest

from beraad.record.canonical import NotCanonical
from beraad.record.checkpoints import read_checkpoint
from beraad.record.entries import Log, TimeHasNoZone, instant, leaf_of
from beraad.record.merkle import Frontier, root_of
from beraad.record.notes import SigningKey

NOON = datetime(2017, 10, 2, 12, tzinfo=UTC)


def test_entries_are_numbered_and_name_the_one_before() -> None:
    log = Log("g")
    first = log.append("round.opened", NOON, None, {"round": "1"})
    second = log.append("round.closed", NOON, "a", {"round": "1"})

    assert (first.entry["seq"], first.entry["prev"]) == (1, None)
    assert (second.entry["seq"], second.entry["prev"]) == (2, leaf_of(first.entry).hex())
    assert log.frontier.root() == root_of([first.leaf, second.leaf])


def test_a_log_goes_on_from_what_storage_keeps_of_it() -> None:
    log, whole = Log("g"), Log("g")
    for number in range(9):
        log = Log("g", Frontier.from_bytes(log.size, log.frontier.to_bytes()), log.last)
        assert log.append("t", NOON, None, {"n": number}) == whole.append("t", NOON, None, {"n": number})

    key = SigningKey.from_seed("site/groups/g", bytes(32))
    assert read_checkpoint(log.checkpoint(key.name).signed(key), key.public) == whole.checkpoint(key.name)


def test_what_cannot_be_written_is_not_appended() -> None:
    log = Log("g")
    with pytest.raises(NotCanonical):
        log.append("t", NOON, None, {"share": 0.5})
    assert (log.size, log.last) == (0, None)


def test_a_moment_is_written_in_utc() -> None:
    assert instant(NOON.astimezone(timezone(timedelta(hours=2)))) == "2017-10-02T12:00:00.000000Z"
    with pytest.raises(TimeHasNoZone):
        instant(datetime(2017, 10, 2, 12))  # noqa: DTZ001 - that is the point
