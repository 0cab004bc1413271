"""Which of a person's choices counts for a mail, and choices by group."""

from collections import Counter
from typing import Any

import pytest

from beraad.identifiers import new_id
from beraad.perform import transaction
from beraad_notifications.domain.catalogue import KINDS, OPTIONAL_KINDS
from beraad_notifications.domain.frequencies import (
    DAILY,
    IMMEDIATE,
    MUTED,
    OFF,
    UNSUBSCRIBED,
    WEEKLY,
    Chosen,
    how_often,
    why_off,
)
from beraad_notifications.queries.held import export_answers
from beraad_notifications.subscriptions.digesting import make_due_digests
from notifications.vocabulary import MailRoom, delivery, happens, seat, states
from servers.smtp import SmtpSink
from worlds.callers import ok, problem
from worlds.world import World, WorldMaker

ME = "/v1/me/preferences"
MUTABLE, OWN, ESSENTIAL = KINDS["minutes_circulated"], KINDS["meeting_cancelled"], KINDS["sign_in_link"]


@pytest.fixture
def world(a_world: WorldMaker, smtp_sink: SmtpSink) -> World:
    return a_world("notifications", smtp_url=smtp_sink.url)


@pytest.mark.parametrize(
    ("kind", "of_kind", "of_kind_in_group", "of_group", "expected"),
    [
        (MUTABLE, None, None, None, IMMEDIATE),
        (MUTABLE, DAILY, None, None, DAILY),
        (MUTABLE, DAILY, None, OFF, OFF),
        (MUTABLE, DAILY, None, WEEKLY, WEEKLY),
        (MUTABLE, DAILY, IMMEDIATE, OFF, IMMEDIATE),
        (MUTABLE, DAILY, OFF, IMMEDIATE, OFF),
        (MUTABLE, OFF, None, IMMEDIATE, OFF),
        (MUTABLE, OFF, IMMEDIATE, IMMEDIATE, OFF),
        (OWN, None, None, OFF, IMMEDIATE),
        (OWN, WEEKLY, None, OFF, WEEKLY),
        (OWN, None, None, DAILY, DAILY),
        (OWN, None, OFF, None, OFF),
        (OWN, OFF, None, None, OFF),
        (ESSENTIAL, OFF, OFF, OFF, IMMEDIATE),
    ],
)
def test_what_counts(
    kind: Any, of_kind: str | None, of_kind_in_group: str | None, of_group: str | None, expected: str
) -> None:
    chosen = Chosen(of_kind=of_kind, of_kind_in_group=of_kind_in_group, of_group=of_group)
    assert how_often(kind, chosen) == expected


def test_why_it_is_off() -> None:
    assert why_off(Chosen(of_kind=OFF, of_group=OFF)) == UNSUBSCRIBED
    assert why_off(Chosen(of_kind=DAILY, of_group=OFF)) == MUTED


def test_a_muted_group_does_not_keep_quiet_about_what_is_ones_own() -> None:
    muted = {kind for kind in OPTIONAL_KINDS if how_often(KINDS[kind], Chosen(of_group=OFF)) == OFF}
    assert {"meeting_invited", "meeting_reminder", "round_opened", "minutes_circulated"} <= muted
    assert not muted & {
        "meeting_cancelled",
        "meeting_moved",
        "meeting_uninvited",
        "registration_confirmed",
        "registration_lapsed",
        "seat_ending",
        "seat_filled",
        "group_ended",
        "task_assigned",
    }


def test_a_muted_group_is_not_heard_and_others_are(world: World, smtp_sink: SmtpSink) -> None:
    anna, loud, silent = world.person(), world.group("Loud"), world.group("Silent")
    for group in (loud, silent):
        seat(world, group, anna)
    room = MailRoom(world)
    room.works()
    smtp_sink.messages.clear()
    mine = ok(anna.put(ME, {"groups": {str(silent): {"all": "off"}}}, if_match='"0"'))
    assert mine["groups"] == {str(silent): {"all": "off"}}
    for group in (loud, silent):
        happens(world, "round_opened", group_id=group)
    happens(world, "meeting_cancelled", group_id=silent, person_id=anna.person_id)
    room.works()
    kinds = Counter(mail.message["X-Beraad-Kind"] for mail in smtp_sink.messages)
    assert kinds == Counter(round_opened=1, meeting_cancelled=1)
    assert states(world, "round_opened") == Counter(sent=1, suppressed=1)
    held = ok(anna.get("/v1/deliveries?state=suppressed"))["items"]
    assert [one["reason"] for one in held] == ["group_muted"]


