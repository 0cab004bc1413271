"""Who is told, by the table of kinds; nobody else."""

from uuid import UUID

import pytest

from beraad.identifiers import new_id
from notifications.vocabulary import MailRoom, happens, seat, told
from servers.smtp import SmtpSink
from worlds.callers import Caller
from worlds.world import World, WorldMaker

TO_SEAT_HOLDERS = [
    "minutes_circulated",
    "poll_opened",
    "poll_closed",
    "proposal_opened",
    "round_opened",
    "round_closed",
    "vote_opened",
    "vote_closed",
    "approval_granted",
    "approval_returned",
    "approval_refused",
    "decision_in_force",
    "review_due",
]
TO_ONE = {
    "meeting_invited": "person_id",
    "meeting_moved": "person_id",
    "meeting_updated": "person_id",
    "meeting_uninvited": "person_id",
    "meeting_cancelled": "person_id",
    "registration_confirmed": "person_id",
    "registration_promoted": "person_id",
    "registration_waitlisted": "person_id",
    "registration_rescheduled": "person_id",
    "registration_lapsed": "person_id",
    "candidacy_submitted": "person_id",
    "draw_cancelled": "person_id",
    "task_assigned": "owner_id",
    "sign_in_link": "person_id",
}


@pytest.fixture
def world(a_world: WorldMaker, each_engine: str, smtp_sink: SmtpSink) -> World:
    return a_world("notifications", on=each_engine, smtp_url=smtp_sink.url)


def people(world: World, *names: str) -> list[Caller]:
    return [world.person(name) for name in names]


def ids(*callers: Caller) -> list[UUID]:
    return sorted(caller.person_id for caller in callers if caller.person_id)


def test_seat_holders_are_told(world: World) -> None:
    anna, bram, carl, _dora = people(world, "Anna", "Bram", "Carl", "Dora")
    group = world.group("Ethics")
    seat(world, group, anna, bram)
    gone = {"group_id": group, "seat_id": new_id(), "person_id": carl.person_id}
    term = {"starts_on": "2017-01-01", "ends_on": None}
    world.hears("membership.seat.filled.v1", **gone, **term)
    world.hears("membership.seat.vacated.v1", **gone, **term, reason="resigned")
    for kind in TO_SEAT_HOLDERS:
        happens(world, kind, group_id=group)
    MailRoom(world).works()
    for kind in TO_SEAT_HOLDERS:
        assert told(world, kind) == ids(anna, bram), kind


def test_one_person_is_told(world: World) -> None:
    anna, bram = people(world, "Anna", "Bram")
    group = world.group()
    seat(world, group, bram)
    for kind, field in TO_ONE.items():
        scope = {} if kind == "sign_in_link" else {"group_id": group}
        happens(world, kind, **{field: anna.person_id}, **scope)
    MailRoom(world).works()
    for kind in TO_ONE:
        assert told(world, kind) == ids(anna), kind


def test_coordinators_hear_of_a_vacant_seat_unless_the_whole_group_has_ended(world: World) -> None:
    anna, bram = people(world, "Anna", "Bram")
    groups = [world.group(name) for name in ("Housing", "Ethics")]
    for group in groups:
        seat(world, group, anna)
        world.hears(
            "membership.role.assigned.v1", group_id=group, person_id=bram.person_id, role="facilitator"
        )
    world.hears("membership.group.ended.v1", group_id=groups[1], ended_on="2017-09-01")
    for group in groups:
        happens(world, "seat_vacated", group_id=group, person_id=anna.person_id, reason="term_ended")
    MailRoom(world).works()
    assert told(world, "seat_vacated") == ids(bram)


def test_each_of_250_members_is_told_once_that_their_group_has_ended(world: World) -> None:
    group, members = world.group(), sorted(world.person().id for _ in range(250))
    for part in (members[:100], members[100:200], members[200:]):
        happens(world, "group_ended", group_id=group, member_ids=part)
    MailRoom(world).works()
    assert told(world, "group_ended") == members


def test_only_facilitators_hear_of_an_objection(world: World) -> None:
    anna, bram, carl = people(world, "Anna", "Bram", "Carl")
    group = world.group()
    for caller, role in ((anna, "facilitator"), (bram, "board_link"), (carl, "guest")):
        seat(world, group, caller)
        world.role(group, caller.person_id, role)  # type: ignore[arg-type]
    happens(world, "objection_raised", group_id=group)
    MailRoom(world).works()
    assert told(world, "objection_raised") == ids(anna)


def test_the_approving_body_is_asked(world: World) -> None:
    anna, bram = people(world, "Anna", "Bram")
    board, group = world.group("Board", kind="board"), world.group()
    seat(world, board, anna)
    seat(world, group, bram)
    happens(world, "approval_requested", group_id=group, body_id=board)
    MailRoom(world).works()
    assert told(world, "approval_requested") == ids(anna)


