"""What is held of a person comes together from all four services, once, and to nobody else."""

from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from beraad.perform import WORKER, transaction
from beraad.storage.tables import outbox
from beraad_membership.storage.tables import person_export_parts, person_exports
from beraad_membership.use_cases.export_person import KeepExportPart, keep_export_part
from privacy.cooperative import SERVICES, Cooperative
from privacy.test_erasing import EMAIL, NAME, WORDS, Lived, a_life
from worlds.callers import Caller, ok, problem
from worlds.races import at_once
from worlds.world import World, WorldMaker


@pytest.fixture
def cooperative(a_world: WorldMaker) -> Cooperative:
    return Cooperative(a_world, "sqlite")


def path_of(person: Caller) -> str:
    return f"/v1/people/{person.id}/exports"


def rows(world: World, table: Any) -> list[Any]:
    with transaction(world.store) as work:
        return list(work.session.execute(select(table)).all())


def test_everything_that_is_held_comes_together(a_world: WorldMaker, each_engine: str) -> None:
    lived: Lived = a_life(a_world, each_engine)
    cooperative, anna = lived.cooperative, lived.anna
    asked = anna.post(path_of(anna))
    assert ok(asked, 202)["answered"] == {name: name == "membership" for name in SERVICES}
    assert ok(asked, 202)["held"] is None

    cooperative.carries()

    whole = ok(anna.get(asked.headers["Location"]))
    assert whole["complete"]
    held = whole["held"]
    assert held["membership"]["people"][0]["email"] == EMAIL
    assert held["membership"]["candidacies"][0]["motivation"] == WORDS
    assert held["meetings"]["answers"][0]["comment"] == WORDS
    for table in ("questions", "reactions", "contributions"):
        assert held["deliberation"][table][0]["text"] == WORDS
    assert held["deliberation"]["objections"][0]["reason"] == WORDS
    assert WORDS in {row["concern"] for row in held["deliberation"]["responses"]}
    assert held["notifications"]["contacts"][0]["email"] == EMAIL
    for name in ("meetings", "deliberation", "notifications"):
        assert held[name]["known_people"][0]["name"] == NAME
    assert str(lived.bram.id) not in {row["person_id"] for row in held["deliberation"]["responses"]}
    assert "hash" not in {key for table in held["membership"].values() for row in table for key in row}
    assert forgotten(cooperative)


def forgotten(cooperative: Cooperative) -> bool:
    """No publisher keeps what it said in private."""
    kept = [
        row.body
        for name in SERVICES
        for row in rows(cooperative[name], outbox)
        if row.type.endswith("person_export.answered.v1")
    ]
    return len(kept) == 3 and set(kept) == {None}


def test_a_service_that_is_down_is_shown_as_missing_and_answers_later(cooperative: Cooperative) -> None:
    anna = cooperative.person("Anna", "anna@beraad.test")
    cooperative.carries()
    location = anna.post(path_of(anna)).headers["Location"]

    cooperative.carries("meetings", "notifications", "membership")
    waiting = ok(anna.get(location))
    assert [name for name, here in waiting["answered"].items() if not here] == ["deliberation"]
    assert (waiting["complete"], waiting["held"]) == (False, None)

    cooperative.carries()
    assert ok(anna.get(location))["complete"]


def test_while_an_answer_is_missing_asking_again_is_about_the_same(cooperative: Cooperative) -> None:
    anna = cooperative.person("Anna", "anna@beraad.test")
    first = ok(anna.post(path_of(anna)), 202)["id"]
    assert ok(anna.post(path_of(anna)), 202)["id"] == first
    cooperative.carries()
    again = ok(cooperative.administrator.post(path_of(anna)), 202)
    assert again["id"] != first
    assert not again["complete"]
    problem(anna.get(f"{path_of(anna)}/{first}"), 404, "NotFound")


