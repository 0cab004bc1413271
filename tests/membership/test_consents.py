"""Consents: given and withdrawn by oneself, kept on record."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from beraad.identifiers import new_id
from beraad_membership.domain.consents import Consent, PurposeIsNoWord
from membership.vocabulary import ANNA, NOON
from worlds.callers import Caller, ok, problem
from worlds.races import at_once
from worlds.world import World, WorldMaker


@pytest.fixture
def world(a_world: WorldMaker) -> World:
    return a_world("membership")


def path(person: Caller, purpose: str = "") -> str:
    return f"/v1/people/{person.id}/consents" + (f"/{purpose}" if purpose else "")


def give(person: Caller, purpose: str = "newsletter", version: str = "2017-05") -> dict[str, Any]:
    consent: dict[str, Any] = ok(person.put(path(person, purpose), {"text_version": version}))
    return consent


def listed(caller: Caller, person: Caller) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = ok(caller.get(path(person)))["items"]
    return items


def a_consent(purpose: str) -> Consent:
    return Consent(id=new_id(), person_id=ANNA, purpose=purpose, text_version="1", given_at=NOON)


def test_a_consent_is_withdrawn_once_and_keeps_when() -> None:
    consent = a_consent("newsletter")
    stood = consent.stands
    consent.withdraw(NOON)
    consent.withdraw(NOON + timedelta(days=1))
    assert (stood, consent.stands) == (True, False)
    assert consent.withdrawn_at == NOON


@pytest.mark.parametrize("purpose", ["", "News", "1st", "a letter", "x" * 51, "é"])
def test_a_purpose_is_a_word(purpose: str) -> None:
    with pytest.raises(PurposeIsNoWord):
        a_consent(purpose)


def test_a_person_consents_to_one_version_of_a_text_and_the_time_is_kept(world: World) -> None:
    anna = world.person()
    world.it_is(datetime(2017, 5, 1, 12, tzinfo=UTC))
    consent = give(anna)
    assert (consent["purpose"], consent["text_version"], consent["withdrawn_at"]) == (
        "newsletter",
        "2017-05",
        None,
    )
    assert consent["given_at"].startswith("2017-05-01T12:00")
    assert listed(anna, anna) == listed(world.administrator(), anna) == [consent]


def test_the_same_consent_again_is_the_one_that_stands_and_another_version_stands_beside_it(
    world: World,
) -> None:
    anna = world.person()
    first = give(anna)
    assert give(anna) == first
    second = give(anna, version="2017-06")
    assert listed(anna, anna) == [first, second]


def test_withdrawing_ends_every_version_once_and_the_history_stays(world: World) -> None:
    anna = world.person()
    other = give(anna, "photographs")
    give(anna)
    give(anna, version="2017-06")
    ok(anna.delete(path(anna, "newsletter")), 204)
    withdrawn = listed(anna, anna)
    world.days_pass(1)
    ok(anna.delete(path(anna, "newsletter")), 204)
    assert listed(anna, anna) == withdrawn
    assert [bool(one["withdrawn_at"]) for one in withdrawn] == [False, True, True]
    assert withdrawn[0] == other
    again = give(anna)
    assert again["id"] not in {one["id"] for one in withdrawn}


def test_nobody_consents_or_withdraws_in_anothers_name(world: World) -> None:
    anna, ada = world.person(), world.administrator()
    give(anna)
    for caller in (ada, world.person("Bram")):
        refused = problem(caller.put(path(anna, "newsletter"), {"text_version": "1"}), 403, "NotAllowed")
        assert refused["rule"] == "InOnesOwnNameOnly"
        problem(caller.delete(path(anna, "newsletter")), 403, "NotAllowed")
    problem(world.person("Bram").get(path(anna)), 403, "NotAllowed")


def test_what_there_is_not_is_not_withdrawn_and_what_makes_no_sense_not_given(world: World) -> None:
    anna = world.person()
    problem(anna.delete(path(anna, "newsletter")), 404, "NeverConsented")
    problem(anna.put(path(anna, "Newsletter"), {"text_version": "1"}), 422, "PurposeIsNoWord")
    problem(anna.put(path(anna, "newsletter"), {}), 422, "InvalidRequest")
    problem(world.administrator().get(f"/v1/people/{uuid4()}/consents"), 404, "NotFound")
    nobody = world.as_person(uuid4())
    problem(nobody.put(path(nobody, "newsletter"), {"text_version": "1"}), 404, "NotFound")


def test_one_consent_given_many_times_at_once_is_one(a_world: WorldMaker, each_engine: str) -> None:
    world = a_world("membership", on=each_engine, pool_size=8)
    anna = world.person()
    at_once([partial(give, anna)] * 6)
    assert len(listed(anna, anna)) == 1
