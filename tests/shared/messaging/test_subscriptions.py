from typing import Any
from uuid import uuid4

import pytest

from beraad.messaging.subscriptions import Apply, Poison, Projection, Received, Subscriptions, receive
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


ERASED = "membership.person.erased.v1"


def a_projection(*types: str, handler: Apply = nothing) -> Projection:
    projection = Projection()
    projection.on(*types)(handler)
    return projection


def test_handlers_are_registered_by_type() -> None:
    subscriptions = Subscriptions("membership", a_projection(ERASED))
    assert subscriptions.on(UPDATED)(nothing) is nothing
    assert set(subscriptions.handlers) == {UPDATED, ERASED}


def test_what_is_kept_is_kept_first_and_can_be_kept_again_without_acting() -> None:
    done: list[str] = []
    projection = a_projection(UPDATED, handler=lambda _event, _work: done.append("kept"))
    subscriptions = Subscriptions("membership", projection)
    subscriptions.on(UPDATED)(lambda _event, _work: done.append("acted"))
    event = receive(an_envelope(data=PERSON))
    subscriptions.handlers[UPDATED](event, None)
    subscriptions.keep(event, None)
    assert done == ["kept", "acted", "kept"]


def test_a_projection_keeps_what_there_is_and_each_type_once() -> None:
    with pytest.raises(ValueError, match="unheard_of"):
        a_projection("membership.person.unheard_of.v1")
    with pytest.raises(ValueError, match="not in the stream"):
        Subscriptions("deliberation", a_projection(UPDATED))
    with pytest.raises(ValueError, match="already"):
        Subscriptions("membership", a_projection(UPDATED), a_projection(UPDATED))


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
