from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from meetings.vocabulary import ANYWAY, EVENING, SUMMER, Circle, a_circle
from worlds.callers import ok, problem
from worlds.world import World, WorldMaker


@pytest.fixture
def world(a_world: WorldMaker) -> World:
    return a_world("meetings")


@pytest.fixture
def circle(world: World) -> Circle:
    return a_circle(world)


def path_of(meeting: dict[str, Any], more: str = "") -> str:
    return f"/v1/meetings/{meeting['id']}{more}"


# -- scheduling ----------------------------------------------------------------------------------------------


def test_a_meeting_invites_every_seat_holder_once(circle: Circle) -> None:
    answer = circle.facilitator.post("/v1/meetings", {**EVENING, "group_id": str(circle.group_id)})

    meeting = ok(answer, 201)
    assert answer.headers["Location"] == path_of(meeting)
    assert answer.headers["ETag"] == '"1"'
    assert meeting["ends_at"] == "2017-10-10T17:00:00+00:00"
    assert meeting["time_zone"] == "Europe/Brussels"
    assert meeting["invitations"]["invited"] == meeting["invitations"]["unanswered"] == 3
    assert meeting["my_invitation"]["role"] == "member"
    assert [event["meeting_id"] for event in circle.invited()] == [meeting["id"]] * 3


