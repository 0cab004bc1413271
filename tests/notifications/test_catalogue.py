import pytest

from beraad.contracts import contract_of, read_tolerantly
from beraad_notifications.domain.catalogue import (
    CATALOGUE,
    DIGEST,
    KINDS,
    OPTIONAL_KINDS,
    Kind,
    Promise,
    kind_of,
)
from beraad_notifications.mail.samples import SAMPLES


@pytest.mark.parametrize("kind", CATALOGUE, ids=lambda kind: kind.name)
def test_every_kind_has_a_published_event_and_a_sample_of_it(kind: Kind) -> None:
    contract = contract_of(kind.event)
    fields = read_tolerantly(kind.event, SAMPLES[kind.name])
    assert contract.key in fields
    assert kind_of(kind.event, fields) == kind


def test_what_nobody_needs_to_hear_is_no_mail() -> None:
    assert kind_of("membership.group.created.v1", {}) is None


def test_one_thing_is_one_mail() -> None:
    invited = {"change": "invited", "occasion": "registered"}
    kind = kind_of("meetings.invitation.issued.v1", invited)
    assert kind is not None
    assert kind.name == "registration_confirmed"
    assert kind_of("meetings.registration.confirmed.v1", {}) is None
    assert kind_of("meetings.poll.closed.v1", {"outcome": "booked"}) is None, "the invitation tells"


def test_a_reminder_is_rather_not_sent_than_sent_twice() -> None:
    at_most_once = [kind.name for kind in CATALOGUE if kind.promise is Promise.AT_MOST_ONCE]
    reminders = ["meeting_reminder", "poll_reminder", "round_reminder", "vote_reminder"]
    assert at_most_once == [*reminders, "approval_overdue", "task_due"]


def test_only_the_sign_in_link_cannot_be_unsubscribed_from() -> None:
    assert [name for name, kind in KINDS.items() if kind.essential] == ["sign_in_link"]
    assert set(KINDS) - set(OPTIONAL_KINDS) == {"sign_in_link", DIGEST.name}, (
        "a digest is chosen kind by kind"
    )
