from typing import Any
from uuid import uuid4

import pytest

from beraad.messaging.subscriptions import Poison, Received, Subscriptions, receive
from shared.messaging.test_envelope import an_envelope

UPDATED = "membership.person.updated.v1"
PERSON = {
    "person_id": str(uuid4()),
    "revision": 1,
    "name": "Anna",
    "language": "nl",
    "time_zone": "Europe/Brussels",
    "profiles": [],
    "administrator": False,
}


def nothing(event: Received, work: Any) -> None:
    pass


def test_handlers_are_registered_by_type() -> None:
    subscriptions = Subscriptions("membership")
    assert subscriptions.on(UPDATED)(nothing) is nothing
    subscriptions.include([("membership.person.erased.v1", nothing)])
    assert set(subscriptions.handlers) == {UPDATED, "membership.person.erased.v1"}


@pytest.mark.parametrize(
    ("stream", "type_"),
    [
        ("membership", "deliberation.proposal.adopted.v1"),
        ("membership", "membership.person.unheard_of.v1"),
        ("membership", "membership.contact.changed.v1"),
        ("membership.private", UPDATED),
    ],
)
def test_what_the_stream_does_not_carry_cannot_be_subscribed_to(stream: str, type_: str) -> None:
    with pytest.raises(ValueError, match=type_):
        Subscriptions(stream).add(type_, nothing)


def test_a_private_stream_has_its_own_handlers() -> None:
    Subscriptions("membership.private").add("membership.contact.changed.v1", nothing)


def test_a_type_has_one_handler() -> None:
    subscriptions = Subscriptions("membership")
    subscriptions.add(UPDATED, nothing)
    with pytest.raises(ValueError, match="already"):
        subscriptions.add(UPDATED, nothing)


def test_a_handler_sees_typed_fields_and_nothing_it_does_not_know() -> None:
    received = receive(an_envelope(data={**PERSON, "shoe_size": 41}))
    assert (received.type, received["name"], received["revision"]) == (UPDATED, "Anna", 1)
    assert str(received["person_id"]) == PERSON["person_id"]
    assert "shoe_size" not in received.fields


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "membership.person.updated.v2"}, "UnknownEvent"),
        ({"type": "membership.person.unheard_of.v1"}, "UnknownEvent"),
        ({"data": {"name": "Anna"}}, "ContractBroken"),
    ],
)
def test_an_unknown_type_major_version_or_shape_is_poison(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(Poison, match=reason):
        receive(an_envelope(**{"data": PERSON, **changes}))
