from collections.abc import Callable
from itertools import product

import pytest

from beraad.domain import InvalidRequest, RuleBroken, Stale
from beraad_meetings.domain.agenda import AgendaTooLong
from beraad_meetings.domain.events import MeetingMoved, MeetingUpdated
from beraad_meetings.domain.meeting_states import (
    PERMITTED,
    REFUSALS,
    MeetingHasBegun,
    MeetingIsCancelled,
    MeetingIsOver,
    MeetingNotOpened,
    permitted,
)
from beraad_meetings.domain.meetings import Change, Meeting
from meetings.vocabulary import ANNA, BRAM, FIRST_TUESDAY, SUMMER, a_meeting, an_item, later


def in_state(state: str) -> Meeting:
    meeting = a_meeting()
    if state == "cancelled":
        meeting.cancel("storm", SUMMER)
    if state in {"open", "closed"}:
        meeting.open(FIRST_TUESDAY)
    if state == "closed":
        meeting.close("We met.", later(0.1), quorate=True)
    return meeting


def publish(meeting: Meeting) -> None:
    meeting.agenda.append(an_item(meeting))
    meeting.publish_agenda(SUMMER)


ACTS: dict[str, Callable[[Meeting], object]] = {
    "meeting.open": lambda meeting: meeting.open(FIRST_TUESDAY),
    "meeting.close": lambda meeting: meeting.close("We met.", FIRST_TUESDAY, quorate=True),
    "meeting.change": lambda meeting: meeting.change({"title": "x"}, meeting.revision, SUMMER),
    "meeting.move": lambda meeting: meeting.change({"starts_at": later(7)}, meeting.revision, SUMMER),
    "quorum.change": lambda meeting: meeting.change({"quorum": {}}, meeting.revision, SUMMER),
    "agenda.change": lambda meeting: meeting.add_item(an_item(meeting)),
    "agenda.publish": publish,
}


@pytest.mark.parametrize(("action", "state"), list(product(ACTS, REFUSALS)))
def test_each_state_permits_what_the_table_says_and_refuses_the_rest_by_name(action: str, state: str) -> None:
    meeting = in_state(state)
    if state in PERMITTED[action]:
        before = meeting.revision
        ACTS[action](meeting)
        assert meeting.revision == before + 1
    else:
        with pytest.raises(REFUSALS[state]):
            ACTS[action](meeting)
        assert permitted(action, state).code == REFUSALS[state].__name__


def test_a_meeting_moves_with_a_higher_sequence_and_a_new_reminder() -> None:
    meeting = a_meeting()
    meeting.remind((ANNA,), (), later(-0.9))

    change = meeting.change({"starts_at": later(7)}, meeting.revision, later(-0.5))

    (moved,) = change.events
    assert isinstance(moved, MeetingMoved)
    assert (change.tell, change.previous_starts_at) == ("moved", FIRST_TUESDAY)
    assert meeting.sequence == 1
    assert (meeting.remind_at, meeting.reminded_at) == (later(6), None)


def test_a_title_changes_with_the_same_sequence_and_invitees_are_told() -> None:
    meeting = a_meeting()
    change = meeting.change({"title": "Ethics and more"}, 1, SUMMER)
    assert isinstance(change.events[0], MeetingUpdated)
    assert (change.tell, meeting.sequence) == ("updated", 0)


def test_of_another_rule_of_the_quorum_no_mail_tells() -> None:
    assert a_meeting().change({"quorum": {}}, 1, SUMMER).tell is None


def test_what_is_the_same_already_is_no_change() -> None:
    assert a_meeting().change({"title": "Ethics"}, 1, SUMMER) == Change()


def test_a_meeting_does_not_move_into_the_past() -> None:
    with pytest.raises(InvalidRequest):
        a_meeting().change({"starts_at": SUMMER}, 1, later(-1))


def test_a_change_from_another_revision_is_stale() -> None:
    with pytest.raises(Stale):
        a_meeting().change({"title": "x"}, 7, SUMMER)


def test_a_cancelled_meeting_is_cancelled_once() -> None:
    meeting = a_meeting()
    assert len(meeting.cancel("storm", SUMMER)) == 1
    assert meeting.cancel("storm", SUMMER) == []
    assert (meeting.sequence, meeting.remind_at) == (1, None)


@pytest.mark.parametrize(("state", "rule"), [("open", MeetingHasBegun), ("closed", MeetingIsOver)])
def test_a_meeting_that_has_begun_is_not_cancelled(state: str, rule: type[RuleBroken]) -> None:
    with pytest.raises(rule):
        in_state(state).cancel("late", FIRST_TUESDAY)


def test_the_items_fit_into_the_meeting() -> None:
    meeting = a_meeting(duration_minutes=60)
    meeting.add_item(an_item(meeting, 60))
    with pytest.raises(AgendaTooLong):
        meeting.add_item(an_item(meeting, 1))
    with pytest.raises(AgendaTooLong):
        meeting.change({"duration_minutes": 59}, meeting.revision, SUMMER)


def test_an_item_moves_to_its_position() -> None:
    meeting = a_meeting()
    items = [an_item(meeting, 10, title=title) for title in "abc"]
    for item in items:
        meeting.add_item(item)

    changed = meeting.change_item(items[2].id, {"position": 1}, meeting.revision)

    assert [item["title"] for item in changed.items] == ["c", "a", "b"]
    assert [item.position for item in meeting.agenda] == [1, 2, 3]


def test_an_item_keeps_its_position_when_its_title_changes() -> None:
    meeting = a_meeting()
    items = [an_item(meeting, 10, title=title) for title in "ab"]
    for item in items:
        meeting.add_item(item)

    changed = meeting.change_item(items[0].id, {"title": "A"}, meeting.revision)

    assert [item["title"] for item in changed.items] == ["A", "b"]


def test_a_reminder_names_everybody_a_hundred_in_an_event_and_nobody_in_none() -> None:
    (named,) = a_meeting().remind((ANNA, BRAM), {BRAM}, later(-0.5))
    assert named.invitee_ids == (ANNA, BRAM)  # type: ignore[attr-defined]
    assert named.guest_ids == (BRAM,)  # type: ignore[attr-defined]
    first, second = a_meeting().remind(((BRAM,) * 100) + (ANNA,), {ANNA}, later(-0.5))
    assert (first.invitee_ids, first.guest_ids) == ((BRAM,) * 100, ())  # type: ignore[attr-defined]
    assert (second.invitee_ids, second.guest_ids) == ((ANNA,), (ANNA,))  # type: ignore[attr-defined]
    assert second.revision == first.revision + 1
    assert a_meeting().remind((), (), later(-0.5)) == []
    assert a_meeting().remind((ANNA,), (), later(0)) == []


def test_above_a_hundred_present_only_the_number_travels() -> None:
    recorded = in_state("open").record_attendance(ANNA, "present", (ANNA,) * 101)
    assert (recorded.present_ids, recorded.present_count) == ((), 101)


def test_rules_have_the_names_of_their_states() -> None:
    assert list(REFUSALS.values()) == [MeetingNotOpened, MeetingHasBegun, MeetingIsOver, MeetingIsCancelled]