def test_a_reminder_goes_to_those_named_or_as_earlier_releases_told_to_the_whole_group(world: World) -> None:
    anna, bram = people(world, "Anna", "Bram")
    group = world.group()
    seat(world, group, anna, bram)
    happens(world, "meeting_reminder", group_id=group, invitee_ids=[anna.person_id], meeting_id=new_id())
    MailRoom(world).works()
    assert told(world, "meeting_reminder") == ids(anna)
    happens(world, "meeting_reminder", group_id=group, invitee_ids=[], meeting_id=new_id())
    MailRoom(world).works()
    assert told(world, "meeting_reminder") == sorted([*ids(anna, bram), *ids(anna)])


def test_who_has_not_answered_is_reminded_and_never_the_whole_group(world: World) -> None:
    anna, bram = people(world, "Anna", "Bram")
    group = world.group()
    seat(world, group, anna, bram)
    reminders = ("poll_reminder", "round_reminder", "vote_reminder")
    for kind in reminders:
        happens(world, kind, group_id=group, unanswered_ids=[anna.person_id])
        happens(world, kind, group_id=group, unanswered_ids=[])
    MailRoom(world).works()
    for kind in reminders:
        assert told(world, kind) == ids(anna), kind


def test_a_poll_tells_everybody_it_asks_once_coordinators_without_a_seat_too(world: World) -> None:
    anna, bram, carl, dora, emma = people(world, "Anna", "Bram", "Carl", "Dora", "Emma")
    group = world.group()
    seat(world, group, anna, bram)
    roles = ((bram, "facilitator"), (bram, "secretary"), (carl, "board_link"), (dora, "secretary"))
    for person, role in (*roles, (emma, "guest")):
        world.role(group, person.id, role)
    for kind in ("poll_opened", "poll_closed"):
        happens(world, kind, group_id=group)
    MailRoom(world).works()
    for kind in ("poll_opened", "poll_closed"):
        assert told(world, kind) == ids(anna, bram, carl, dora), kind


def test_coordinators_choose_when_the_time_of_a_poll_is_over(world: World) -> None:
    anna, bram = people(world, "Anna", "Bram")
    group = world.group()
    seat(world, group, anna, bram)
    world.role(group, bram.id, "facilitator")
    happens(world, "poll_expired", group_id=group)
    MailRoom(world).works()
    assert told(world, "poll_expired") == ids(bram)


def test_a_seat_or_a_proposal_in_an_assembly_is_no_mail(world: World) -> None:
    anna, bram = people(world, "Anna", "Bram")
    assembly, group = world.group("Assembly", kind="assembly"), world.group()
    seat(world, assembly, anna)
    seat(world, group, bram)
    for where in (assembly, group):
        happens(world, "proposal_opened", group_id=where)
    happens(world, "vote_opened", group_id=assembly)
    MailRoom(world).works()
    assert told(world, "seat_filled") == ids(bram)
    assert told(world, "proposal_opened") == ids(bram)
    assert told(world, "vote_opened") == ids(anna)


def test_five_thousand_are_told_by_one_statement(world: World, each_engine: str) -> None:
    from sqlalchemy import insert

    from beraad.perform import WORKER, transaction
    from beraad.storage.tables import known_seats

    group = world.group("Assembly", kind="assembly")
    with transaction(world.store, WORKER) as work:
        seats = [{"seat_id": new_id(), "group_id": group, "person_id": new_id()} for _ in range(5000)]
        work.session.execute(insert(known_seats), seats)
    happens(world, "vote_opened", group_id=group)
    room = MailRoom(world)
    with world.counting_statements() as sent:
        room.works()
    assert len([statement for statement in sent if "INSERT INTO deliveries" in statement]) == 1
    assert len(told(world, "vote_opened")) == 5000
    happens(world, "vote_closed", group_id=group)


def test_the_proposers_are_told_of_an_amendment_and_its_author_of_what_became_of_it(world: World) -> None:
    anna, bram = people(world, "Anna", "Bram")
    group = world.group()
    seat(world, group, anna, bram)
    happens(world, "amendment_proposed", group_id=group, asked_ids=[anna.person_id], author_id=bram.person_id)
    happens(world, "amendment_accepted", group_id=group, author_id=bram.person_id)
    MailRoom(world).works()
    assert told(world, "amendment_proposed") == ids(anna)
    assert told(world, "amendment_accepted") == ids(bram)


def test_an_amendment_to_ones_own_proposal_is_told_to_nobody(world: World) -> None:
    group = world.group()
    seat(world, group, *people(world, "Anna"))
    happens(world, "amendment_proposed", group_id=group, asked_ids=[])
    MailRoom(world).works()
    assert told(world, "amendment_proposed") == []


def test_who_is_given_a_role_is_told(world: World) -> None:
    anna, bram = people(world, "Anna", "Bram")
    group = world.group()
    seat(world, group, anna, bram)
    happens(world, "role_assigned", group_id=group, person_id=anna.person_id)
    MailRoom(world).works()
    assert told(world, "role_assigned") == ids(anna)
