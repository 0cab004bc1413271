"""What does not exist, what nobody may ask, and what only a defect of ours could ask."""

from uuid import UUID, uuid4

import pytest

from beraad.domain import NotFound, NotSignedIn
from beraad.identifiers import new_id
from beraad.perform import perform
from beraad_meetings.domain.invitations import Invitation, NotInvited
from beraad_meetings.domain.meeting_states import MeetingIsOver
from beraad_meetings.domain.minutes import ApprovedOnlyAtALaterMeeting, Minutes, MinutesAreApproved
from beraad_meetings.use_cases.answer_invitation import AnswerInvitation, answer_invitation
from beraad_meetings.use_cases.offer_calendar_feed import OfferCalendarFeed, offer_calendar_feed
from meetings.reading import events_of
from meetings.vocabulary import (
    ANNA,
    EVENING,
    FIRST_TUESDAY,
    GROUP,
    MONTHLY,
    Circle,
    a_circle,
    a_meeting,
    an_item,
    later,
)
from worlds.callers import ok, problem
from worlds.world import WorldMaker


@pytest.fixture
def circle(a_world: WorldMaker) -> Circle:
    return a_circle(a_world("meetings"))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/meetings/{}", None),
        ("GET", "/v1/series/{}", None),
        ("GET", "/v1/meetings/{}/invitations", None),
        ("GET", "/v1/meetings/{}/attendance", None),
        ("GET", "/v1/meetings/{}/minutes", None),
        ("POST", "/v1/meetings/{}/open", None),
        ("POST", "/v1/minutes/{}/approve", {"at_meeting_id": str(uuid4())}),
        ("DELETE", "/v1/agenda-items/{}", None),
        ("GET", "/v1/meetings/{}/registrations", None),
        ("PUT", "/v1/meetings/{}/registrations/me", None),
        ("POST", "/v1/polls/{}/close", None),
        ("POST", "/v1/polls/{}/book", {"despite_exclusion": "no other"}),
        ("DELETE", "/v1/calendar-feeds/{}", None),
    ],
)
def test_what_does_not_exist_is_not_found_not_even_by_an_administrator(
    circle: Circle, method: str, path: str, body: dict[str, str] | None
) -> None:
    options = {"json": body} if body else {}
    problem(circle.world.administrator().call(method, path.format(uuid4()), **options), 404, "NotFound")


@pytest.mark.parametrize("blank", ["   ", "\r\n ", "\u200b"])
def test_blanks_are_no_reason_no_report_and_no_minutes(circle: Circle, blank: str) -> None:
    meeting, series = circle.opened(), circle.series()
    path = f"/v1/meetings/{meeting['id']}"
    refused = [
        circle.secretary.post(f"{path}/close", {"report": blank}),
        circle.secretary.put(f"{path}/minutes", {"text": blank}),
        circle.facilitator.post(f"{path}/cancel", {"reason": blank}),
        circle.facilitator.post(f"/v1/series/{series['id']}/cancel", {"reason": blank}),
        circle.facilitator.patch(f"/v1/series/{series['id']}", {"reason": blank}, if_match=1),
    ]
    for answer in refused:
        told = problem(answer, 422, "InvalidRequest")["errors"]
        assert [error["detail"] for error in told] == ["may not be blank"]


def test_a_guest_who_is_not_known_yet_is_asked_for_again(circle: Circle) -> None:
    guest = {"person_id": str(uuid4()), "role": "guest"}
    path = f"/v1/meetings/{circle.meeting()['id']}/guests"
    answer = circle.facilitator.post(path, guest)
    problem(answer, 409, "NotYetKnown")
    assert answer.headers["Retry-After"] == "1"


def test_a_group_that_has_ended_starts_no_series(circle: Circle) -> None:
    circle.world.hears("membership.group.ended.v1", group_id=circle.group_id, ended_on="2017-08-01")
    body = {**MONTHLY, "group_id": str(circle.group_id)}
    problem(circle.facilitator.post("/v1/series", body), 409, "GroupHasEnded")


