"""What is older than an operator wants in the log: in files, complete, and back again; a person erased from both."""

import gzip
import json
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from beraad.clock import real_now
from beraad.messaging.archive import (
    Returned,
    archive_oldest,
    archived_through,
    rewrite_archive,
    unarchive,
)
from beraad.messaging.erasing import erase_from_log
from beraad.messaging.outbox import events_after
from beraad.messaging.rebuild import Rebuild
from beraad.messaging.sources import FeedUnavailable
from beraad.perform import WORKER, Store, Work, reading, transaction
from beraad.settings import Settings
from beraad.storage.leadership import Leadership
from beraad.storage.tables import erasures, outbox
from beraad.worker.archiving import Archiving
from contracts.rig import (
    ANNA,
    BRAM,
    PUBLIC,
    SECRET,
    World,
    having,
    kept,
    numbers,
    parked_rows,
    restored,
    said,
    say,
    subscriptions_for,
    whisper,
)
from shared.tiny import some_settings

FEED = having("bell")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "archive").mkdir()
    return tmp_path / "archive"


def archive(
    store: Store[Work], folder: Path, *, stream: str = PUBLIC, days: float = 0, confirmed: bool = False
) -> int:
    with transaction(store, WORKER) as work:
        before = work.now - timedelta(days=days)
        return archive_oldest(work.session, stream, folder, before, confirmed=confirmed)


def archived(store: Store[Work], stream: str = PUBLIC) -> int:
    with reading(store) as work:
        return archived_through(work.session, stream)


def names_in(file: Path) -> list[str]:
    with gzip.open(file, "rt") as lines:
        return [json.loads(line)["body"]["name"] for line in lines]


@FEED
def test_what_is_old_leaves_the_log_for_a_file_and_what_is_young_stays(world: World, folder: Path) -> None:
    say(world.publisher, *numbers(1, 5))
    world.relayed()
    say(world.publisher, "not numbered yet")
    assert archive(world.publisher, folder, days=1) == 0
    assert archived(world.publisher) == 0
    assert archive(world.publisher, folder) == 5
    (file,) = folder.iterdir()
    assert file.name == "membership-00000001-0000000000000001-0000000000000005.jsonl.gz"
    assert names_in(file) == numbers(1, 5)
    assert file.stat().st_mode & 0o777 == 0o600
    world.relayed()
    assert archived(world.publisher) == 5
    assert archive(world.publisher, folder) == 1
    assert archived(world.publisher) == 6, "also when nothing is left"


@FEED
def test_what_was_archived_is_refused_in_words_and_read_again_once_it_is_back(
    world: World, folder: Path
) -> None:
    say(world.publisher, *numbers(1, 5))
    world.relayed()
    world.hears(*numbers(1, 5))
    archive(world.publisher, folder)
    say(world.publisher, "6")
    world.relayed()
    world.hears(*numbers(1, 6))
    rebuild = Rebuild(world.listener, subscriptions_for(world.behavior)[0], world.feeds)
    with pytest.raises(FeedUnavailable):
        rebuild.run()
    with pytest.raises(FeedUnavailable, match="answered 410: the events up to 5 are in the archive"):
        world.feeds.read(PUBLIC, 1, 4, 10)
    with transaction(world.publisher, WORKER) as work:
        (file,) = folder.iterdir()
        assert unarchive(work.session, PUBLIC, file) == Returned(5, 0)
        assert unarchive(work.session, PUBLIC, file) == Returned(0, 0)
    assert rebuild.run().differing == 0
    assert kept(world.listener) == {ANNA: (6, "6")}
    say(world.publisher, "7")
    world.relayed()
    world.hears(*numbers(1, 7))


@FEED
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no gzip",
        gzip.compress(b"no json"),
        gzip.compress(b'{"stream": "meetings"}'),
        gzip.compress(b"damaged" * 100)[:12] + b"\xff" * 20,
    ],
    ids=["empty", "no gzip", "no json", "no position", "damaged"],
)
def test_a_file_that_is_not_ours_puts_nothing_back(world: World, folder: Path, content: bytes) -> None:
    file = folder / "file"
    file.write_bytes(content)
    with transaction(world.publisher, WORKER) as work:
        if content:
            with pytest.raises(ValueError, match="file: "):
                unarchive(work.session, PUBLIC, file)
        else:
            assert unarchive(work.session, PUBLIC, file) == Returned(0, 0)


@FEED
def test_with_a_broker_only_what_it_has_leaves_and_what_is_private_leaves_no_file(
    world: World, folder: Path
) -> None:
    whisper(world.publisher, "link")
    say(world.publisher, "1")
    world.relayed()
    assert archive(world.publisher, folder, confirmed=True) == 0
    assert archive(world.publisher, folder, stream=SECRET) == 0, "it was not delivered"
    world.hears("link", stream=SECRET)
    assert archive(world.publisher, folder, stream=SECRET) == 1
    assert list(folder.iterdir()) == []
    assert archived(world.publisher, SECRET) == 0


