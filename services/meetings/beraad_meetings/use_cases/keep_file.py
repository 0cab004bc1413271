"""Put a file with an agenda item or with the minutes; take it away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from beraad.identifiers import new_id
from beraad_meetings.domain.files import MOST_FILES, File, TooManyFiles, harmless_name
from beraad_meetings.domain.minutes import APPROVED, MinutesAreApproved
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True, kw_only=True)
class KeepFile:
    """The content was received, measured and recognized before. `of`: the agenda item, or the meeting of the minutes."""

    of: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    chunks: Iterable[bytes]
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True)
class RemoveFile:
    """Which file."""

    file_id: UUID


@dataclass(frozen=True)
class FileStanding:
    """What decides who may read or remove a file."""

    on_agenda: bool
    invited: bool = False


def keep_item_file(command: KeepFile, work: Work, now: datetime) -> File:
    """Raises `TooManyFiles`, `InvalidRequest`, `MeetingIsOver`, `MeetingIsCancelled`, `NotFound`."""
    meeting = work.meetings.with_item(command.of)
    work.authorize("agenda.change", meeting.group_id)
    meeting.refuse("agenda.change")
    return _keep(command, meeting.id, command.of, work, now)


def keep_minutes_file(command: KeepFile, work: Work, now: datetime) -> File:
    """Also before anything is written. Raises `TooManyFiles`, `InvalidRequest`, `MinutesAreApproved`, `MeetingNotOpened`."""
    meeting = work.meetings.get(command.of)
    work.authorize("minutes.write", meeting.group_id)
    meeting.refuse("minutes.write")
    _refuse_approved(meeting.id, work)
    return _keep(command, meeting.id, None, work, now)


def remove_file(command: RemoveFile, work: Work, _now: datetime) -> None:
    """What is with approved minutes, or on the agenda of a meeting that is over, stays.

    Raises `MinutesAreApproved`, `MeetingIsOver`, `NotFound`.
    """
    file = work.files.get(command.file_id)
    meeting = work.meetings.get(file.meeting_id)
    on_agenda = file.agenda_item_id is not None
    work.authorize("file.remove", meeting.group_id, FileStanding(on_agenda))
    meeting.refuse("agenda.change" if on_agenda else "minutes.write")
    if not on_agenda:
        _refuse_approved(meeting.id, work)
    work.files.remove(file.id)


def _keep(command: KeepFile, meeting_id: UUID, item_id: UUID | None, work: Work, now: datetime) -> File:
    """The meeting is locked, so that many at once do not keep one too many."""
    if work.files.count(meeting_id, item_id) >= MOST_FILES:
        raise TooManyFiles
    file = File(
        id=command.id,
        meeting_id=meeting_id,
        agenda_item_id=item_id,
        name=harmless_name(command.name, command.media_type),
        media_type=command.media_type,
        size=command.size,
        sha256=command.sha256,
        added_by=work.actor.person_id,
        added_at=now,
    )
    work.files.add(file, command.chunks)
    return file


def _refuse_approved(meeting_id: UUID, work: Work) -> None:
    minutes = work.minutes.of_meeting(meeting_id)
    if minutes is not None and minutes.state == APPROVED:
        raise MinutesAreApproved