def test_of_many_who_ask_at_once_all_get_the_same(a_world: WorldMaker, each_engine: str) -> None:
    world = a_world("membership", on=each_engine)
    anna = world.person()
    answers: list[Any] = at_once([partial(anna.post, path_of(anna))] * 6)
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert len(world.published("membership.person_export.requested.v1")) == 1


def test_a_part_that_comes_twice_is_kept_once_and_one_nobody_waits_for_not_at_all(
    cooperative: Cooperative,
) -> None:
    membership = cooperative["membership"]
    anna = cooperative.person("Anna", "anna@beraad.test")
    export_id = UUID(ok(anna.post(path_of(anna)), 202)["id"])
    for whose in (export_id, export_id, UUID(int=1)):
        part = KeepExportPart(export_id=whose, service="meetings", part=1, parts=2, content={"answers": []})
        with transaction(membership.store, WORKER) as work:
            keep_export_part(part, work, work.now)
    kept = [row for row in rows(membership, person_export_parts) if row.service == "meetings"]
    assert [(row.export_id, row.part) for row in kept] == [(export_id, 1)]
    shown = ok(anna.get(f"{path_of(anna)}/{export_id}"))
    assert not shown["answered"]["meetings"], "the second part is missing"


def test_much_travels_in_parts_and_is_whole_again(cooperative: Cooperative) -> None:
    anna = cooperative.person("Anna", "anna@beraad.test")
    group = cooperative["membership"].group("Housing")
    cooperative.carries()
    asking = cooperative.calls("deliberation", anna)
    for number in range(12):
        shared = {"theme": "Housing", "title": f"Number {number}", "text": f"{number} " + "x" * 19_000}
        ok(asking.post(f"/v1/groups/{group}/contributions", shared), 201)
    location = anna.post(path_of(anna)).headers["Location"]

    cooperative.carries()

    parts = [
        row for row in rows(cooperative["membership"], person_export_parts) if row.service == "deliberation"
    ]
    assert len(parts) == 2
    held = ok(anna.get(location))["held"]["deliberation"]["contributions"]
    assert [row["title"] for row in held] == [f"Number {number}" for number in range(12)]


def test_an_export_is_gone_after_a_week(cooperative: Cooperative) -> None:
    membership = cooperative["membership"]
    anna = cooperative.person("Anna", "anna@beraad.test")
    location = anna.post(path_of(anna)).headers["Location"]
    membership.days_pass(6.9)
    membership.falls_due()
    ok(anna.get(location))
    membership.days_pass(0.2)
    problem(anna.get(location), 404, "NotFound")
    membership.falls_due()
    assert rows(membership, person_exports) == rows(membership, person_export_parts) == []


def test_an_erased_person_gets_none_and_leaves_none(cooperative: Cooperative) -> None:
    anna = cooperative.person(NAME, EMAIL)
    cooperative.carries()
    location = anna.post(path_of(anna)).headers["Location"]
    ok(cooperative.administrator.post(f"/v1/people/{anna.id}/erasure"), 202)
    problem(anna.get(location), 404, "NotFound")
    problem(cooperative.administrator.post(path_of(anna)), 409, "PersonIsErased")

    cooperative.carries()

    assert cooperative.mentions(NAME, EMAIL) == {}
    assert rows(cooperative["membership"], person_export_parts) == []


def test_nobody_exports_another_and_only_membership_reads_the_answers(cooperative: Cooperative) -> None:
    anna = cooperative.person("Anna", "anna@beraad.test")
    bram = cooperative.person("Bram", "bram@beraad.test")
    problem(bram.post(path_of(anna)), 403, "NotAllowed")
    mine = ok(anna.post(path_of(anna)), 202)["id"]
    problem(bram.get(f"{path_of(anna)}/{mine}"), 403, "NotAllowed")
    problem(bram.get(f"{path_of(bram)}/{mine}"), 404, "NotFound")
    for publisher in SERVICES:
        may = {
            name
            for name in SERVICES
            if cooperative[publisher].as_service(name).get("/v1/private-events").status_code == 200
        }
        assert may == {"notifications" if publisher == "membership" else "membership"}