def test_a_meeting_may_start_by_the_wall_clock(circle: Circle) -> None:
    body = {"group_id": str(circle.group_id), "title": "Night", "duration_minutes": 30}
    local = {"starts_on": "2018-03-25", "start_time": "02:30"}

    meeting = ok(circle.facilitator.post("/v1/meetings", {**body, **local}), 201)

    assert meeting["starts_at"] == "2018-03-25T01:30:00+00:00"
    assert meeting["local_time_warning"] == "nonexistent_local_time"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"starts_on": "2017-10-10", "start_time": "18:00"}, "/starts_at"),
        ({"starts_on": "2017-10-10"}, "/starts_on"),
        ({"starts_on": "2017-10-10", "start_time": "6:00"}, "/start_time"),
        ({"starts_on": "2017-10-10", "start_time": "18:00\n"}, "/start_time"),
        ({"starts_at": "2017-10-10T16:00:00"}, "/starts_at"),
        ({"starts_at": "0001-01-01T00:00:00+23:59"}, "/starts_at"),
        ({"duration_minutes": 0}, "/duration_minutes"),
        ({"kind": "party"}, "/kind"),
        ({"surprise": 1}, "/surprise"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused(circle: Circle, changes: dict[str, Any], pointer: str) -> None:
    body = {**EVENING, "group_id": str(circle.group_id), **changes}
    refusal = problem(circle.facilitator.post("/v1/meetings", body), 422, "InvalidRequest")
    assert [error["pointer"] for error in refusal["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("start", "pointer"),
    [
        ({"starts_at": "2017-08-01T11:59:00+00:00"}, "/starts_at"),
        ({"starts_on": "2016-03-25", "start_time": "18:00"}, "/starts_on"),
    ],
)
def test_nobody_is_invited_to_a_meeting_in_the_past(
    circle: Circle, start: dict[str, str], pointer: str
) -> None:
    body = {"group_id": str(circle.group_id), "title": "Night", "duration_minutes": 30, **start}
    refusal = problem(circle.facilitator.post("/v1/meetings", body), 422, "InvalidRequest")
    assert [error["pointer"] for error in refusal["errors"]] == [pointer]
    assert circle.invited() == []


def test_an_assembly_of_three_hundred_is_invited_in_a_few_statements(world: World) -> None:
    circle = a_circle(world)
    for _ in range(297):
        world.seat(circle.group_id, world.person().person_id)  # type: ignore[arg-type]

    with world.counting_statements() as sent:
        meeting = circle.meeting(kind="assembly", title="General Assembly")

    assert meeting["invitations"]["invited"] == 300
    assert len(circle.invited()) == 300
    assert len(sent) < 40


def test_an_assembly_is_called_by_facilitator_secretary_or_administrator(circle: Circle) -> None:
    link = circle.world.person("Lea")
    circle.world.role(circle.group_id, link.person_id, "board_link")  # type: ignore[arg-type]
    assembly = {**EVENING, **ANYWAY, "group_id": str(circle.group_id), "kind": "assembly"}
    ok(link.post("/v1/meetings", {**assembly, "kind": "visit"}), 201)
    refusal = problem(link.post("/v1/meetings", assembly), 403, "NotAllowed")
    assert refusal["rule"] == "FacilitatorOrSecretaryOnly"
    ok(circle.world.administrator().post("/v1/meetings", assembly), 201)


def test_a_group_that_is_not_known_yet_or_has_ended_schedules_nothing(circle: Circle) -> None:
    body = {**EVENING, "group_id": str(uuid4())}
    problem(circle.world.administrator().post("/v1/meetings", body), 409, "NotYetKnown")
    circle.world.hears("membership.group.ended.v1", group_id=circle.group_id, ended_on="2017-08-01")
    refused = circle.facilitator.post("/v1/meetings", {**EVENING, "group_id": str(circle.group_id)})
    problem(refused, 409, "GroupHasEnded")


def test_a_meeting_sent_twice_with_its_id_is_created_once(circle: Circle) -> None:
    body = {**EVENING, "group_id": str(circle.group_id), "id": str(uuid4())}
    ok(circle.facilitator.post("/v1/meetings", body), 201)
    problem(circle.facilitator.post("/v1/meetings", body), 409, "ConflictingWrite")
    assert len(circle.invited()) == 3


def test_one_who_is_seated_later_is_invited_to_meetings_to_come(circle: Circle) -> None:
    meeting = circle.meeting()
    newcomer = circle.world.person("Nora")

    circle.world.seat(circle.group_id, newcomer.person_id)  # type: ignore[arg-type]

    assert ok(newcomer.get(path_of(meeting)))["my_invitation"]["answer"] is None
    assert circle.invited()[-1]["person_id"] == str(newcomer.person_id)
    assert len(circle.invited()) == 4


# -- seeing --------------------------------------------------------------------------------------------------


def test_meetings_are_listed_by_group_time_and_page(circle: Circle) -> None:
    circle.series()
    visit = circle.meeting()
    body = "/v1/meetings?from=2017-10-01T00:00:00Z&to=2017-11-01T00:00:00Z&limit=1"

    first = circle.member.get(f"{body}&group_id={circle.group_id}")
    second = circle.member.get(first.headers["Link"].split(">")[0][1:])

    assert [one["starts_at"] for one in ok(first)["items"]] == ["2017-10-03T16:00:00+00:00"]
    assert [one["id"] for one in ok(second)["items"]] == [visit["id"]]
    assert "Link" not in second.headers
    assert len(ok(circle.member.get("/v1/meetings"))["items"]) == 6
    problem(circle.member.get("/v1/meetings?from=yesterday"), 422, "InvalidRequest")
    problem(circle.member.get("/v1/meetings?cursor=x"), 422, "InvalidRequest")


def test_the_number_of_statements_does_not_grow_with_the_list(circle: Circle) -> None:
    circle.meeting()
    with circle.world.counting_statements() as few:
        circle.member.get("/v1/meetings")
    for _ in range(20):
        circle.meeting()
    with circle.world.counting_statements() as many:
        circle.member.get("/v1/meetings")
    assert len(many) == len(few)


def test_a_guest_sees_their_one_meeting_and_a_stranger_none(circle: Circle) -> None:
    series = circle.series()
    october = series["meetings"][1]
    before = len(circle.invited())

    guest = {"person_id": str(circle.expert.person_id), "role": "expert"}
    invited = ok(circle.facilitator.post(path_of(october, "/guests"), guest), 201)

    assert invited["invitations"]["invited"] == 4
    (told,) = circle.invited()[before:]
    assert (told["role"], told["meeting_id"], told["person_id"]) == (
        "expert",
        october["id"],
        guest["person_id"],
    )
    assert "RECURRENCE-ID" in told["calendar"]
    assert ok(circle.expert.get(path_of(october)))["my_invitation"]["role"] == "expert"
    assert [one["id"] for one in ok(circle.expert.get("/v1/meetings"))["items"]] == [october["id"]]
    problem(circle.expert.get(path_of(series["meetings"][2])), 404, "NotFound")
    problem(circle.expert.get(path_of(october, "/invitations")), 404, "NotFound")
    problem(circle.expert.get(path_of(october, "/minutes")), 404, "NotFound")
    for path in (path_of(october), path_of(october, "/attendance"), path_of({"id": uuid4()})):
        problem(circle.stranger.get(path), 404, "NotFound")
    assert ok(circle.stranger.get("/v1/meetings"))["items"] == []
    problem(circle.facilitator.post(path_of(october, "/guests"), guest), 409, "AlreadyInvited")
    seated = {"person_id": str(circle.member.person_id), "role": "guest"}
    problem(circle.facilitator.post(path_of(october, "/guests"), seated), 409, "AlreadyInvited")


def test_the_approving_body_reads_and_may_not_change(circle: Circle) -> None:
    board = circle.world.group("Board", kind="board")
    director = circle.world.person("Dana")
    circle.world.seat(board, director.person_id)  # type: ignore[arg-type]
    group_id = circle.world.group("IT", approving_body_id=board)
    body = {**EVENING, "group_id": str(group_id)}
    meeting = ok(circle.world.administrator().post("/v1/meetings", body), 201)

    seen = ok(director.get(path_of(meeting)))

    assert seen["my_invitation"] is None
    assert seen["allowed_actions"]["meeting.change"]["code"] == "CoordinatorsOnly"
    problem(director.post(path_of(meeting, "/open")), 403, "NotAllowed")


def test_a_meeting_has_not_changed_for_one_who_has_it(circle: Circle) -> None:
    meeting = circle.meeting()
    etag = circle.member.get(path_of(meeting)).headers["ETag"]
    assert circle.member.get(path_of(meeting), if_none_match=etag).status_code == 304


# -- changing ------------------------------------------------------------------------------------------------


def test_another_place_moves_the_meeting_in_the_mail_with_the_same_sequence(circle: Circle) -> None:
    meeting = circle.meeting()
    circle.change(meeting, place="The windmill")
    (moved,) = circle.world.published("meetings.meeting.moved.v1")
    assert moved["place"] == "The windmill"
    assert moved["previous_starts_at"] == moved["starts_at"]
    assert [event["change"] for event in circle.invited()[3:]] == ["updated"] * 3
    assert "SEQUENCE:0" in circle.invited()[3]["calendar"]


def test_another_title_is_told_by_mail_with_the_same_sequence_and_a_later_stamp(circle: Circle) -> None:
    meeting = circle.meeting()
    circle.world.it_is(SUMMER + timedelta(days=1))
    changed = circle.change(meeting, title="A bakery")
    assert changed["revision"] == meeting["revision"] + 1
    told = circle.invited()[3:]
    assert [(one["change"], one["title"]) for one in told] == [("updated", "A bakery")] * 3
    assert "SEQUENCE:0" in told[0]["calendar"]
    assert "SUMMARY:A bakery" in told[0]["calendar"]
    assert "DTSTAMP:20170802T120000Z" in told[0]["calendar"]
    (updated,) = circle.world.published("meetings.meeting.updated.v1")
    assert updated["title"] == "A bakery"


def test_a_change_that_changes_nothing_says_nothing(circle: Circle) -> None:
    meeting = circle.meeting()
    before = len(circle.world.published())
    assert circle.change(meeting, title=meeting["title"], starts_at=meeting["starts_at"]) == meeting
    assert len(circle.world.published()) == before


def test_a_change_names_the_revision_that_was_read(circle: Circle) -> None:
    meeting = circle.meeting()
    change = {"title": "Other"}
    problem(circle.facilitator.patch(path_of(meeting), change), 428, "PreconditionRequired")
    problem(circle.facilitator.patch(path_of(meeting), change, if_match=9), 412, "Stale")
    problem(circle.member.patch(path_of(meeting), change, if_match=1), 403, "NotAllowed")
    problem(circle.stranger.patch(path_of(meeting), change, if_match=1), 404, "NotFound")


def test_a_cancelled_meeting_stays_cancelled(circle: Circle) -> None:
    meeting = circle.meeting()
    ok(circle.facilitator.post(path_of(meeting, "/cancel"), {"reason": "storm"}))
    problem(circle.facilitator.post(path_of(meeting, "/open")), 409, "MeetingIsCancelled")
    problem(circle.facilitator.patch(path_of(meeting), {"title": "x"}, if_match=2), 409, "MeetingIsCancelled")
    seen = ok(circle.facilitator.get(path_of(meeting)))
    assert seen["cancelled_reason"] == "storm"
    assert seen["allowed_actions"]["meeting.open"]["code"] == "MeetingIsCancelled"


# -- agenda --------------------------------------------------------------------------------------------------

PROPOSAL = {
    "kind": "recommendation",
    "title": "A charter",
    "stage": "draft",
    "version": 1,
    "proposer_ids": [],
    "driver": "we need one",
}


def test_an_agenda_follows_the_proposals_it_treats(circle: Circle) -> None:
    meeting = circle.meeting()
    proposal_id = uuid4()
    circle.world.hears(
        "deliberation.proposal.opened.v1", proposal_id=proposal_id, group_id=circle.group_id, **PROPOSAL
    )
    item = {"title": "Decide", "kind": "decision", "minutes": 40, "proposal_id": str(proposal_id)}

    added = ok(circle.facilitator.post(path_of(meeting, "/agenda-items"), item), 201)

    assert (added["agenda"][0]["proposal_title"], added["agenda"][0]["proposal_stage"]) == (
        "A charter",
        "draft",
    )
    moved = {**PROPOSAL, "stage": "consent_round", "title": "A better charter"}
    del moved["driver"]
    circle.world.hears(
        "deliberation.proposal.moved.v1", proposal_id=proposal_id, group_id=circle.group_id, **moved
    )
    (shown,) = ok(circle.member.get(path_of(meeting)))["agenda"]
    assert (shown["proposal_title"], shown["proposal_stage"]) == ("A better charter", "consent_round")


def test_items_are_ordered_changed_removed_and_published(circle: Circle) -> None:
    meeting = circle.meeting()
    problem(circle.facilitator.post(path_of(meeting, "/agenda/publish")), 409, "AgendaIsEmpty")
    for title in ("one", "two", "three"):
        body = {
            "title": title,
            "kind": "information",
            "minutes": 20,
            "owner_id": str(circle.member.person_id),
        }
        meeting = ok(circle.facilitator.post(path_of(meeting, "/agenda-items"), body), 201)
    third = meeting["agenda"][2]
    path = f"/v1/agenda-items/{third['id']}"

    changes = {"position": 1, "minutes": 10}
    meeting = ok(circle.facilitator.patch(path, changes, if_match=meeting["revision"]))

    assert [item["title"] for item in meeting["agenda"]] == ["three", "one", "two"]
    assert meeting["agenda"][0]["owner_name"] == "Mo"
    problem(circle.facilitator.patch(path, {"minutes": 11}, if_match=1), 412, "Stale")
    problem(circle.member.delete(path), 403, "NotAllowed")
    meeting = ok(circle.facilitator.delete(path))
    assert [item["position"] for item in meeting["agenda"]] == [1, 2]
    problem(circle.facilitator.delete(path), 404, "NotFound")
    published = ok(circle.facilitator.post(path_of(meeting, "/agenda/publish")))
    assert published["agenda_published_at"] is not None
    (event,) = circle.world.published("meetings.agenda.published.v1")
    assert [item["title"] for item in event["items"]] == ["one", "two"]


def test_an_agenda_fits_into_its_meeting(circle: Circle) -> None:
    meeting = circle.meeting(duration_minutes=60)
    item = {"title": "Long", "kind": "exploration", "minutes": 45}
    ok(circle.facilitator.post(path_of(meeting, "/agenda-items"), item), 201)
    refusal = problem(circle.facilitator.post(path_of(meeting, "/agenda-items"), item), 409, "AgendaTooLong")
    assert (refusal["minutes"], refusal["most"]) == (90, 60)
    shorter = circle.facilitator.patch(path_of(meeting), {"duration_minutes": 30}, if_match=2)
    problem(shorter, 409, "AgendaTooLong")


def test_a_proposal_of_another_group_is_treated_by_its_approving_body_alone(circle: Circle) -> None:
    body_id = circle.world.group("Board", kind="board")
    group_id = circle.world.group("IT", approving_body_id=body_id)
    proposal_id = uuid4()
    circle.world.hears(
        "deliberation.proposal.opened.v1", proposal_id=proposal_id, group_id=group_id, **PROPOSAL
    )
    item = {"title": "Approve", "kind": "decision", "minutes": 10, "proposal_id": str(proposal_id)}
    problem(
        circle.facilitator.post(path_of(circle.meeting(), "/agenda-items"), item),
        409,
        "ProposalOfAnotherGroup",
    )
    ada = circle.world.administrator()
    boards = ok(ada.post("/v1/meetings", {**EVENING, "group_id": str(body_id)}), 201)
    ok(ada.post(path_of(boards, "/agenda-items"), item), 201)
    unknown = {**item, "proposal_id": str(uuid4())}
    problem(ada.post(path_of(boards, "/agenda-items"), unknown), 409, "NotYetKnown")
    nobody = {**item, "owner_id": str(uuid4())}
    problem(ada.post(path_of(boards, "/agenda-items"), nobody), 422, "InvalidRequest")


# -- answering -----------------------------------------------------------------------------------------------


def test_an_answer_is_given_per_meeting_and_may_be_replaced(circle: Circle) -> None:
    first, second, *_ = circle.series()["meetings"]
    mine = path_of(first, "/invitations/me")
    ok(circle.member.put(mine, {"answer": "declined", "comment": "ill"}))

    answered = ok(circle.member.put(mine, {"answer": "tentative"}))

    assert answered["my_invitation"]["answer"] == "tentative"
    assert answered["invitations"] == {
        "invited": 3,
        "accepted": 0,
        "declined": 0,
        "tentative": 1,
        "unanswered": 2,
    }
    assert ok(circle.member.get(path_of(second)))["my_invitation"]["answer"] is None
    listed = ok(circle.secretary.get(path_of(first, "/invitations")))["items"]
    assert {one["name"]: one["answer"] for one in listed} == {"Fatima": None, "Sam": None, "Mo": "tentative"}
    events = circle.world.published("meetings.invitation.answered.v1")
    assert [(event["answer"], event["revision"]) for event in events] == [("declined", 2), ("tentative", 3)]
    assert events[0]["meeting_id"] == first["id"]


def test_only_those_who_are_invited_answer(circle: Circle) -> None:
    meeting = circle.meeting()
    mine = path_of(meeting, "/invitations/me")
    ada = circle.world.administrator()
    assert problem(ada.put(mine, {"answer": "accepted"}), 403, "NotAllowed")["rule"] == "NotInvited"
    problem(circle.stranger.put(mine, {"answer": "accepted"}), 404, "NotFound")
    problem(circle.member.put(mine, {"answer": "perhaps"}), 422, "InvalidRequest")
    ok(circle.facilitator.post(path_of(meeting, "/open")))
    problem(circle.member.put(mine, {"answer": "accepted"}), 409, "MeetingHasBegun")


# -- holding -------------------------------------------------------------------------------------------------


def test_experts_are_recorded_and_never_count(circle: Circle) -> None:
    meeting = circle.meeting()
    guest = {"person_id": str(circle.expert.person_id), "role": "expert"}
    ok(circle.facilitator.post(path_of(meeting, "/guests"), guest), 201)
    opened = ok(circle.secretary.post(path_of(meeting, "/open")))
    assert opened["state"] == "open"
    observer = circle.world.person("Olga")
    circle.world.role(circle.group_id, observer.person_id, "observer")  # type: ignore[arg-type]

    for person in (circle.member, circle.expert, observer, circle.facilitator):
        path = path_of(meeting, f"/attendance/{person.person_id}")
        counts = ok(circle.secretary.put(path, {"state": "present"}))

    assert (counts["seats"], counts["present"]) == (3, 2)
    listed = ok(circle.member.get(path_of(meeting, "/attendance")))
    assert {one["name"]: one["counts"] for one in listed["items"]} == {
        "Mo": True,
        "Eva": False,
        "Olga": False,
        "Fatima": True,
    }
    last = circle.world.published("meetings.attendance.recorded.v1")[-1]
    assert set(last["present_ids"]) == {str(circle.member.person_id), str(circle.facilitator.person_id)}
    assert last["present_count"] == 2


def test_corrections_append_and_the_last_line_stands(circle: Circle) -> None:
    meeting = circle.meeting()
    path = path_of(meeting, f"/attendance/{circle.member.person_id}")
    ok(circle.secretary.put(path, {"state": "excused"}))
    problem(circle.secretary.put(path, {"state": "present"}), 409, "MeetingNotOpened")
    ok(circle.secretary.post(path_of(meeting, "/open")))
    ok(circle.secretary.put(path, {"state": "present"}))
    ok(circle.secretary.put(path, {"state": "left"}))
    ok(circle.secretary.post(path_of(meeting, "/close"), {"report": "We met."}))

    counts = ok(circle.secretary.put(path, {"state": "absent"}))

    assert (counts["absent"], counts["present"], counts["left"]) == (1, 0, 0)


def test_attendance_is_recorded_by_those_who_lead_of_those_who_take_part(circle: Circle) -> None:
    meeting = circle.meeting()
    ok(circle.secretary.post(path_of(meeting, "/open")))
    stranger = path_of(meeting, f"/attendance/{circle.stranger.person_id}")
    problem(circle.secretary.put(stranger, {"state": "present"}), 409, "NotPartOfMeeting")
    mine = path_of(meeting, f"/attendance/{circle.member.person_id}")
    refusal = problem(circle.member.put(mine, {"state": "present"}), 403, "NotAllowed")
    assert refusal["rule"] == "FacilitatorOrSecretaryOnly"


def test_a_meeting_opens_and_closes_once(circle: Circle) -> None:
    meeting = circle.meeting()
    problem(circle.facilitator.post(path_of(meeting, "/close"), {}), 409, "MeetingNotOpened")
    ok(circle.facilitator.post(path_of(meeting, "/open")))
    problem(circle.facilitator.post(path_of(meeting, "/open")), 409, "MeetingHasBegun")
    problem(circle.facilitator.post(path_of(meeting, "/cancel"), {"reason": "x"}), 409, "MeetingHasBegun")
    problem(
        circle.facilitator.patch(path_of(meeting), {"duration_minutes": 90}, if_match=2),
        409,
        "MeetingHasBegun",
    )
    report = {"report": "We saw the bakery."}
    problem(circle.facilitator.post(path_of(meeting, "/close"), report), 409, "AttendanceNotTaken")
    circle.attends(meeting, circle.member)
    problem(circle.facilitator.post(path_of(meeting, "/close"), {}), 409, "MeetingNeedsReport")
    closed = ok(circle.facilitator.post(path_of(meeting, "/close"), report))
    assert (closed["state"], closed["report"]) == ("closed", "We saw the bakery.")
    problem(circle.facilitator.post(path_of(meeting, "/close"), report), 409, "MeetingIsOver")
    assert len(circle.world.published("meetings.meeting.opened.v1", "meetings.meeting.closed.v1")) == 2


# -- minutes -------------------------------------------------------------------------------------------------


def test_minutes_go_from_draft_round_the_group_to_approval_at_the_next_meeting(circle: Circle) -> None:
    first, second, *_ = circle.series()["meetings"]
    text = path_of(first, "/minutes")
    problem(circle.secretary.put(text, {"text": "## Ethics"}), 409, "MeetingNotOpened")
    ok(circle.secretary.post(path_of(first, "/open")))
    draft = ok(circle.secretary.put(text, {"text": "## Ethics"}))
    assert (draft["state"], draft["version"]) == ("draft", 1)
    problem(circle.secretary.put(text, {"text": "other"}), 412, "Stale")
    better = ok(circle.secretary.put(text, {"text": "## Ethics\n\nWe met."}, if_match=draft["revision"]))
    assert (better["version"], better["text"], better["written_by_name"]) == (
        2,
        "## Ethics\n\nWe met.",
        "Sam",
    )
    approve = f"/v1/minutes/{better['id']}/approve"
    problem(circle.secretary.post(approve, {"at_meeting_id": second["id"]}), 409, "MinutesNotCirculated")
    sent = ok(circle.secretary.post(path_of(first, "/minutes/circulate")))
    assert sent["id"] == better["id"]
    problem(circle.secretary.post(path_of(first, "/minutes/circulate")), 409, "MinutesAlreadyCirculated")
    problem(
        circle.secretary.post(approve, {"at_meeting_id": first["id"]}), 409, "ApprovedOnlyAtALaterMeeting"
    )
    problem(circle.secretary.post(approve, {"at_meeting_id": second["id"]}), 409, "MeetingNotOpened")
    assert ok(circle.member.get("/v1/me/pending"))["items"][-1]["kind"] == "minutes.to_read"
    ok(circle.secretary.post(path_of(second, "/open")))

    approved = ok(circle.secretary.post(approve, {"at_meeting_id": second["id"]}))

    assert (approved["state"], approved["approved_at_meeting_id"]) == ("approved", second["id"])
    problem(circle.secretary.post(approve, {"at_meeting_id": second["id"]}), 409, "MinutesAreApproved")
    changed = circle.secretary.put(text, {"text": "no"}, if_match=approved["revision"])
    problem(changed, 409, "MinutesAreApproved")
    (event,) = circle.world.published("meetings.minutes.approved.v1")
    assert (event["approved_at_meeting_id"], event["minutes_version"]) == (second["id"], 2)


def test_minutes_are_written_by_those_who_lead_and_read_by_the_group(circle: Circle) -> None:
    meeting = circle.meeting()
    ok(circle.secretary.post(path_of(meeting, "/open")))
    problem(circle.member.put(path_of(meeting, "/minutes"), {"text": "x"}), 403, "NotAllowed")
    problem(circle.member.get(path_of(meeting, "/minutes")), 404, "NotFound")
    problem(circle.secretary.post(path_of(meeting, "/minutes/circulate")), 404, "NotFound")
    ok(circle.facilitator.put(path_of(meeting, "/minutes"), {"text": "x"}))
    ok(circle.member.get(path_of(meeting, "/minutes")))
    problem(circle.stranger.get(path_of(meeting, "/minutes")), 404, "NotFound")


# -- due work and what awaits ---------------------------------------------------------------------------------


def test_a_day_before_those_who_have_not_declined_are_reminded_once(circle: Circle) -> None:
    september = circle.series()["meetings"][0]
    ok(circle.member.put(path_of(september, "/invitations/me"), {"answer": "declined"}))
    guest = {"person_id": str(circle.expert.id), "role": "expert"}
    ok(circle.facilitator.post(path_of(september, "/guests"), guest), 201)
    assert circle.world.falls_due() == 0
    circle.world.it_is(datetime(2017, 9, 4, 16, 1, tzinfo=UTC))

    assert circle.world.falls_due() == 1
    assert circle.world.falls_due() == 0

    (reminder,) = circle.world.published("meetings.meeting.reminder_due.v1")
    assert set(reminder["invitee_ids"]) == {
        str(circle.facilitator.person_id),
        str(circle.secretary.person_id),
        str(circle.expert.person_id),
    }
    assert reminder["guest_ids"] == [str(circle.expert.person_id)]
    assert ok(circle.member.get(path_of(september)))["reminded_at"] is not None


def test_where_all_have_declined_nobody_is_reminded(circle: Circle) -> None:
    september = circle.series()["meetings"][0]
    for person in (circle.member, circle.facilitator, circle.secretary):
        ok(person.put(path_of(september, "/invitations/me"), {"answer": "declined"}))
    circle.world.it_is(datetime(2017, 9, 4, 16, 1, tzinfo=UTC))
    assert circle.world.falls_due() == 1
    assert circle.world.published("meetings.meeting.reminder_due.v1") == []


def test_who_declined_is_not_reminded_among_more_than_a_hundred(circle: Circle) -> None:
    for _ in range(110):
        circle.world.seat(circle.group_id, circle.world.person().id)
    september = circle.series()["meetings"][0]
    ok(circle.member.put(path_of(september, "/invitations/me"), {"answer": "declined"}))
    circle.world.it_is(datetime(2017, 9, 4, 16, 1, tzinfo=UTC))
    circle.world.falls_due()
    reminders = circle.world.published("meetings.meeting.reminder_due.v1")
    named = [person for one in reminders for person in one["invitee_ids"]]
    assert [len(one["invitee_ids"]) for one in reminders] == [100, 12]
    assert len(set(named)) == 112
    assert str(circle.member.id) not in named


def test_a_meeting_that_has_begun_is_not_reminded_of(circle: Circle) -> None:
    circle.series()
    circle.world.it_is(datetime(2017, 9, 5, 17, tzinfo=UTC))
    assert circle.world.falls_due() == 1
    assert circle.world.published("meetings.meeting.reminder_due.v1") == []


def test_a_meeting_called_within_a_day_needs_no_reminder(circle: Circle) -> None:
    circle.meeting(starts_at="2017-08-02T08:00:00+00:00")
    circle.world.it_is(datetime(2017, 8, 2, 7, tzinfo=UTC))
    assert circle.world.falls_due() == 0


def test_a_moved_meeting_is_reminded_of_at_its_new_time(circle: Circle) -> None:
    meeting = circle.meeting()
    circle.world.it_is(datetime(2017, 10, 9, 17, tzinfo=UTC))
    circle.world.falls_due()
    circle.change(meeting, starts_at="2017-10-20T16:00:00+00:00")
    circle.world.it_is(datetime(2017, 10, 19, 17, tzinfo=UTC))
    circle.world.falls_due()
    assert len(circle.world.published("meetings.meeting.reminder_due.v1")) == 2


def test_what_awaits_me_is_near_meetings_then_unanswered_invitations(circle: Circle) -> None:
    meeting = circle.meeting()
    circle.world.it_is(datetime(2017, 10, 9, tzinfo=UTC))
    kinds = [item["kind"] for item in ok(circle.member.get("/v1/me/pending"))["items"]]
    assert kinds == ["meeting.soon", "invitation.unanswered"]
    ok(circle.member.put(path_of(meeting, "/invitations/me"), {"answer": "declined"}))
    assert ok(circle.member.get("/v1/me/pending"))["items"] == []


def test_one_whose_seat_ended_is_no_longer_invited(circle: Circle) -> None:
    meeting = circle.meeting()
    seat_id = circle.world.seat(circle.group_id, circle.expert.person_id)  # type: ignore[arg-type]
    assert ok(circle.expert.get(path_of(meeting)))["my_invitation"] is not None

    vacate(circle, seat_id, circle.expert.person_id)
    problem(circle.expert.get(path_of(meeting)), 404, "NotFound")
    circle.change(meeting, starts_at="2017-10-11T16:00:00+00:00")
    assert len(circle.invited("moved")) == 3

    circle.world.seat(circle.group_id, circle.expert.person_id)  # type: ignore[arg-type]
    assert circle.invited()[-1]["person_id"] == str(circle.expert.person_id)
    assert circle.invited()[-1]["revision"] == 3


def vacate(circle: Circle, seat_id: UUID, person_id: UUID | None) -> None:
    circle.world.hears(
        "membership.seat.vacated.v1",
        group_id=circle.group_id,
        seat_id=seat_id,
        person_id=person_id,
        starts_on="2017-01-01",
        ends_on=None,
        reason="resigned",
    )
