"""The web side of meetings."""

from __future__ import annotations

from beraad.service import Service
from beraad_meetings.api import (
    agenda,
    attendance,
    calendars,
    files,
    invitations,
    meetings,
    minutes,
    pending,
    polls,
    registrations,
    running,
    series,
)
from beraad_meetings.domain.authorization import POLICIES
from beraad_meetings.storage.database import DATABASE

service = Service(
    name="meetings",
    summary="Series and meetings, invitations, agenda, attendance, minutes and calendars.",
    database=DATABASE,
    blueprints=(
        series.blueprint,
        meetings.blueprint,
        agenda.blueprint,
        invitations.blueprint,
        polls.blueprint,
        registrations.blueprint,
        attendance.blueprint,
        running.blueprint,
        minutes.blueprint,
        files.blueprint,
        calendars.blueprint,
        pending.blueprint,
    ),
    policies=POLICIES,
)
