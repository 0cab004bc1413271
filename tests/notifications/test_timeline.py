"""Why a mail did or did not come: to the person, to administrators, as JSON and as a page."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from beraad.clock import real_now
from beraad.identifiers import new_id
from beraad.messaging.cursors import note_watermark
from beraad.messaging.envelope import Watermark
from beraad.perform import WORKER, transaction
from beraad.storage.tables import parked
from beraad_notifications.storage.tables import notices
from beraad_notifications.subscriptions.digesting import make_due_digests
from notifications.test_steps import TUESDAY_NOON, WEDNESDAY_SEVEN
from notifications.vocabulary import MailRoom, address_of, happens, seat
from servers.smtp import SmtpSink
from worlds.callers import Caller, ok, problem
from worlds.world import World, WorldMaker

ME = "/v1/me/preferences"


@pytest.fixture
def world(a_world: WorldMaker, each_engine: str, smtp_sink: SmtpSink) -> World:
    world = a_world("notifications", on=each_engine, smtp_url=smtp_sink.url)
    world.it_is(TUESDAY_NOON)
    return world


@pytest.fixture
def small(a_world: WorldMaker, smtp_sink: SmtpSink) -> World:
    """Where only one database is needed."""
    return a_world("notifications", smtp_url=smtp_sink.url)


def asked(caller: Caller, **query: Any) -> dict[str, Any]:
    told: dict[str, Any] = ok(caller.get("/v1/timeline", query_string=query))
    return told


def the_story(caller: Caller, **query: Any) -> dict[str, Any]:
    (story,) = asked(caller, **query)["items"]
    told: dict[str, Any] = story
    return told


def whats(story: dict[str, Any]) -> list[str]:
    return [line["what"] for line in story["steps"]]


def codes(caller: Caller, **query: Any) -> list[str]:
    told = asked(caller, **query)
    assert told["items"] == []
    return [reason["code"] for reason in told["absent"]]


# -- what happened


def test_the_whole_way_of_a_mail_is_told(world: World, smtp_sink: SmtpSink) -> None:
    ada, anna = world.administrator(), world.person("Anna")
    smtp_sink.answer(address_of(anna.id), "450 4.2.1 mailbox busy")
    event = happens(world, "task_assigned", owner_id=anna.id)
    room = MailRoom(world)
    room.works()
    story = the_story(ada, person=address_of(anna.id), event_id=event.id)
    assert story["next"]["text"].startswith("Tried again ")
    room.later(hours=1)
    smtp_sink.answer(address_of(anna.id), "550 5.1.1 unknown")
    room.works()

    told = asked(ada, person=address_of(anna.id), event_id=event.id)
    (story,) = told["items"]
    assert (told["event"]["kind"], told["person"]["name"]) == ("task_assigned", "Anna")
    assert told["event"]["audience"] == "the owner of the task"
    assert whats(story) == ["queued", "deferred", "failed"]
    assert [line["told"] for line in story["steps"]] == ["", "450 4.2.1 mailbox busy", "550 5.1.1 unknown"]
    assert "550 5.1.1 unknown" in story["next"]["text"]
    assert the_story(ada, delivery_id=story["id"])["id"] == story["id"]


def test_a_digest_is_told_with_what_it_told(world: World, smtp_sink: SmtpSink) -> None:
    anna = world.person()
    ok(anna.put(ME, {"task_assigned": "daily"}, if_match='"0"'))
    event = happens(world, "task_assigned", owner_id=anna.id)
    room = MailRoom(world)
    room.works()
    waiting = the_story(anna, event_id=event.id)
    assert (
        waiting["next"]["text"]
        == "Comes in the digest of Wednesday 6 September 2017 at 07:00 (Europe/Brussels)."
    )
    assert waiting["digest"] is None

    world.it_is(WEDNESDAY_SEVEN)
    assert make_due_digests(world.store, world.settings)
    assert the_story(anna, event_id=event.id)["digest"]["state"] == "queued"
    room.works()
    story = the_story(anna, event_id=event.id)
    assert whats(story) == ["queued", "collected", "accepted"]
    assert whats(story["digest"]) == ["queued", "accepted"]
    assert story["digest"]["steps"][-1]["told"].startswith("250")


def test_administrators_see_everybody_of_an_event_in_pages(world: World) -> None:
    ada, group = world.administrator(), world.group()
    people = [world.person(name) for name in ("Anna", "Bram", "Chloe")]
    seat(world, group, *people)
    event = happens(world, "minutes_circulated", group_id=group)
    MailRoom(world).spreads()

    answer = ada.get("/v1/timeline", query_string={"event_id": event.id, "limit": 2})
    rest = ada.get(answer.headers["Link"].partition(">")[0].strip("<"))
    found = ok(answer)["items"] + ok(rest)["items"]
    assert {one["person_name"] for one in found} == {"Anna", "Bram", "Chloe"}
    assert {one["next"]["what"] for one in found} == {"turn"}
    assert (
        len(asked(ada, event_type="meetings.minutes.circulated.v1", kind="minutes_circulated")["items"]) == 3
    )
    later = the_story(ada, event_id=event.id, person=found[2]["person_id"])
    assert "due before it" in later["next"]["text"]


def test_a_page_of_stories_takes_as_many_statements_as_one(small: World) -> None:
    ada, group = small.administrator(), small.group()
    seat(small, group, small.person())
    event = happens(small, "minutes_circulated", group_id=group)
    MailRoom(small).works()
    with small.counting_statements() as one:
        asked(ada, event_id=event.id)
    seat(small, group, *(small.person() for _ in range(20)))
    event = happens(small, "minutes_circulated", group_id=group)
    MailRoom(small).works()
    with small.counting_statements() as many:
        assert len(asked(ada, event_id=event.id)["items"]) == 21
    assert len(many) <= len(one)


# -- who may know


def test_people_see_their_own_and_nobody_elses(small: World) -> None:
    ada, anna, bram = small.administrator(), small.person("Anna"), small.person("Bram")
    event = happens(small, "task_assigned", owner_id=anna.id)
    MailRoom(small).works()
    story = the_story(anna)

    assert the_story(anna, event_id=event.id) == the_story(anna, person=address_of(anna.id)) == story
    for query in ({"person": anna.id}, {"person": address_of(anna.id)}, {"delivery_id": story["id"]}):
        problem(bram.get("/v1/timeline", query_string=query), 403, "NotAllowed")
    problem(bram.get("/v1/timeline", query_string={"person": "nobody@beraad.test"}), 403, "NotAllowed")
    problem(bram.get("/v1/timeline", query_string={"delivery_id": new_id()}), 403, "NotAllowed")
    assert asked(bram, event_id=event.id)["items"] == []
    problem(ada.get("/v1/timeline", query_string={"delivery_id": new_id()}), 404, "NotFound")
    problem(ada.get("/v1/timeline", query_string={"person": "nobody@beraad.test"}), 422, "InvalidRequest")


def test_all_that_is_asked_must_hold(small: World) -> None:
    ada, anna, bram = small.administrator(), small.person("Anna"), small.person("Bram")
    happens(small, "task_assigned", owner_id=anna.id)
    MailRoom(small).works()
    mine = {"delivery_id": the_story(anna)["id"]}
    assert asked(anna, **mine, kind="round_opened")["items"] == []
    assert asked(anna, **mine, event_type="meetings.meeting.moved.v1")["items"] == []
    assert the_story(ada, **mine, person=anna.id)["person_id"] == str(anna.id)
    problem(ada.get("/v1/timeline", query_string={**mine, "person": bram.id}), 404, "NotFound")


def test_what_the_mail_server_has_against_us_is_told_to_who_runs_it(
    small: World, smtp_sink: SmtpSink
) -> None:
    ada, anna = small.administrator(), small.person("Anna")
    words = "535 5.7.8 the password of beraad@mail.test is wrong"
    smtp_sink.answer_all(words)
    happens(small, "task_assigned", owner_id=anna.id)
    MailRoom(small).works()
    _, refused = the_story(ada, person=anna.id)["steps"]
    assert (refused["what"], refused["told"]) == ("channel_refused", words)
    mine = asked(anna)
    assert whats(mine["items"][0]) == ["queued", "channel_refused"]
    assert "password" not in str(mine)
    listed = {who: ok(who.get("/v1/deliveries"))["items"][0]["reason"] for who in (ada, anna)}
    assert listed == {ada: words, anna: "the mail server did not take it yet"}


# -- why there is none


def test_why_an_event_is_not_told(small: World) -> None:
    ada = small.administrator()
    assert codes(ada, event_type="deliberation.proposal.moved.v1") == ["EventIsNotTold"]
    assert codes(ada, event_type="membership.candidacy.settled.v1") == ["ToldInPart"]
    assert codes(ada, event_type="deliberation.round.opened.v1") == ["NoSuchEventYet"]
    assert codes(ada, event_type="no.such.event.v1") == ["UnknownEventType"]
    assert codes(ada, event_id=new_id()) == ["EventNotHere"]


def test_an_event_may_be_on_its_way_or_parked(small: World) -> None:
    ada, event_id = small.administrator(), new_id()
    with transaction(small.store, WORKER) as work:
        note_watermark(work.session, Watermark("deliberation", 1, 9))
    assert codes(ada, event_id=event_id) == ["EventNotHere", "PublisherBehind"]
    with transaction(small.store, WORKER) as work:
        for position, of in enumerate((new_id(), event_id)):
            work.session.execute(parked.insert().values(**_parked(of, position)))
    assert codes(ada, event_id=event_id) == ["EventParked"]


def _parked(event_id: UUID, position: int) -> dict[str, Any]:
    return {
        "stream": "deliberation",
        "epoch": 1,
        "position": position,
        "subject": "rounds/1",
        "type": "deliberation.round.opened.v1",
        "reason": "a test",
        "envelope": {"id": str(event_id)},
        "parked_at": TUESDAY_NOON,
        "acted": False,
    }


def test_why_somebody_is_not_told_of_an_event(world: World) -> None:
    ada, anna, bram, group = world.administrator(), world.person(), world.person(), world.group()
    event = happens(world, "minutes_circulated", group_id=group)
    assert codes(ada, event_id=event.id) == ["NotSpreadYet"]
    room = MailRoom(world)
    room.spreads()
    assert codes(ada, event_id=event.id) == ["NobodyInAudience"]
    assert codes(ada, event_id=event.id, person=anna.id) == ["NotInAudience"]
    assert codes(ada, event_id=event.id, kind="round_opened") == ["OtherKind"]
    held = world.seat(group, anna.id)
    assert codes(ada, event_id=event.id, person=anna.id) == ["JoinedLater"]
    gone = {"starts_on": "2017-01-01", "ends_on": "2017-02-01", "reason": "resigned"}
    world.hears("membership.seat.vacated.v1", group_id=group, seat_id=held, person_id=anna.id, **gone)
    assert codes(ada, event_id=event.id, person=anna.id) == ["NotInAudience", "SeatEnded"]
    assert codes(bram, event_id=event.id) == ["NotInAudience"]


def test_an_event_nobody_was_told_of_for_long_points_at_the_worker(small: World) -> None:
    ada = small.administrator()
    event = happens(small, "minutes_circulated", group_id=small.group())
    with transaction(small.store, WORKER) as work:
        work.session.execute(notices.update().values(noticed_at=real_now() - timedelta(minutes=3)))
    (reason,) = asked(ada, event_id=event.id)["absent"]
    assert reason["text"].endswith("the worker of notifications is away or behind.")


def test_why_somebody_gets_no_mail_of_a_kind(small: World) -> None:
    ada, anna = small.administrator(), small.person()
    assert codes(anna) == ["NothingYet"]
    assert codes(anna, kind="task_assigned") == ["NothingYet"]
    ok(anna.put(ME, {"task_assigned": "off"}, if_match='"0"'))
    happens(small, "task_assigned", owner_id=ada.id)
    assert codes(ada, kind="task_assigned", person=anna.id) == ["KindIsOff", "NotInAudience"]
    assert codes(ada, kind="test", person=anna.id) == ["NothingYet"]
    assert codes(ada, person=new_id()) == ["PersonUnknown", "NothingYet"]


def test_a_secret_that_was_forgotten_goes_to_nobody_else(small: World) -> None:
    ada, anna, bram = small.administrator(), small.person(), small.person()
    event = happens(small, "sign_in_link", person_id=anna.id, email=address_of(anna.id))
    MailRoom(small).works()
    assert codes(ada, event_id=event.id, person=bram.id) == ["NotInAudience"]


def test_of_who_is_erased_and_of_whom_no_address_is_known(small: World) -> None:
    ada, anna = small.administrator(), small.person()
    small.hears("membership.person.erased.v1", person_id=anna.id, revision=9, pseudonym="somebody")
    assert codes(ada, person=anna.id) == ["PersonErased", "NothingYet"]
    bram = new_id()
    small.hears(
        "membership.person.registered.v1",
        person_id=bram,
        name="Bram",
        language="en",
        time_zone="Europe/Brussels",
        profiles=[],
        administrator=False,
    )
    assert codes(ada, person=bram) == ["AddressUnknown", "NothingYet"]
    happens(small, "task_assigned", owner_id=bram)
    MailRoom(small).works()
    assert the_story(ada, person=bram)["next"]["what"] == "address"


# -- as a page


def test_the_page_tells_the_same_and_escapes_it(small: World, smtp_sink: SmtpSink) -> None:
    ada, anna = small.administrator(), small.person("<b>Anna</b>")
    smtp_sink.answer(address_of(anna.id), "550 5.1.1 <script>unknown")
    happens(small, "task_assigned", owner_id=anna.id)
    MailRoom(small).works()

    for path in (f"?person={anna.id}&event_id=&kind=", "?limit=1"):
        page = (ada if "person" in path else anna).get(f"/v1/timeline.html{path}")
        assert page.status_code == 200
        assert "Refused for good" in page.text
        assert "&lt;script&gt;unknown" in page.text
        assert "<script" not in page.text
        assert "<b>" not in page.text
    assert "Person: address or id" not in anna.get("/v1/timeline.html").text
    absent = ada.get("/v1/timeline.html?event_type=deliberation.proposal.moved.v1").text
    assert "the mail about the round or vote that brought it tells it" in absent


def test_the_page_leads_to_the_next_one(small: World) -> None:
    anna = small.person()
    for _ in range(2):
        happens(small, "task_assigned", owner_id=anna.id)
    MailRoom(small).works()
    page = anna.get("/v1/timeline.html?limit=1&kind=task_assigned")
    assert 'href="?limit=1&amp;kind=task_assigned&amp;cursor=' in page.text


@pytest.mark.parametrize(
    ("frontend", "says"),
    [
        ("", "Sign in, then"),
        ("https://beraad.test/app", '<a href="https://beraad.test/app">Sign in</a>, then'),
    ],
)
def test_screens_lead_to_where_one_signs_in(a_world: WorldMaker, frontend: str, says: str) -> None:
    world = a_world("notifications", frontend_url=frontend)
    assert says in world.nobody.get("/v1/screens/timeline").text


def test_screens_tell_nothing_themselves(small: World) -> None:
    for page in ("timeline", "overview", "templates"):
        assert f'data-page="{page}"' in small.nobody.get(f"/v1/screens/{page}").text
    problem(small.nobody.get("/v1/screens/secrets"), 404, "NotFound")
    script = small.nobody.get("/v1/screens/screen.js")
    assert script.mimetype == "text/javascript"
    assert "Bearer" in script.text