def test_a_meeting_online_has_its_link_in_mail_and_calendar(circle: Circle) -> None:
    link = "https://meet.example.org/ethics"
    meeting = circle.meeting(place="", online_link=link)
    invitation = circle.invited()[0]
    (event,) = events_of(invitation["calendar"])
    assert invitation["online_link"] == meeting["online_link"] == link
    assert (event["URL"], event["LOCATION"]) == (link, link)


def test_one_of_two_seats_of_a_person_ends_and_they_stay_invited(circle: Circle) -> None:
    nora = circle.world.person("Nora")
    assert nora.person_id is not None
    first, _second = (circle.world.seat(circle.group_id, nora.person_id) for _ in range(2))
    meeting = ok(circle.facilitator.post("/v1/meetings", {**EVENING, "group_id": str(circle.group_id)}), 201)
    circle.world.hears(
        "membership.seat.vacated.v1",
        group_id=circle.group_id,
        seat_id=first,
        person_id=nora.person_id,
        starts_on="2017-01-01",
        ends_on=None,
        reason="term_ended",
    )
    assert ok(nora.get(f"/v1/meetings/{meeting['id']}"))["my_invitation"] is not None


def test_a_worker_has_no_invitation_and_no_calendar(circle: Circle) -> None:
    meeting_id = UUID(circle.meeting()["id"])
    with pytest.raises(NotInvited):
        perform(circle.world.store, answer_invitation, AnswerInvitation(meeting_id, "accepted"))
    with pytest.raises(NotSignedIn):
        perform(circle.world.store, offer_calendar_feed, OfferCalendarFeed())


def test_an_invitation_names_what_it_invites_to() -> None:
    nothing = Invitation(id=new_id(), series_id=None, meeting_id=None, group_id=GROUP, person_id=ANNA)
    with pytest.raises(ValueError, match="meeting or a series"):
        _ = nothing.scope_id


def test_approved_minutes_do_not_go_round_again_and_are_not_of_another_group() -> None:
    met, next_one = a_meeting(), a_meeting(starts_at=later(30))
    minutes = Minutes(id=new_id(), meeting_id=met.id, group_id=GROUP, title="Ethics")
    minutes.write("text", ANNA, met, FIRST_TUESDAY)
    minutes.circulate(later(1))
    next_one.open(later(30))
    with pytest.raises(ApprovedOnlyAtALaterMeeting):
        minutes.approve(met, a_meeting(starts_at=later(30), group_id=ANNA), later(30))
    minutes.approve(met, next_one, later(30))
    with pytest.raises(MinutesAreApproved):
        minutes.circulate(later(31))


def test_minutes_are_approved_at_a_meeting_that_was_not_over_when_they_went_round() -> None:
    met, next_one = a_meeting(), a_meeting(starts_at=later(30))
    minutes = Minutes(id=new_id(), meeting_id=met.id, group_id=GROUP, title="Ethics")
    minutes.write("text", ANNA, met, FIRST_TUESDAY)
    next_one.open(later(30))
    next_one.close("We met.", later(31), quorate=True)

    minutes.circulate(later(31.01))
    with pytest.raises(MeetingIsOver):
        minutes.approve(met, next_one, later(32))

    minutes.circulated_at = later(31)
    minutes.approve(met, next_one, later(32))


def test_minutes_name_a_proposal_once_though_two_items_treat_it() -> None:
    met, proposal, other = a_meeting(), new_id(), new_id()
    for treated in (proposal, other, proposal, None):
        met.add_item(an_item(met, 5, proposal_id=treated))
    minutes = Minutes(id=new_id(), meeting_id=met.id, group_id=GROUP, title="Ethics")
    assert minutes.write("text", ANNA, met, FIRST_TUESDAY).proposal_ids == (proposal, other)


def test_an_item_that_is_not_on_the_agenda_is_not_changed() -> None:
    meeting = a_meeting()
    with pytest.raises(NotFound):
        meeting.remove_item(new_id())
