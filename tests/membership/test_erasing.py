"""Erasing a person in membership: asked for, carried out, and finished once nothing of theirs can be under way."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import select

from beraad.clock import real_now
from beraad.domain import Actor
from beraad.identifiers import new_id
from beraad.perform import WORKER, perform, transaction
from beraad_membership.domain.people import PersonIsErased
from beraad_membership.storage.tables import people, sessions, sign_in_links
from beraad_membership.use_cases.finish_erasure import FinishErasure, finish_erasure
from beraad_membership.use_cases.submit_candidacy import SubmitCandidacy, submit_candidacy
from membership.vocabulary import NOON, a_candidacy, a_person
from worlds.callers import Caller, ok, problem
from worlds.races import at_once
from worlds.world import World, WorldMaker

ERASED = "membership.person.erased.v1"
STAYS = {"id", "language", "time_zone", "revision", "erased_at", "name"}
"""Columns of a tombstone that say something; `name` is the pseudonym."""


@pytest.fixture
def world(a_world: WorldMaker) -> World:
    return a_world("membership")


def erasure(person: Caller) -> str:
    return f"/v1/people/{person.id}/erasure"


def row_of(world: World, person: Caller) -> dict[str, Any]:
    with transaction(world.store) as work:
        row = work.session.execute(select(people).where(people.c.id == person.id)).mappings().one()
        return dict(row)


def links_of(world: World, person: Caller) -> int:
    return _count(world, sign_in_links, sign_in_links.c.person_id == person.id)


def sessions_of(world: World, person: Caller) -> int:
    return _count(world, sessions, sessions.c.person_id == person.id)


def _count(world: World, table: Any, which: Any) -> int:
    with transaction(world.store) as work:
        return len(work.session.execute(select(table).where(which)).all())


def without_administrators(world: World) -> World:
    """The one there is from the beginning has left."""
    with transaction(world.store) as work:
        work.session.execute(people.update().values(administrator=False))
    return world


def seat(administrator: Caller, group: UUID, person: Caller) -> None:
    body = {"appointees": [{"person_id": str(person.id)}]}
    ok(administrator.post(f"/v1/groups/{group}/seats", body), 201)


def sign_in(world: World, person: Caller) -> str:
    """An access token, as the browser gets it."""
    browser, email = world.app.test_client(), row_of(world, person)["email"]
    browser.post("/v1/auth/sign-in-links", json={"email": email})
    link = world.published("membership.sign_in_link.issued.v1")[-1]["link"]
    token = parse_qs(urlsplit(link).query)["token"][0]
    answer = browser.post("/v1/auth/sessions", json={"token": token})
    assert answer.status_code in {200, 201}, answer.text
    access: str = answer.json["access_token"]  # type: ignore[index]
    return access


# -- asking --------------------------------------------------------------------------------------------------


def test_a_person_asks_and_an_administrator_carries_it_out(world: World) -> None:
    anna, ada = world.person("Anna"), world.administrator()

    asked = ok(anna.post(erasure(anna)), 202)
    assert (asked["state"], asked["pseudonym"]) == ("asked", None)
    assert world.published(ERASED) == []
    (waiting,) = ok(ada.get("/v1/me/pending"))["items"]
    assert (waiting["kind"], waiting["subject"]) == ("erasure.asked", f"people/{anna.id}")
    assert ok(anna.get("/v1/me/pending"))["items"] == []

    done = ok(ada.post(erasure(anna)), 202)
    assert done["state"] == "erased"
    assert done["asked_at"] == asked["asked_at"]
    assert ok(ada.get("/v1/me/pending"))["items"] == []
    assert world.published(ERASED) == [
        {"person_id": str(anna.id), "revision": 2, "pseudonym": done["pseudonym"]}
    ]


def test_asking_again_changes_nothing_and_who_would_rather_stay_stays(world: World) -> None:
    anna = world.person("Anna")
    first = ok(anna.post(erasure(anna)), 202)
    assert ok(anna.post(erasure(anna)), 202) == first
    assert anna.delete(erasure(anna)).status_code == 204
    problem(anna.get(erasure(anna)), 404, "NotFound")
    assert row_of(world, anna)["name"] == "Anna"


def test_nobody_asks_for_another_to_be_erased(world: World) -> None:
    anna, bram = world.person("Anna"), world.person("Bram")
    for refused in (bram.post(erasure(anna)), bram.get(erasure(anna)), bram.delete(erasure(anna))):
        problem(refused, 403, "NotAllowed")


def test_who_does_not_exist_is_not_erased(world: World) -> None:
    ada = world.administrator()
    for answer in (ada.post(f"/v1/people/{new_id()}/erasure"), ada.get(f"/v1/people/{new_id()}/erasure")):
        problem(answer, 404, "NotFound")


# -- what is left --------------------------------------------------------------------------------------------


def test_a_tombstone_says_nothing_but_that_somebody_was_there(a_world: WorldMaker, each_engine: str) -> None:
    world = a_world("membership", on=each_engine)
    anna, ada = world.person("Anna"), world.administrator()
    ok(anna.post(erasure(anna)), 202)

    ok(ada.post(erasure(anna)), 202)

    row = row_of(world, anna)
    assert row["name"].startswith("erased-")
    assert not row["administrator"]
    left = {name for name, value in row.items() if value not in (None, False, [], (), "", {})}
    assert left == STAYS | {"erasure_asked_at"}
    shown = ok(ada.get(f"/v1/people/{anna.id}"))
    assert (shown["name"], shown["email"], shown["erased"]) == (row["name"], None, True)


def test_seats_roles_and_candidacies_end_and_the_groups_health_tells_it(
    a_world: WorldMaker, each_engine: str
) -> None:
    world = a_world("membership", on=each_engine)
    anna, ada = world.person("Anna"), world.administrator()
    one, other, third = (world.group(name) for name in ("Ethics", "Housing", "Sports"))
    seat(ada, one, anna)
    ok(ada.put(f"/v1/groups/{one}/roles/facilitator/{anna.id}"))
    ok(ada.put(f"/v1/groups/{other}/roles/guest/{anna.id}"))
    stood = {"profile": "user", "motivation": "my own words"}
    ok(anna.post(f"/v1/groups/{third}/candidacies", stood), 201)

    ok(ada.post(erasure(anna)), 202)

    assert [event["reason"] for event in world.published("membership.seat.vacated.v1")] == ["erased"]
    assert sorted(event["role"] for event in world.published("membership.role.withdrawn.v1")) == [
        "facilitator",
        "guest",
    ]
    assert len(world.published("membership.candidacy.withdrawn.v1")) == 1
    assert ok(ada.get(f"/v1/groups/{one}/seats"))["items"] == []
    assert ok(ada.get(f"/v1/groups/{one}"))["health"]["seats_filled"] == 0
    assert ok(ada.get(f"/v1/groups/{third}/candidacies"))["items"] == []
    told = [event["person_id"] for event in world.published() if "person_id" in event]
    assert told[-1] == str(anna.id)
    assert world.published()[-1] == world.published(ERASED)[-1]


def test_an_erased_person_is_signed_out_everywhere_and_cannot_sign_in(
    a_world: WorldMaker, each_engine: str
) -> None:
    world = a_world("membership", on=each_engine)
    anna, ada = world.person("Anna"), world.administrator()
    email = row_of(world, anna)["email"]
    signed_in = Caller(world.app, anna.person_id, f"Bearer {sign_in(world, anna)}")
    ok(signed_in.get("/v1/me"))
    links = len(world.published("membership.sign_in_link.issued.v1"))

    ok(ada.post(erasure(anna)), 202)

    problem(signed_in.get("/v1/me"), 401, "SignInRequired")
    assert [event["person_id"] for event in world.published("membership.session.revoked.v1")] == [
        str(anna.id)
    ]
    assert (sessions_of(world, anna), links_of(world, anna)) == (0, 0)
    assert world.app.test_client().post("/v1/auth/sign-in-links", json={"email": email}).status_code == 202
    assert len(world.published("membership.sign_in_link.issued.v1")) == links


def test_an_ended_session_is_not_ended_again(world: World) -> None:
    anna, ada = world.person("Anna"), world.administrator()
    signed_in = Caller(world.app, anna.person_id, f"Bearer {sign_in(world, anna)}")
    assert signed_in.delete("/v1/auth/sessions/current").status_code == 204
    ok(ada.post(erasure(anna)), 202)
    assert len(world.published("membership.session.revoked.v1")) == 1
    assert sessions_of(world, anna) == 0


def test_the_address_registered_anew_is_a_new_person(a_world: WorldMaker, each_engine: str) -> None:
    world = a_world("membership", on=each_engine)
    anna, bram, ada = world.person("Anna"), world.person("Bram"), world.administrator()
    email = row_of(world, anna)["email"]
    for person in (anna, bram):
        ok(ada.post(erasure(person)), 202)
    again = ok(ada.post("/v1/people", {"name": "Anna", "email": email}), 201)
    assert again["id"] != str(anna.id)
    sign_in(world, world.as_person(UUID(again["id"])))


def test_an_erased_person_is_not_changed_appointed_or_let_back(world: World) -> None:
    anna, ada, group = world.person("Anna"), world.administrator(), world.group()
    ok(ada.post(erasure(anna)), 202)
    changed = ada.patch(f"/v1/people/{anna.id}", {"name": "Anna"}, if_match=2)
    problem(changed, 409, "PersonIsErased")
    problem(ada.delete(erasure(anna)), 409, "PersonIsErased")
    body = {"appointees": [{"person_id": str(anna.id)}]}
    problem(ada.post(f"/v1/groups/{group}/seats", body), 422, "InvalidRequest")
    problem(ada.put(f"/v1/groups/{group}/roles/guest/{anna.id}"), 422, "InvalidRequest")


def test_a_tombstone_receives_no_mail() -> None:
    person = a_person()
    person.erase("erased-1", NOON)
    with pytest.raises(PersonIsErased):
        _ = person.contact


def test_a_candidacy_forgets_why() -> None:
    candidacy = a_candidacy()
    candidacy.attributes = {"language": "nl"}
    candidacy.forget()
    assert (candidacy.motivation, candidacy.attributes) == ("", {})


# -- the last administrator ----------------------------------------------------------------------------------


def test_the_last_administrator_stays(world: World) -> None:
    ada = without_administrators(world).administrator()
    problem(ada.post(erasure(ada)), 409, "LastAdministratorStays")
    bea = world.administrator()
    ok(ada.post(erasure(ada)), 202)
    problem(bea.post(erasure(bea)), 409, "LastAdministratorStays")


def test_of_two_administrators_who_erase_each_other_at_once_one_stays(
    a_world: WorldMaker, each_engine: str
) -> None:
    for _ in range(5):
        world = without_administrators(a_world("membership", on=each_engine))
        ada, bea = world.administrator(), world.administrator()
        answers: list[Any] = at_once([partial(ada.post, erasure(bea)), partial(bea.post, erasure(ada))])
        assert sorted(answer.status_code for answer in answers) in ([202, 409], [202, 403])
        with transaction(world.store) as work:
            assert len(work.people.administrators()) == 1


# -- twice, and at the same moment ---------------------------------------------------------------------------


def test_a_person_is_erased_once_however_many_ask(a_world: WorldMaker, each_engine: str) -> None:
    world = a_world("membership", on=each_engine)
    anna, ada = world.person("Anna"), world.administrator()
    answers: list[Any] = at_once([partial(ada.post, erasure(anna))] * 6)
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json["pseudonym"] for answer in answers}) == 1
    assert len(world.published(ERASED)) == 1


def test_who_is_just_asking_for_a_link_gets_none_that_works(a_world: WorldMaker, each_engine: str) -> None:
    for _ in range(5):
        world = a_world("membership", on=each_engine)
        anna, ada = world.person("Anna"), world.administrator()
        email = row_of(world, anna)["email"]
        browser = world.app.test_client()
        asking: Callable[[], Any] = partial(browser.post, "/v1/auth/sign-in-links", json={"email": email})
        acts: list[Callable[[], Any]] = [asking, partial(ada.post, erasure(anna))]
        at_once(acts)
        assert links_of(world, anna) == 0


def test_who_is_just_signing_in_is_signed_out(a_world: WorldMaker, each_engine: str) -> None:
    for _ in range(5):
        world = a_world("membership", on=each_engine)
        anna, ada = world.person("Anna"), world.administrator()
        browser = world.app.test_client()
        browser.post("/v1/auth/sign-in-links", json={"email": row_of(world, anna)["email"]})
        link = world.published("membership.sign_in_link.issued.v1")[-1]["link"]
        token = parse_qs(urlsplit(link).query)["token"][0]
        using: Callable[[], Any] = partial(browser.post, "/v1/auth/sessions", json={"token": token})
        done: list[Any] = at_once([using, partial(ada.post, erasure(anna))])
        signed_in, erased = done
        ok(erased, 202)
        assert sessions_of(world, anna) == 0
        if signed_in.status_code == 201:
            assert len(world.published("membership.session.revoked.v1")) == 1


def test_who_is_just_appointed_loses_the_seat_when_the_erasure_is_finished(
    a_world: WorldMaker, each_engine: str
) -> None:
    for _ in range(5):
        world = a_world("membership", on=each_engine)
        anna, ada, group = world.person("Anna"), world.administrator(), world.group()
        body = {"appointees": [{"person_id": str(anna.id)}]}
        appointing: Callable[[], Any] = partial(ada.post, f"/v1/groups/{group}/seats", body)
        acts: list[Callable[[], Any]] = [appointing, partial(ada.post, erasure(anna))]
        at_once(acts)
        world.days_pass(0.1)
        world.falls_due()
        assert ok(ada.get(f"/v1/groups/{group}/seats"))["items"] == []


# -- finishing -----------------------------------------------------------------------------------------------


def test_what_was_under_way_is_erased_once_no_token_of_theirs_counts_any_more(
    a_world: WorldMaker, each_engine: str
) -> None:
    world = a_world("membership", on=each_engine)
    anna, ada, group = world.person("Anna"), world.administrator(), world.group()
    done = ok(ada.post(erasure(anna)), 202)
    with transaction(world.store, anna_under_way(anna)) as work:  # a request that began before
        late = SubmitCandidacy(group_id=group, profile="none", motivation="my own words")
        work.people.get(anna.id).profiles = ["none"]
        submit_candidacy(late, work, work.now)

    world.falls_due()
    assert ok(ada.get(erasure(anna)))["finished_at"] is None
    world.days_pass(0.02)
    world.falls_due()

    assert ok(ada.get(f"/v1/groups/{group}/candidacies"))["items"] == []
    assert len(world.published("membership.candidacy.withdrawn.v1")) == 1
    assert ok(ada.get(erasure(anna)))["finished_at"] is not None
    told = [(event["revision"], event["pseudonym"]) for event in world.published(ERASED)]
    assert told == [(2, done["pseudonym"]), (3, done["pseudonym"])]


def anna_under_way(anna: Caller) -> Actor:
    return Actor(anna.person_id)


def test_an_erasure_is_finished_once_however_many_workers(a_world: WorldMaker, each_engine: str) -> None:
    world = a_world("membership", on=each_engine)
    anna, ada = world.person("Anna"), world.administrator()
    ok(ada.post(erasure(anna)), 202)
    world.days_pass(1)
    finishing = partial(perform, world.store, finish_erasure, FinishErasure(), WORKER)
    done: list[Any] = at_once([finishing] * 4)
    assert sorted(done) == [False, False, False, True]
    assert len(world.published(ERASED)) == 2


def test_an_address_somebody_typed_is_kept_for_a_day_after_its_link_is_over(world: World) -> None:
    browser = world.app.test_client()
    browser.post("/v1/auth/sign-in-links", json={"email": "stranger@beraad.test"})
    typed = sign_in_links.c.email == "stranger@beraad.test"
    world.falls_due()
    assert _count(world, sign_in_links, typed) == 1
    with time_machine.travel(real_now() + timedelta(days=1, minutes=20)):
        world.falls_due()
    assert _count(world, sign_in_links, typed) == 0
