"""An event may overtake the seats it is about: its audience is taken when the roster is known to be complete."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.serving import make_server

from beraad.clock import real_now
from beraad.messaging.cursors import Cursor, note_watermark, write_cursor
from beraad.messaging.envelope import Watermark
from beraad.messaging.outbox import number_batch
from beraad.perform import WORKER, transaction
from beraad_notifications.subscriptions.spreading import Spreading
from notifications.vocabulary import MailRoom, happens, seat, told
from servers.smtp import SmtpSink
from worlds.world import World, WorldMaker


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def world(a_world: WorldMaker, smtp_sink: SmtpSink) -> World:
    return a_world("notifications", smtp_url=smtp_sink.url)


def membership_said(world: World, position: int, ours: int) -> None:
    with transaction(world.store, WORKER) as work:
        write_cursor(work.session, Cursor("membership", 1, ours))
        note_watermark(work.session, Watermark("membership", 1, position))


def test_a_seat_that_arrives_after_the_round_is_told_of_the_round(world: World) -> None:
    anna = world.person("Anna")
    group = world.group()
    happens(world, "round_opened", group_id=group)
    spreading = Spreading()
    membership_said(world, position=5, ours=4)
    assert not spreading.once(world.store, world.settings)

    seat(world, group, anna)
    membership_said(world, position=5, ours=5)
    assert spreading.once(world.store, world.settings)
    assert told(world, "round_opened") == [anna.person_id]


def test_what_membership_said_before_the_event_proves_nothing(world: World) -> None:
    membership_said(world, position=5, ours=5)
    happens(world, "round_opened", group_id=world.group())
    assert not Spreading().once(world.store, world.settings)


def test_if_membership_is_silent_for_half_a_minute_what_is_known_must_do(world: World) -> None:
    anna = world.person("Anna")
    group = world.group()
    seat(world, group, anna)
    happens(world, "round_opened", group_id=group)
    while Spreading().once(world.store, world.settings):
        pass
    assert told(world, "round_opened") == []
    assert Spreading(lambda: real_now() + timedelta(seconds=31)).once(world.store, world.settings)
    assert told(world, "round_opened") == [anna.person_id]


def test_memberships_own_events_and_sign_in_links_wait_for_nobody(world: World) -> None:
    anna = world.person("Anna")
    happens(world, "sign_in_link", person_id=anna.person_id)
    happens(world, "candidacy_submitted", group_id=world.group(), person_id=anna.person_id)
    assert Spreading().once(world.store, world.settings)
    assert told(world, "sign_in_link") == told(world, "candidacy_submitted") == [anna.person_id]


def test_membership_is_asked_how_far_its_feed_goes(a_world: WorldMaker) -> None:
    membership = a_world("membership")
    with transaction(membership.store, WORKER) as work:
        numbered = number_batch(work.session)
    with served(membership.app) as address:
        world = a_world("notifications", feed_urls={"membership": address})
        happens(world, "round_opened", group_id=world.group())
        spreading = Spreading()
        assert not spreading.once(world.store, world.settings), "membership has events we did not apply"
        with transaction(world.store, WORKER) as work:
            write_cursor(work.session, Cursor("membership", 1, numbered))
        assert spreading.once(world.store, world.settings)


def test_the_mail_of_a_spread_notice_is_sent(world: World, smtp_sink: SmtpSink) -> None:
    anna = world.person("Anna")
    group = world.group("Ethics")
    seat(world, group, anna)
    happens(world, "round_opened", group_id=group)
    MailRoom(world).works()
    subjects = [mail.message["Subject"] for mail in smtp_sink.messages]
    assert sorted(subjects) == ["Ethics: consent round on “Open figures every quarter”", "Welcome to Ethics"]
