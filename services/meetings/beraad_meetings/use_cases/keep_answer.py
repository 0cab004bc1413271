"""Keep what one person answered to one or more meetings: in a fixed number of statements, the meetings being locked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from beraad_meetings.domain.invitations import Answer, Invitation
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.use_cases.ports import Work
from beraad_meetings.use_cases.withdraw_registration import leave_list

DECLINED = "declined"


def keep_where_it_counts(
    said: Answer, meetings: Sequence[Meeting], person_id: UUID, work: Work, now: datetime
) -> None:
    """Of the meetings, those the person is invited to and did not answer in a way that stands; none that moved since `said`."""
    meetings = [one for one in meetings if said.stands(one.moved_at)]
    before = work.invitations.answers_of(person_id, [one.id for one in meetings])
    stands = {
        one.id for one in meetings if one.id in before and not before[one.id].yields_to(said, one.moved_at)
    }
    invited = work.invitations.to_each([one for one in meetings if one.id not in stands], person_id)
    keep_answer(said, meetings, invited, work, now)


def keep_answer(
    said: Answer, meetings: Sequence[Meeting], invited: Mapping[UUID, Invitation], work: Work, now: datetime
) -> None:
    """Keep and publish it for each meeting in `invited`.

    Whoever declines keeps no place in a meeting that is open to all: it goes to who waits.
    """
    for meeting_id, invitation in work.invitations.answer(said, invited).items():
        work.publish(invitation.answered(meeting_id, said.answer))
    if said.answer != DECLINED or not invited:
        return
    by_id = {one.id: one for one in meetings if one.id in invited}
    person_id = next(iter(invited.values())).person_id
    for place in work.registrations.by_person(person_id):
        if place.meeting_id in by_id:
            leave_list(place, by_id[place.meeting_id], work, now)