@FEED
def test_a_person_is_erased_from_log_archive_and_parked_events_and_every_place_stays(
    world: World, folder: Path
) -> None:
    world.behavior.unkeepable = {"Anna 2"}
    say(world.publisher, "Anna 1", "Anna 2", "Anna 3")
    say(world.publisher, "Bram", person=BRAM)
    world.relayed()
    world.consumed(until=lambda: len(said(world.listener)) == 2)
    archive(world.publisher, folder)
    say(world.publisher, "Anna 5")
    world.relayed()
    with transaction(world.publisher, WORKER) as work:
        assert erase_from_log(work.session, ANNA, "forgotten") == 1
        assert erase_from_log(work.session, ANNA, "forgotten") == 0
        assert rewrite_archive(work.session, folder) == 1
        assert rewrite_archive(work.session, folder) == 0
        rows = work.session.execute(select(outbox.c.position, outbox.c.body)).all()
    assert [(row.position, row.body["name"]) for row in rows] == [(5, "forgotten")]
    assert names_in(next(folder.iterdir())) == ["forgotten"] * 3 + ["Bram"]
    with transaction(world.listener, WORKER) as work:
        assert erase_from_log(work.session, ANNA, "forgotten") == 2
    assert {row.envelope["data"]["name"] for row in parked_rows(world.listener)} == {"forgotten"}


@FEED
def test_a_person_erased_since_does_not_come_back_from_the_archive(world: World, folder: Path) -> None:
    say(world.publisher, "Anna 1")
    say(world.publisher, "Bram", person=BRAM)
    world.relayed()
    archive(world.publisher, folder)
    with transaction(world.publisher, WORKER) as work:
        erase_from_log(work.session, ANNA, "forgotten")
        assert unarchive(work.session, PUBLIC, next(folder.iterdir())) == Returned(2, 0)
        told = work.session.execute(select(outbox.c.body).order_by(outbox.c.position)).scalars()
        assert [body["name"] for body in told] == ["forgotten", "Bram"]


@FEED
def test_a_person_erased_while_events_come_back_is_erased(world: World, folder: Path) -> None:
    say(world.publisher, "Anna 1")
    world.relayed()
    archive(world.publisher, folder)
    (file,) = folder.iterdir()
    erasing = threading.Thread(target=erase_anna, args=(world.publisher,))
    with transaction(world.publisher, WORKER) as work:
        assert unarchive(work.session, PUBLIC, file).missing == 1
        erasing.start()
        erasing.join(0.5)  # it waits, and so do we: too short a wait would only let the test pass
    erasing.join(15)
    with reading(world.publisher) as work:
        assert [row["name"] for row in work.session.execute(select(outbox.c.body)).scalars()] == ["forgotten"]


def erase_anna(store: Store[Work]) -> None:
    with transaction(store, WORKER) as work:
        erase_from_log(work.session, ANNA, "forgotten")


@FEED
def test_what_lies_beyond_the_end_of_a_restored_log_stays_in_the_archive(world: World, folder: Path) -> None:
    say(world.publisher, *numbers(1, 5))
    world.relayed()
    archive(world.publisher, folder)
    (file,) = folder.iterdir()
    restored(world, to=3)
    with transaction(world.publisher, WORKER) as work:
        assert unarchive(work.session, PUBLIC, file) == Returned(3, 2)
    say(world.publisher, "other 4")
    world.relayed()
    with reading(world.publisher) as work:
        told = [event.data["name"] for event in events_after(work.session, PUBLIC, 0, 10)]
    assert told == ["1", "2", "3", "other 4"]


@FEED
def test_a_damaged_file_keeps_nobody_in_the_others(world: World, folder: Path) -> None:
    for name in ("Anna 1", "Anna 2"):
        say(world.publisher, name)
        world.relayed()
        archive(world.publisher, folder)
    damaged, good = sorted(folder.iterdir())
    damaged.write_bytes(damaged.read_bytes()[:20] + b"\xff" * 40)
    with transaction(world.publisher, WORKER) as work:
        erase_from_log(work.session, ANNA, "forgotten")
        assert rewrite_archive(work.session, folder) == 1
        assert names_in(good) == ["forgotten"]
        damaged.unlink()
        assert rewrite_archive(work.session, folder) == 0, "it looked again"
        work.session.execute(erasures.update().values(pseudonym="somebody"))
        assert rewrite_archive(work.session, folder) == 0, "and never again"


@FEED
def test_the_archive_follows_an_erasure_also_where_the_log_is_kept_for_ever_by_now(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = some_settings("membership", str(world.publisher.engine.url), monkeypatch)
    say(world.publisher, "Anna 1")
    world.relayed()
    archive(world.publisher, folder / "membership")
    with transaction(world.publisher, WORKER) as work:
        erase_from_log(work.session, ANNA, "forgotten")
    Archiving().once(world.publisher, replace(settings, log_keep_days=0, log_archive=str(folder)))
    assert names_in(next((folder / "membership").iterdir())) == ["forgotten"]


@FEED
def test_the_worker_archives_in_pieces_and_rests_and_of_several_one_works(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings: Settings = some_settings("membership", str(world.publisher.engine.url), monkeypatch)
    settings = replace(settings, log_keep_days=1, log_archive=str(folder))
    say(world.publisher, *numbers(1, 3))
    world.relayed()
    assert not Archiving().once(world.publisher, settings), "they are young"
    with world.publisher.engine.begin() as connection:
        connection.execute(outbox.update().values(written_at=real_now() - timedelta(days=2)))
    assert not Archiving().once(world.publisher, replace(settings, log_keep_days=0)), "for ever"
    other = Leadership(world.publisher.engine, "archive")
    assert other.held()
    standing_by, archiving = Archiving(), Archiving()
    assert not standing_by.once(world.publisher, settings)
    other.release()
    assert not standing_by.once(world.publisher, settings), "it rests"
    assert archiving.once(world.publisher, settings)
    assert not archiving.once(world.publisher, settings)
    assert len(list((folder / "membership").iterdir())) == 1
