"""The form of the page of choices: from what a person chose to fields and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from uuid import UUID

from werkzeug.datastructures import MultiDict

from beraad.domain import InvalidRequest
from beraad_notifications.domain.catalogue import OPTIONAL_KINDS
from beraad_notifications.domain.frequencies import EVERY_KIND
from beraad_notifications.domain.mornings import Rhythm
from beraad_notifications.domain.quiet_hours import WEEK, QuietHours
from beraad_notifications.domain.recipients import Choices, Recipient

KIND, GROUP = "kind.", "group."
DAYS = "quiet_day"


@dataclass(frozen=True)
class Form:
    """What stands in the fields: `kind.task_assigned`, `group.<id>.all`, `quiet_from` …; and which days are ticked."""

    revision: int
    fields: Mapping[str, str]
    days: frozenset[int]

    def get(self, name: str) -> str:
        """Empty where nothing stands."""
        return self.fields.get(name, "")


def form_of(recipient: Recipient) -> Form:
    """As the page shows what was chosen."""
    quiet = recipient.quiet_hours
    fields = {f"{KIND}{kind}": often for kind, often in recipient.chosen.items()}
    for group_id, of_group in recipient.groups.items():
        fields.update({f"{GROUP}{group_id}.{kind}": often for kind, often in of_group.items()})
    fields |= {"digest_hour": str(recipient.rhythm.hour), "digest_weekday": str(recipient.rhythm.weekday)}
    if quiet is not None:
        fields |= {"quiet_from": f"{quiet.begins:%H:%M}", "quiet_to": f"{quiet.ends:%H:%M}"}
    if quiet is None or quiet.urgent_comes:
        fields["quiet_urgent"] = "yes"
    return Form(recipient.revision, fields, quiet.days if quiet else WEEK)


def form_sent(sent: MultiDict[str, str]) -> Form:
    """As it came; what is no number is none."""
    revision = sent.get("revision", "")
    days = frozenset(int(day) for day in sent.getlist(DAYS) if day in "1234567" and day)
    number = int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 10 else -1  # noqa: PLR2004
    return Form(number, {name: sent[name] for name in sent if name != DAYS}, days)


def choices_in(form: Form) -> Choices:
    """What the form asks for. Raises `InvalidRequest`."""
    quiet = _quiet_hours(form)
    return Choices(
        kinds={kind: form.get(KIND + kind) for kind in OPTIONAL_KINDS if form.get(KIND + kind)},
        groups=_groups(form),
        quiet_hours=quiet,
        no_quiet_hours=quiet is None and "quiet_from" in form.fields,
        rhythm=_rhythm(form),
    )


def _groups(form: Form) -> dict[UUID, dict[str, str | None]]:
    groups: dict[UUID, dict[str, str | None]] = {}
    for name, often in form.fields.items():
        if name.startswith(GROUP):
            group_id, _, kind = name.removeprefix(GROUP).partition(".")
            groups.setdefault(_uuid(group_id), {})[kind or EVERY_KIND] = often or None
    return groups


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidRequest("this is no group") from error


def _quiet_hours(form: Form) -> QuietHours | None:
    begins, ends = form.get("quiet_from"), form.get("quiet_to")
    if not begins and not ends:
        return None
    return QuietHours(
        begins=_clock(begins), ends=_clock(ends), days=form.days, urgent_comes=bool(form.get("quiet_urgent"))
    )


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError as error:
        raise InvalidRequest("this is no time of day") from error


def _rhythm(form: Form) -> Rhythm | None:
    hour, weekday = form.get("digest_hour"), form.get("digest_weekday")
    if not hour or not weekday:
        return None
    try:
        return Rhythm(hour=int(hour), weekday=int(weekday))
    except ValueError as error:
        raise InvalidRequest("this is no hour or day") from error