def test_a_kind_in_a_group_is_chosen_by_itself(world: World, smtp_sink: SmtpSink) -> None:
    anna, group = world.person(), world.group()
    seat(world, group, anna)
    room = MailRoom(world)
    room.works()
    choice = {"all": "off", "round_opened": "immediate"}
    ok(anna.put(ME, {"groups": {str(group): choice}}, if_match='"0"'))
    for kind in ("round_opened", "minutes_circulated"):
        happens(world, kind, group_id=group)
    room.works()
    assert (delivery(world, anna.person_id, "round_opened").state) == "sent"
    assert (delivery(world, anna.person_id, "minutes_circulated").reason) == "group_muted"


def test_what_is_told_of_it_misleads_nobody_who_does_not_know_groups(world: World) -> None:
    anna, group = world.person(), world.group()
    ok(anna.put(ME, {"groups": {str(group): {"task_assigned": "off", "all": "weekly"}}}, if_match='"0"'))
    ok(anna.put(ME, {"groups": {str(group): {"all": None}}}, if_match='"2"'))
    told = world.published("notifications.preference.changed.v1")
    assert [(one["kind"], one["frequency"], one["group_frequency"]) for one in told] == [
        ("task_assigned", "immediate", "off"),
        ("all", "immediate", "weekly"),
        ("all", "immediate", None),
    ]
    assert [one["revision"] for one in told] == [1, 2, 3]
    assert {one["group_id"] for one in told} == {str(group)}
    assert ok(anna.get(ME))["groups"] == {str(group): {"task_assigned": "off"}}
    ok(anna.put(ME, {"groups": {str(group): {"task_assigned": None}}}, if_match='"3"'))
    assert ok(anna.get(ME))["groups"] == {}


@pytest.mark.parametrize(
    "of_group", [{"sign_in_link": "off"}, {"digest": "off"}, {"all": "hourly"}, {"round_opened": 1}]
)
def test_what_cannot_be_chosen_for_a_group_is_refused(world: World, of_group: dict[str, Any]) -> None:
    anna, group = world.person(), world.group()
    problem(anna.put(ME, {"groups": {str(group): of_group}}, if_match='"0"'), 422, "InvalidRequest")


def test_all_is_chosen_or_nothing(world: World) -> None:
    anna = world.person()
    body = {"task_assigned": "off", "groups": {str(new_id()): {"all": "off"}}}
    problem(anna.put(ME, body, if_match='"0"'), 422, "InvalidRequest")
    mine = ok(anna.get(ME))
    assert (mine["preferences"]["task_assigned"], mine["revision"]) == ("immediate", 0)


def test_a_group_muted_before_the_morning_is_not_in_the_digest(world: World, smtp_sink: SmtpSink) -> None:
    anna, group = world.person(), world.group()
    seat(world, group, anna)
    room = MailRoom(world)
    room.works()
    ok(anna.put(ME, {"minutes_circulated": "daily"}, if_match='"0"'))
    happens(world, "minutes_circulated", group_id=group)
    room.works()
    ok(anna.put(ME, {"groups": {str(group): {"all": "off"}}}, if_match='"1"'))
    world.days_pass(2)
    make_due_digests(world.store, world.settings)
    assert delivery(world, anna.person_id, "minutes_circulated").reason == "group_muted"


def test_choices_by_group_are_exported_and_forgotten(world: World) -> None:
    anna, group = world.person(), world.group()
    quiet = {"from": "22:00", "to": "07:00"}
    ok(anna.put(ME, {"groups": {str(group): {"all": "off"}}, "quiet_hours": quiet}, if_match='"0"'))
    assert anna.person_id is not None
    with transaction(world.store) as work:
        (part,) = export_answers(work.session, new_id(), anna.person_id)
    assert part.content["group_preferences"][0]["frequency"] == "off"
    assert part.content["recipients"][0]["quiet_hours"]["from"] == "22:00"
    world.hears("membership.person.erased.v1", person_id=anna.person_id, pseudonym="person-7", revision=2)
    with transaction(world.store) as work:
        (part,) = export_answers(work.session, new_id(), anna.person_id)
    assert not {"group_preferences", "preferences", "recipients"} & part.content.keys()
