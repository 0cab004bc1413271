"""Profiles with their time, as administrators set them and as the day makes them count."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from beraad.perform import perform
from beraad_membership.use_cases.renew_profiles import TOGETHER, RenewProfiles, renew_profiles
from worlds.callers import Caller, ok, problem
from worlds.races import at_once
from worlds.world import World, WorldMaker

JUNE = datetime(2017, 5, 31, 22, 30, tzinfo=UTC)  # the first of June in Brussels
UPDATED = "membership.person.updated.v1"
TERMS = [
    {"profile": "user", "starts_on": None, "ends_on": "2017-06-01"},
    {"profile": "client", "starts_on": "2017-06-01", "ends_on": "2018-01-01"},
]


@pytest.fixture
def world(a_world: WorldMaker) -> World:
    world = a_world("membership")
    world.it_is(datetime(2017, 5, 1, tzinfo=UTC))
    return world


def anna_with(ada: Caller, **more: Any) -> dict[str, Any]:
    body = {"name": "Anna", "email": "anna@smart.test", **more}
    person: dict[str, Any] = ok(ada.post("/v1/people", body), 201)
    return person


def change(caller: Caller, person: dict[str, Any], **changes: Any) -> Any:
    return caller.patch(f"/v1/people/{person['id']}", changes, if_match=person["revision"])


def test_a_future_end_hides_nobody_today_and_a_future_start_shows_nobody_yet(world: World) -> None:
    anna = anna_with(world.administrator(), profile_terms=TERMS)
    assert anna["profiles"] == ["user"]
    assert anna["profile_terms"] == TERMS


def test_what_starts_and_what_ends_is_seen_on_its_day_in_the_organisations_zone(world: World) -> None:
    ada = world.administrator()
    anna = anna_with(ada, profile_terms=TERMS)
    assert world.falls_due() == 0

    world.it_is(JUNE)

    assert world.falls_due() == 1
    assert ok(ada.get(f"/v1/people/{anna['id']}"))["profiles"] == ["client"]
    (told,) = world.published(UPDATED)
    assert (told["profiles"], told["revision"]) == (["client"], 2)
    world.it_is(datetime(2018, 1, 1, tzinfo=UTC))
    assert world.falls_due() == 1
    assert world.published(UPDATED)[-1]["profiles"] == []
    assert world.falls_due() == 0


def test_one_profile_that_goes_on_in_another_term_changes_nothing_that_is_seen(world: World) -> None:
    terms = [
        {"profile": "user", "ends_on": "2017-06-01"},
        {"profile": "user", "starts_on": "2017-06-01"},
    ]
    anna_with(world.administrator(), profile_terms=terms)
    world.it_is(JUNE)
    assert world.falls_due() == 1
    assert world.published(UPDATED) == []


def test_each_change_is_published_once_however_many_workers_run(
    a_world: WorldMaker, each_engine: str
) -> None:
    world = a_world("membership", on=each_engine, pool_size=8)
    world.it_is(datetime(2017, 5, 1, tzinfo=UTC))
    ada = world.administrator()
    for number in range(TOGETHER + 20):
        ok(
            ada.post("/v1/people", {"name": "X", "email": f"x{number}@smart.test", "profile_terms": TERMS}),
            201,
        )
    world.it_is(JUNE)

    def until_done() -> None:
        while perform(world.store, renew_profiles, RenewProfiles()):
            pass

    outcomes = at_once([until_done] * 6)

    assert [error for error in outcomes if error is not None] == []
    world.falls_due()  # what was locked by another when the last of them looked
    told = [event["person_id"] for event in world.published(UPDATED)]
    assert len(told) == len(set(told)) == TOGETHER + 20


def test_names_alone_say_what_somebody_is_from_today_on(world: World) -> None:
    ada = world.administrator()
    anna = anna_with(ada, profiles=["user"])
    changed = ok(change(ada, anna, profiles=["staff"]))
    assert changed["profiles"] == ["staff"]
    assert changed["profile_terms"] == [
        {"profile": "staff", "starts_on": "2017-05-01", "ends_on": None},
        {"profile": "user", "starts_on": None, "ends_on": "2017-05-01"},
    ]


def test_terms_take_the_place_of_those_before(world: World) -> None:
    ada = world.administrator()
    anna = anna_with(ada, profiles=["user"])
    changed = ok(change(ada, anna, profile_terms=TERMS))
    assert (changed["profiles"], changed["profile_terms"]) == (["user"], TERMS)
    refused = problem(change(ada, changed, profiles=["user"], profile_terms=TERMS), 422, "InvalidRequest")
    assert refused["errors"][0]["pointer"] == "/profile_terms"


def test_only_administrators_change_profile_terms_and_external_ids(world: World) -> None:
    anna = world.person()
    mine = {"id": anna.id, "revision": 1}
    problem(change(anna, mine, profile_terms=TERMS), 403, "NotAllowed")
    problem(change(anna, mine, external_id="1"), 403, "NotAllowed")


@pytest.mark.parametrize(
    ("terms", "rule"),
    [
        (
            [{"profile": "user", "starts_on": "2017-06-01", "ends_on": "2017-06-01"}],
            "ProfileEndsBeforeItStarts",
        ),
        ([{"profile": "user"}, {"profile": "user", "starts_on": "2017-06-01"}], "ProfileTermsOverlap"),
        ([{"profile": "user", "starts_on": "soon"}], "InvalidRequest"),
        ([{"starts_on": "2017-06-01"}], "InvalidRequest"),
        ([{"profile": "user"}] * 51, "InvalidRequest"),
    ],
)
def test_terms_that_make_no_sense_are_refused_by_name(world: World, terms: Any, rule: str) -> None:
    ada = world.administrator()
    body = {"name": "Anna", "email": "anna@smart.test", "profile_terms": terms}
    problem(ada.post("/v1/people", body), 422, rule)


def test_an_organisation_may_name_the_profiles_there_are(a_world: WorldMaker) -> None:
    world = a_world("membership", profiles=("user", "client"))
    ada = world.administrator()
    anna = anna_with(ada, profiles=["user"])
    refused = problem(change(ada, anna, profiles=["user", "friend"]), 422, "ProfileNotOffered")
    assert refused["errors"] == [{"pointer": "/profiles", "detail": "friend is none of user, client"}]
    body = {"name": "Bram", "email": "bram@smart.test", "profiles": ["friend"]}
    problem(ada.post("/v1/people", body), 422, "ProfileNotOffered")


def test_an_external_id_is_one_persons_and_seen_by_administrators(
    a_world: WorldMaker, each_engine: str
) -> None:
    world = a_world("membership", on=each_engine)
    ada = world.administrator()
    anna = anna_with(ada, external_id="S-1")
    assert anna["external_id"] == "S-1"
    assert ok(world.person().get(f"/v1/people/{anna['id']}"))["external_id"] is None
    body = {"name": "Bram", "email": "bram@smart.test"}
    problem(ada.post("/v1/people", {**body, "external_id": "S-1"}), 409, "ExternalIdAlreadyTaken")
    bram = ok(ada.post("/v1/people", body), 201)
    problem(change(ada, bram, external_id="S-1"), 409, "ExternalIdAlreadyTaken")
    anna = ok(change(ada, anna, external_id="S-1", name="Ann"))
    assert ok(change(ada, anna, external_id=None))["external_id"] is None
    assert ok(change(ada, bram, external_id="S-1"))["external_id"] == "S-1"


def test_of_many_who_take_one_external_id_at_once_one_has_it(a_world: WorldMaker, each_engine: str) -> None:
    world = a_world("membership", on=each_engine, pool_size=8)
    ada = world.administrator()
    bodies = [{"name": "X", "email": f"x{n}@smart.test", "external_id": "S-1"} for n in range(6)]

    answers = at_once([partial(ada.post, "/v1/people", body) for body in bodies])

    codes = sorted(str(getattr(answer, "status_code", answer)) for answer in answers)
    assert codes == ["201", *["409"] * 5]
