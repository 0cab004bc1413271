"""A group has ended: what it had still planned is cancelled, and those invited are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_meetings.domain.series_changes import covered_by
from beraad_meetings.use_cases.cancel_meeting import call_off_meeting
from beraad_meetings.use_cases.cancel_series import call_off_series
from beraad_meetings.use_cases.ports import Work

REASONS = {
    "nl": "Het mandaat van de groep is afgelopen.",
    "fr": "Le mandat du groupe a pris fin.",
    "en": "The mandate of the group has ended.",
    "de": "Das Mandat der Gruppe ist beendet.",
}


@dataclass(frozen=True)
class EndMeetings:
    """Of which group."""

    group_id: UUID


def end_meetings(command: EndMeetings, work: Work, now: datetime) -> None:
    """Before its seats are left: whoever sits in it hears of it. What has begun goes on. Nothing the second time."""
    work.roster.hold(command.group_id)
    reason = REASONS.get(work.settings.language, REASONS["en"])
    for series_id in work.series.with_meetings_to_come(command.group_id, now):
        meetings = work.meetings.hold_series(series_id)
        series = work.series.get(series_id)
        call_off_series(series, meetings, covered_by(series, meetings, None, now), reason, work, now)
    for meeting in work.meetings.to_come(command.group_id, now):
        call_off_meeting(meeting, reason, work, now)
