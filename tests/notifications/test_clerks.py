"""One worker sends over two connections, and over one where the mail server gives no more."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import select

from beraad.perform import transaction
from beraad_notifications.domain.deliveries import Said
from beraad_notifications.mail import clerks, delivering, pile
from beraad_notifications.mail.delivering import IN_HAND, RECORD_EVERY, Batch
from beraad_notifications.mail.message import Composer
from beraad_notifications.mail.samples import sample_letter
from beraad_notifications.mail.smtp import MOST_PER_CONNECTION, Post
from beraad_notifications.storage.tables import deliveries
from beraad_notifications.use_cases.claim_deliveries import ClaimedDeliveries
from beraad_notifications.use_cases.record_and_claim import record_and_claim
from notifications.many import many_people
from notifications.vocabulary import MailRoom, happens, states
from servers.scripted_smtp import ScriptedSmtp
from worlds.settings import some_settings
from worlds.world import World, WorldMaker


@dataclass
class TakesTwoAtOnce(ScriptedSmtp):
    """Answers no message but the first before another is offered as well."""

    both: threading.Barrier = field(default_factory=lambda: threading.Barrier(2))

    def _answer(self, verb: str, line: bytes) -> str:
        if verb == "." and self.count("."):
            self.both.wait(20)
        return super()._answer(verb, line)


def a_room(a_world: WorldMaker, server: ScriptedSmtp, mails: int) -> MailRoom:
    """So many mails are due."""
    world = a_world("notifications", smtp_url=server.url)
    group = world.group("Assembly", kind="assembly")
    many_people(world, group, mails)
    happens(world, "vote_opened", group_id=group)
    room = MailRoom(world)
    room.spreads()
    return room


def attempts(world: World) -> Counter[int]:
    with transaction(world.store) as work:
        return Counter(work.session.execute(select(deliveries.c.attempts)).scalars())


def test_two_mails_are_on_their_way_at_once(a_world: WorldMaker) -> None:
    with TakesTwoAtOnce() as server:
        room = a_room(a_world, server, 13)
        room.works()
        assert states(room.world) == Counter(sent=13)
        assert server.most_at_once == 2


def test_one_mail_needs_one_connection(a_world: WorldMaker) -> None:
    with ScriptedSmtp() as server:
        a_room(a_world, server, 1).works()
        assert (server.count("EHLO"), server.count(".")) == (1, 1)


@pytest.mark.parametrize("mails", [1, MOST_PER_CONNECTION + 20])
def test_a_server_that_takes_one_connection_is_served_by_one(a_world: WorldMaker, mails: int) -> None:
    with ScriptedSmtp(connections=1) as server:
        room = a_room(a_world, server, mails)
        while states(room.world)["sent"] < mails:
            room.works()
        assert attempts(room.world) == Counter({1: mails})
        assert (server.count("."), server.most_at_once) == (mails, 1)


def test_a_server_that_goes_away_in_the_middle_costs_nobody_an_attempt(a_world: WorldMaker) -> None:
    closing = "421 4.3.2 closing"
    with ScriptedSmtp() as server:
        room = a_room(a_world, server, 30)
        server.replies_later = {"MAIL": (7, closing)}
        while server.count(".") < 7:
            room.works()
        assert states(room.world)["sent"] in {7, 8}, "two were on their way"
        server.replies_later = {}
        while states(room.world)["sent"] < 30:
            room.works()
        assert attempts(room.world) == Counter({1: 30})
        assert server.count(".") == 30


def test_what_a_server_that_went_away_left_is_not_claimed_again_and_again(
    a_world: WorldMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed: list[int] = []
    took = Batch.took
    with ScriptedSmtp() as server:
        room = a_room(a_world, server, 40)
        server.replies_later = {"MAIL": (7, "421 4.3.2 closing")}

        def counted(batch: Batch, these: ClaimedDeliveries, asked: int = 0) -> None:
            claimed.append(len(these.letters))
            took(batch, these, asked)

        monkeypatch.setattr(Batch, "took", counted)
        room.delivering.once(room.world.store, room.world.settings)
        assert states(room.world)["sent"] in {7, 8}, "two were on their way"
        assert sum(claimed) <= 7 + 2 * IN_HAND
        assert states(room.world)["sending"] == 0


def test_a_worker_holds_no_more_than_it_can_tell_of_soon(
    a_world: WorldMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []
    with ScriptedSmtp() as server:
        room = a_room(a_world, server, 40)
        send = Post.send

        def counted(*arguments: object) -> object:
            held.append(states(room.world)["sending"])
            return send(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(Post, "send", counted)
        room.works()
    assert max(held) <= IN_HAND == 2 * RECORD_EVERY
    assert states(room.world) == Counter(sent=40)


def test_what_was_sent_while_recording_failed_is_recorded_later(
    a_world: WorldMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def database_away(*_: object) -> None:
        raise ConnectionError

    with ScriptedSmtp() as server:
        room = a_room(a_world, server, 30)
        first = iter([record_and_claim])
        monkeypatch.setattr(delivering, "record_and_claim", lambda *a: next(first, database_away)(*a))
        with pytest.raises(ConnectionError):
            room.works()
        taken = server.count(".")
        assert RECORD_EVERY <= taken <= IN_HAND
        assert states(room.world) == Counter(queued=30 - IN_HAND, sending=IN_HAND)
        monkeypatch.undo()
        room.works()
        assert states(room.world) == Counter(sent=30)
        assert (server.count("."), attempts(room.world)) == (30, Counter({1: 30}))


def test_a_letter_nobody_had_time_for_is_given_back(
    a_world: WorldMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedSmtp() as server:
        room = a_room(a_world, server, 3)
        monkeypatch.setattr(pile, "LONGEST_WAIT", -1.0)
        room.delivering.once(room.world.store, room.world.settings)
        assert (states(room.world), server.count("MAIL")) == (Counter(deferred=3), 0)
        assert attempts(room.world) == Counter({0: 3})
        monkeypatch.undo()
        room.works()
        assert states(room.world) == Counter(sent=3)


def test_what_lay_too_long_in_hand_is_given_back() -> None:
    with ScriptedSmtp() as server:
        made = clerks.Clerks(replace(some_settings("notifications", "sqlite://"), smtp_url=server.url), 1.0)
        with made.shift(lambda: True) as shift:
            shift.hand_out(sample_letter("task_assigned", "en"), until=time.monotonic() - 1)
            posted = shift.next()
        made.close()
        assert (posted.said, server.count("MAIL")) == (Said.NOT_TRIED, 0)


def test_who_waits_for_a_slow_server_is_not_taken_for_stuck_and_stops_when_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clerks, "LIVES_EVERY", 0.01)
    with ScriptedSmtp(connections=1, delay=0.03) as server:
        asked: list[bool] = []

        def alive() -> bool:
            """Until the first mail is on its way."""
            asked.append(server.count("MAIL") == 0)
            return asked[-1]

        made = clerks.Clerks(replace(some_settings("notifications", "sqlite://"), smtp_url=server.url), 1.0)
        with made.shift(alive) as shift:
            for _ in range(3):
                shift.hand_out(sample_letter("task_assigned", "en"), until=time.monotonic() + 20)
            said = Counter(shift.next().said for _ in range(3))
        made.close()
    assert len(asked) > 1
    assert said == Counter({Said.ACCEPTED: 1, Said.NOT_TRIED: 2})


def test_who_breaks_down_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_: Post) -> bool:
        raise RuntimeError("a defect")

    monkeypatch.setattr(Post, "ready", breaks)
    made = clerks.Clerks(some_settings("notifications", "sqlite://"), 1.0)
    with made.shift(lambda: True) as shift:
        for _ in range(2):
            shift.hand_out(sample_letter("task_assigned", "en"), until=time.monotonic() + 20)
        assert [shift.next().said for _ in range(2)] == [Said.NOT_TRIED] * 2


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (None, "554 5.7.0 one connection is enough", Said.NOT_TRIED),
        ("554 5.7.1 go away", "554 5.7.1 go away", Said.CHANNEL_REFUSED),
    ],
)
def test_a_refusal_at_the_door_is_about_us_where_it_is_said_to_all(
    monkeypatch: pytest.MonkeyPatch, first: str | None, second: str, said: Said
) -> None:
    """The first lost its connection, which the server gives to one at a time, and the second is turned away."""
    made = clerks.Clerks(some_settings("notifications", "sqlite://"), 1.0)
    ahead, behind = (desk.post for desk in made.desks)

    def turned_away(post: Post) -> bool:
        post.refusal = first if post is ahead else second
        if post is behind:
            for thread in threading.enumerate():
                if thread.name == "clerk" and thread is not threading.current_thread():
                    thread.join(20)
        return False

    monkeypatch.setattr(Post, "ready", turned_away)
    with made.shift(lambda: True) as shift:
        for _ in range(2):
            shift.hand_out(sample_letter("task_assigned", "en"), until=time.monotonic() + 20)
        assert [shift.next().said for _ in range(2)] == [said] * 2


def test_a_defect_of_ours_leaves_one_mail_in_doubt_and_holds_up_no_other(
    a_world: WorldMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = iter([RuntimeError("a defect")])
    send = Post.send

    def fails_once(*arguments: object) -> object:
        for error in broken:
            raise error
        return send(*arguments)  # type: ignore[arg-type]

    with ScriptedSmtp() as server:
        room = a_room(a_world, server, 8)
        monkeypatch.setattr(Post, "send", fails_once)
        room.works()
    assert states(room.world) == Counter(sent=7, deferred=1)


def test_each_clerk_writes_alone() -> None:
    """What a composer remembers of the last letter is nobody else's."""
    made = clerks.Clerks(some_settings("notifications", "sqlite://"), 1.0)
    assert len({id(desk.composer) for desk in made.desks}) == len(made.desks) == clerks.CONNECTIONS
    assert all(isinstance(desk.composer, Composer) for desk in made.desks)
