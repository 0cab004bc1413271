"""Selection by lot through the API, with the real solver: prepared by a worker, committed to, drawn, filled from its reserve."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from beraad.clock import real_now
from beraad.perform import perform
from beraad_membership.domain.selections import LEASE
from beraad_membership.domain.sortition import Progress
from beraad_membership.domain.verification import verify_commitment, verify_draw
from beraad_membership.solver.preparing import Advancing
from beraad_membership.use_cases.prepare_selection import (
    AdvanceSelection,
    ClaimSelection,
    CommitSelection,
    advance_selection,
    claim_selection,
    commit_selection,
)
from membership.lots import AFTER, LOTTERY, POLICY, Lot, lives
from worlds.callers import ok, problem
from worlds.races import at_once
from worlds.world import WorldMaker


@pytest.fixture
def lot(a_world: WorldMaker) -> Lot:
    return Lot(a_world("membership"))


def test_a_draw_is_committed_to_and_each_candidate_sees_their_chance(lot: Lot) -> None:
    asked = ok(lot.ada.post(f"{lot.path}/selections", LOTTERY), 202)
    assert (asked["state"], asked["size"], asked["progress"]) == ("waiting", 4, 0)
    lot.world.falls_due()

    selection = lot.selection(asked["id"])
    assert (selection["state"], selection["progress"], selection["failure"]) == ("committed", 1000, None)
    document = ok(lot.ada.get(f"/v1/selections/{asked['id']}/commitment"))
    assert verify_commitment(document) == []
    chances = dict(zip((one["id"] for one in document["pool"]), document["probabilities"], strict=True))
    assert sum(chances.values()) == 4 * 1000
    for candidacy, person in lot.people.items():
        assert lot.selection(asked["id"], by=person)["my_chance_per_mille"] == chances[candidacy]
    told = lot.world.published("membership.candidacy.entered.v1")
    assert {one["candidacy_id"]: one["chance_per_mille"] for one in told} == chances
    (committed,) = lot.world.published("membership.selection.committed.v1")
    assert committed["commitment_sha256"] == selection["commitment_sha256"]


def test_a_draw_seats_the_panel_and_anyone_can_verify_it(lot: Lot) -> None:
    document = lot.drawn()
    assert verify_draw(document) == []
    assert json.loads(json.dumps(document)) == document

    seated = {seat["person_id"] for seat in lot.seats()}
    assert seated == {str(lot.people[key].person_id) for key in document["panel"]}
    assert {seat["ends_on"] for seat in lot.seats()} == {"2018-09-01"}
    health = ok(lot.ada.get(f"{lot.path}/health"))
    assert health["representative"]
    assert health["complete"]
    reserve = ok(lot.ada.get(f"{lot.path}/reserve"))["items"]
    assert [one["candidacy_id"] for one in reserve] == document["reserve"]
    for candidacy, person in lot.people.items():
        mine = lot.selection(ok(lot.ada.get(f"{lot.path}/selections"))["items"][0]["id"], by=person)
        place = document["reserve"].index(candidacy) + 1 if candidacy in document["reserve"] else None
        assert (mine["i_was_drawn"], mine["my_reserve_position"]) == (candidacy in document["panel"], place)
    settled = lot.world.published("membership.candidacy.settled.v1")
    assert sorted(one["outcome"] for one in settled) == ["reserve"] * 4 + ["seated"] * 4


def test_nothing_is_published_of_a_draw_before_it_is_there(lot: Lot) -> None:
    key = ok(lot.ada.post(f"{lot.path}/selections", LOTTERY), 202)["id"]
    for what in ("commitment", "draw"):
        problem(lot.ada.get(f"/v1/selections/{key}/{what}"), 404, "NotYetPublished")
    problem(lot.draw(key), 409, "SelectionStateForbids")
    problem(lot.ada.get(f"/v1/selections/{uuid4()}"), 404, "NotFound")
    problem(lot.draw(str(uuid4())), 404, "NotFound")


def test_nobody_joins_the_pool_once_a_selection_is_under_way(lot: Lot) -> None:
    key, late = lot.prepared()["id"], lot.world.person("Late", profiles=("user",))
    body = {"profile": "user", "motivation": "I have time"}
    problem(late.post(f"{lot.path}/candidacies", body), 409, "CandidaciesAreClosed")
    problem(lot.ada.post(f"{lot.path}/selections", LOTTERY), 409, "SelectionUnderWay")
    ok(lot.ada.delete(f"/v1/selections/{key}"), 204)
    problem(lot.ada.delete(f"/v1/selections/{key}"), 409, "SelectionStateForbids")
    lot.stands(late)


def test_a_pool_that_changed_after_the_commitment_is_refused_and_prepared_anew(lot: Lot) -> None:
    key = lot.prepared()["id"]
    candidacy, person = next(iter(lot.people.items()))
    ok(person.delete(f"/v1/candidacies/{candidacy}"), 204)
    lot.world.it_is(AFTER)
    problem(lot.draw(key), 409, "PoolChanged")
    assert lot.seats() == []
    ok(lot.ada.delete(f"/v1/selections/{key}"), 204)
    again = lot.prepared(draws_at="2017-10-01T20:00:00Z")
    assert again["state"] == "committed"


def test_who_was_told_of_a_chance_is_told_that_the_draw_is_not_held(lot: Lot) -> None:
    key = lot.prepared()["id"]
    withdrawn, person = next(iter(lot.people.items()))
    ok(person.delete(f"/v1/candidacies/{withdrawn}"), 204)
    ok(lot.ada.delete(f"/v1/selections/{key}"), 204)
    released = lot.world.published("membership.candidacy.released.v1")
    assert sorted(one["candidacy_id"] for one in released) == sorted(set(lot.people) - {withdrawn})
    assert {one["selection_id"] for one in released} == {key}
    (cancelled,) = lot.world.published("membership.selection.cancelled.v1")
    assert cancelled["selection_id"] == key


def test_with_a_group_ends_its_draw_and_every_candidacy(lot: Lot) -> None:
    lot.prepared()
    ok(lot.ada.post(f"{lot.path}/end"))
    released = lot.world.published("membership.candidacy.released.v1")
    assert sorted(one["candidacy_id"] for one in released) == sorted(lot.people)
    assert {one["group_ends"] for one in released} == {True}
    withdrawn = lot.world.published("membership.candidacy.withdrawn.v1")
    assert sorted(one["candidacy_id"] for one in withdrawn) == sorted(lot.people)


def test_whoever_was_seated_meanwhile_hears_nothing_of_a_draw_that_is_cancelled(lot: Lot) -> None:
    key = lot.prepared()["id"]
    candidacy, person = next(iter(lot.people.items()))
    ok(lot.ada.post(f"{lot.path}/seats", {"appointees": [{"person_id": str(person.person_id)}]}), 201)
    ok(lot.ada.delete(f"/v1/selections/{key}"), 204)
    released = {one["candidacy_id"] for one in lot.world.published("membership.candidacy.released.v1")}
    assert released == set(lot.people) - {candidacy}


def test_nobody_is_told_of_a_draw_that_was_never_committed_to(lot: Lot) -> None:
    key = ok(lot.ada.post(f"{lot.path}/selections", LOTTERY), 202)["id"]
    ok(lot.ada.delete(f"/v1/selections/{key}"), 204)
    assert lot.world.published("membership.candidacy.released.v1") == []


def test_whoever_is_erased_after_the_commitment_is_not_drawn(lot: Lot) -> None:
    key = lot.prepared()["id"]
    person = next(iter(lot.people.values()))
    ok(lot.ada.post(f"/v1/people/{person.person_id}/erasure"), 202)
    lot.world.it_is(AFTER)
    problem(lot.draw(key), 409, "PoolChanged")


def test_a_seat_whose_holder_is_erased_goes_to_the_reserve(lot: Lot) -> None:
    document = lot.drawn()
    erased = lot.people[document["panel"][0]]
    ok(lot.ada.post(f"/v1/people/{erased.person_id}/erasure"), 202)
    seated = [seat["person_id"] for seat in lot.seats()]
    assert len(seated) == 4
    assert str(erased.person_id) not in seated
    assert ok(lot.ada.get(f"{lot.path}/health"))["representative"]


def test_nothing_is_drawn_before_the_randomness_exists(lot: Lot) -> None:
    key = lot.prepared()["id"]
    problem(lot.draw(key), 409, "TooEarlyToDraw")
    lot.world.it_is(AFTER)
    problem(lot.ada.post(f"{lot.path}/selections", {**LOTTERY, "id": str(uuid4())}), 409, "SelectionUnderWay")
    ok(lot.draw(key))


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"draws_at": "2017-07-01T00:00:00Z"}, "/draws_at"),
        ({"size": 5}, "/size"),
        ({"randomness": ""}, "/randomness"),
    ],
)
def test_what_cannot_be_drawn_is_refused_at_once(lot: Lot, body: dict[str, Any], pointer: str) -> None:
    told = problem(lot.ada.post(f"{lot.path}/selections", {**LOTTERY, **body}), 422, "InvalidRequest")
    assert told["errors"][0]["pointer"] == pointer


def test_why_a_group_cannot_be_composed_is_told(a_world: WorldMaker) -> None:
    lot = Lot(a_world("membership"), candidates=2)
    failed = lot.prepared()
    assert failed["state"] == "failed"
    assert failed["failure"]["code"] == "CompositionIsInfeasible"
    assert "pool" in failed["failure"]["detail"]
    lot.stands(lot.world.person("Late", profiles=("user",)))


def test_whoever_is_seated_already_is_in_every_panel(lot: Lot) -> None:
    first = next(iter(lot.people.values()))
    ok(lot.ada.post(f"{lot.path}/seats", {"appointees": [{"person_id": str(first.person_id)}]}), 201)
    document = lot.drawn()
    assert (len(document["panel"]), len(document["commitment"]["seated"])) == (3, 1)
    assert len(lot.seats()) == 4
    assert ok(lot.ada.get(f"{lot.path}/health"))["representative"]


def test_whoever_has_a_conflict_is_not_in_the_pool_and_is_told_apart(lot: Lot) -> None:
    candidacy, person = next(iter(lot.people.items()))
    conflict = {"theme": "housing", "reason": "I let houses"}
    ok(person.post(f"/v1/people/{person.person_id}/conflicts", conflict), 201)
    found = ok(lot.ada.get(f"{lot.path}/feasibility"))
    assert (found["feasible"], found["sizes"], found["candidates"]) == (True, [4], 7)
    assert found["left_out"] == [
        {
            "candidacy_id": candidacy,
            "code": "HasConflictOfInterest",
            "reason": "This person declared a conflict of interest with the group or its theme.",
        }
    ]
    assert candidacy not in [one["id"] for one in lot.drawn()["commitment"]["pool"]]


# -- the worker ----------------------------------------------------------------------------------------------


def test_what_a_worker_left_half_done_another_prepares(lot: Lot) -> None:
    """Killed in the middle it says nothing any more; after two minutes of that, in real time, it is nobody's."""
    key = ok(lot.ada.post(f"{lot.path}/selections", LOTTERY), 202)["id"]
    perform(lot.world.store, claim_selection, ClaimSelection(real_now()))
    lot.world.falls_due()
    assert lot.selection(key)["state"] == "preparing"

    perform(lot.world.store, advance_selection, AdvanceSelection(UUID(key), 400, real_now() - 2 * LEASE))
    assert lot.selection(key)["progress"] == 400
    lot.world.falls_due()
    assert lot.selection(key)["state"] == "committed"


def test_a_worker_stops_when_somebody_cancels(lot: Lot) -> None:
    key = ok(lot.ada.post(f"{lot.path}/selections", LOTTERY), 202)["id"]
    perform(lot.world.store, claim_selection, ClaimSelection(real_now()))
    advancing = Advancing(lot.world.store, UUID(key), lives, every=0)
    assert advancing(Progress("chances", 1, 2))
    assert lot.selection(key)["progress"] == 400
    assert advancing(Progress("panels", 500, 1000))
    assert lot.selection(key)["progress"] == 899
    ok(lot.ada.delete(f"/v1/selections/{key}"), 204)
    assert not advancing(Progress("panels", 1000, 1000))
    lot.world.falls_due()
    assert lot.selection(key)["state"] == "cancelled"


def test_a_worker_tells_how_far_it_is_about_once_a_second(lot: Lot) -> None:
    key = ok(lot.ada.post(f"{lot.path}/selections", LOTTERY), 202)["id"]
    perform(lot.world.store, claim_selection, ClaimSelection(real_now()))
    assert Advancing(lot.world.store, UUID(key), lives)(Progress("chances", 1, 2))
    assert lot.selection(key)["progress"] == 0


def test_a_pool_that_changes_while_it_is_worked_on_is_worked_on_again(lot: Lot) -> None:
    key = ok(lot.ada.post(f"{lot.path}/selections", LOTTERY), 202)["id"]
    claimed = perform(lot.world.store, claim_selection, ClaimSelection(real_now()))
    assert claimed is not None
    candidacy, person = next(iter(lot.people.items()))
    ok(person.delete(f"/v1/candidacies/{candidacy}"), 204)
    found = CommitSelection(UUID(key), claimed.task, ((0, 1, 2, 3),) * 1000, real_now())
    assert not perform(lot.world.store, commit_selection, found)
    assert lot.selection(key)["state"] == "preparing"
    lot.world.falls_due()
    committed = ok(lot.ada.get(f"/v1/selections/{key}/commitment"))
    assert candidacy not in [one["id"] for one in committed["pool"]]


# -- vacancies -----------------------------------------------------------------------------------------------


def test_a_seat_that_is_left_goes_to_the_first_of_the_reserve_who_fits(lot: Lot) -> None:
    document = lot.drawn()
    before = {seat["person_id"]: seat for seat in lot.seats()}
    leaving = lot.people[document["panel"][0]]
    seat = before[str(leaving.person_id)]
    ok(leaving.delete(f"{lot.path}/seats/{seat['id']}"))

    (new,) = [one for one in lot.seats() if one["person_id"] not in before]
    assert new["ends_on"] == seat["ends_on"]
    assert ok(lot.ada.get(f"{lot.path}/health"))["representative"]
    (vacancy,) = ok(lot.ada.get(f"{lot.path}/vacancies"))["items"]
    assert (vacancy["seat_id"], vacancy["filled_by"]) == (seat["id"], new["id"])
    order = [one["person_id"] for one in ok(lot.ada.get(f"{lot.path}/reserve"))["items"]]
    assert [one["position"] for one in vacancy["skipped"]] == list(
        range(1, order.index(new["person_id"]) + 1)
    )


def test_a_seat_nobody_in_the_reserve_fits_stays_vacant_and_what_blocks_is_told(a_world: WorldMaker) -> None:
    policy = {**POLICY, "quotas": {"client": {"min": 1, "max": 1}}, "size_min": 2, "size_max": 2}
    lot = Lot(a_world("membership"), candidates=3, policy=policy)
    lot.drawn()
    client = next(seat for seat in lot.seats() if seat["profile"] == "client")
    ok(lot.ada.delete(f"{lot.path}/seats/{client['id']}"))

    (vacancy,) = ok(lot.ada.get(f"{lot.path}/vacancies"))["items"]
    assert vacancy["filled_by"] is None
    assert [one["code"] for one in vacancy["skipped"]] == ["QuotaUnreachable"]
    assert vacancy["blocking"] == [{"attribute": "profile", "value": "client", "side": "min", "limit": 1}]
    assert ok(lot.ada.get(f"{lot.path}/health"))["vacancies"] == 1
    fill = f"{lot.path}/vacancies/{client['id']}/fill"
    told = problem(lot.ada.post(fill), 409, "NobodyFits")
    assert told["blocking"] == vacancy["blocking"]

    relaxed = {**policy, "quotas": {"client": {"min": 0, "max": 1}}}
    etag = ok(lot.ada.get(lot.path))["revision"]
    ok(lot.ada.put(f"{lot.path}/policy", relaxed, if_match=f'"{etag}"'))
    ok(lot.ada.post(fill))
    assert len(lot.seats()) == 2
    problem(lot.ada.post(fill), 409, "VacancyIsFilled")
    problem(lot.ada.post(f"{lot.path}/vacancies/{uuid4()}/fill"), 404, "NotFound")


def test_whoever_is_appointed_takes_the_vacant_seat(lot: Lot) -> None:
    somebody, another = (world_person.person_id for world_person in list(lot.people.values())[:2])
    ok(lot.ada.post(f"{lot.path}/seats", {"appointees": [{"person_id": str(somebody)}]}), 201)
    (seat,) = lot.seats()
    ok(lot.ada.delete(f"{lot.path}/seats/{seat['id']}"))
    ok(lot.ada.post(f"{lot.path}/seats", {"appointees": [{"person_id": str(another)}]}), 201)
    (vacancy,) = ok(lot.ada.get(f"{lot.path}/vacancies"))["items"]
    assert vacancy["filled_by"] == lot.seats()[0]["id"]


def test_a_vacancy_of_a_group_that_has_ended_is_open_no_more(lot: Lot) -> None:
    somebody = next(iter(lot.people.values())).person_id
    ok(lot.ada.post(f"{lot.path}/seats", {"appointees": [{"person_id": str(somebody)}]}), 201)
    (seat,) = lot.seats()
    ok(lot.ada.delete(f"{lot.path}/seats/{seat['id']}"))

    def told() -> tuple[bool, int]:
        (vacancy,) = ok(lot.ada.get(f"{lot.path}/vacancies"))["items"]
        return vacancy["open"], ok(lot.ada.get(f"{lot.path}/health"))["vacancies"]

    assert told() == (True, 1)
    ok(lot.ada.post(f"{lot.path}/end"))
    assert told() == (False, 0)


def test_a_term_that_is_over_leaves_a_seat_to_be_filled_for_a_whole_term(lot: Lot) -> None:
    lot.drawn()
    lot.world.it_is(datetime(2018, 9, 2, tzinfo=UTC))
    lot.world.falls_due()
    assert lot.seats() == []
    vacancies = ok(lot.ada.get(f"{lot.path}/vacancies"))["items"]
    assert len(vacancies) == 4
    ok(lot.ada.post(f"{lot.path}/vacancies/{vacancies[0]['seat_id']}/fill"))
    assert [seat["ends_on"] for seat in lot.seats()] == ["2019-09-02"]


# -- two at once ---------------------------------------------------------------------------------------------


def statuses(answers: Iterable[Any]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def test_two_who_prepare_and_two_who_draw_do_it_once(a_world: WorldMaker, each_engine: str) -> None:
    lot = Lot(a_world("membership", on=each_engine, pool_size=8))
    asked = at_once([lambda: lot.ada.post(f"{lot.path}/selections", LOTTERY)] * 4)
    assert statuses(asked) == [202, 409, 409, 409]
    at_once([lot.world.falls_due] * 4)
    lot.world.falls_due()
    assert len(lot.world.published("membership.selection.committed.v1")) == 1

    lot.world.it_is(AFTER)
    (selection,) = ok(lot.ada.get(f"{lot.path}/selections"))["items"]
    drawn = at_once([lambda: lot.draw(selection["id"])] * 4)
    assert statuses(drawn) == [200, 409, 409, 409]
    assert len(lot.seats()) == 4
    assert len(lot.world.published("membership.selection.drawn.v1")) == 1


def test_two_who_leave_at_once_are_replaced_by_two(a_world: WorldMaker, each_engine: str) -> None:
    lot = Lot(a_world("membership", on=each_engine, pool_size=8), candidates=12)
    lot.drawn()
    leaving = [seat for seat in lot.seats() if seat["profile"] == "user"][:2]
    at_once([partial(lot.ada.delete, f"{lot.path}/seats/{seat['id']}") for seat in leaving])
    seats = lot.seats()
    assert len(seats) == len({seat["person_id"] for seat in seats}) == 4
    assert ok(lot.ada.get(f"{lot.path}/health"))["representative"]


def leaves(lot: Lot, candidacy: str, by_themselves: bool = True) -> None:
    person = lot.people[candidacy]
    seat = next(one for one in lot.seats() if one["person_id"] == str(person.person_id))
    ok((person if by_themselves else lot.ada).delete(f"{lot.path}/seats/{seat['id']}"))


def seated_of(lot: Lot, candidacies: Iterable[str]) -> list[str]:
    sitting = {one["person_id"] for one in lot.seats()}
    return [key for key in candidacies if str(lot.people[key].person_id) in sitting]


@pytest.mark.parametrize("by_themselves", [True, False])
def test_whoever_left_a_seat_of_the_reserve_is_not_seated_again(lot: Lot, by_themselves: bool) -> None:
    document = lot.drawn()
    leaves(lot, document["panel"][0])
    (second,) = seated_of(lot, document["reserve"])
    leaves(lot, second, by_themselves)
    assert second not in seated_of(lot, document["reserve"])
    told = {one["candidacy_id"] for one in lot.world.published("membership.candidacy.withdrawn.v1")}
    assert told == {document["panel"][0], second}
    lot.stands(lot.people[second])


def test_every_seat_that_was_left_can_be_filled_in_the_order_they_were_left(a_world: WorldMaker) -> None:
    lot = Lot(a_world("membership"), candidates=6, policy={"size_min": 2, "size_max": 4})
    document = lot.drawn()
    conflicts = {
        key: ok(
            person.post(f"/v1/people/{person.person_id}/conflicts", {"theme": "housing", "reason": "-"}), 201
        )["id"]
        for key, person in lot.people.items()
        if key in document["reserve"]
    }
    for key in document["panel"][:2]:
        leaves(lot, key)
    for key, conflict in conflicts.items():
        ok(lot.people[key].delete(f"/v1/conflicts/{conflict}"), 204)
    for vacancy in ok(lot.ada.get(f"{lot.path}/vacancies"))["items"]:
        ok(lot.ada.post(f"{lot.path}/vacancies/{vacancy['seat_id']}/fill"))
    assert len(lot.seats()) == 4


def test_a_seat_can_be_left_where_the_policy_permits_fewer_by_now(lot: Lot) -> None:
    document = lot.drawn()
    revision = ok(lot.ada.get(lot.path))["revision"]
    ok(lot.ada.put(f"{lot.path}/policy", {"size_min": 2, "size_max": 3}, if_match=revision))
    leaves(lot, document["panel"][0])
    (vacancy,) = ok(lot.ada.get(f"{lot.path}/vacancies"))["items"]
    assert {one["code"] for one in vacancy["skipped"]} == {"GroupIsFull"}
    assert vacancy["blocking"] == []


def test_what_may_be_done_with_a_selection_depends_on_where_it_stands(lot: Lot) -> None:
    def may(key: str) -> dict[str, str]:
        actions = lot.selection(key)["allowed_actions"]
        return {action: told["code"] for action, told in actions.items()}

    key = ok(lot.ada.post(f"{lot.path}/selections", LOTTERY), 202)["id"]
    assert may(key) == {"selection.cancel": "", "selection.draw": "SelectionStateForbids"}
    lot.world.falls_due()
    assert may(key) == {"selection.cancel": "", "selection.draw": ""}
    ok(lot.ada.delete(f"/v1/selections/{key}"), 204)
    assert set(may(key).values()) == {"SelectionStateForbids"}


def test_a_selection_ends_with_its_group(lot: Lot) -> None:
    key = ok(lot.ada.post(f"{lot.path}/selections", LOTTERY), 202)["id"]
    ok(lot.ada.post(f"{lot.path}/end"))
    lot.world.falls_due()
    assert lot.selection(key)["state"] == "cancelled"
    assert lot.world.published("membership.selection.committed.v1") == []


def test_nobody_is_seated_or_stands_once_the_mandate_is_over(lot: Lot) -> None:
    key, late = lot.prepared()["id"], lot.world.person("Late", profiles=("user",))
    revision = ok(lot.ada.get(lot.path))["revision"]
    ok(lot.ada.patch(lot.path, {"ends_on": "2017-08-20"}, if_match=revision))
    lot.world.it_is(AFTER)
    problem(lot.draw(key), 409, "GroupHasEnded")
    ok(lot.ada.delete(f"/v1/selections/{key}"), 204)
    someone = {"appointees": [{"person_id": str(late.person_id)}]}
    for path, by, body in (
        ("seats", lot.ada, someone),
        ("candidacies", late, {"profile": "user", "motivation": "I have time"}),
        ("selections", lot.ada, {**LOTTERY, "draws_at": "2018-01-01T00:00:00Z"}),
    ):
        problem(by.post(f"{lot.path}/{path}", body), 409, "GroupHasEnded")


def test_whoever_lost_the_profile_they_stand_under_is_neither_drawn_nor_seated_for_it(lot: Lot) -> None:
    def becomes(candidacy: str, profile: str) -> None:
        entry = f"/v1/people/{lot.people[candidacy].person_id}"
        ok(lot.ada.patch(entry, {"profiles": [profile]}, if_match=ok(lot.ada.get(entry))["revision"]))

    user, *_ = lot.people
    becomes(user, "client")
    told = ok(lot.ada.get(f"{lot.path}/feasibility"))
    assert [(one["candidacy_id"], one["code"]) for one in told["left_out"]] == [(user, "ProfileIsOver")]
    someone = {"appointees": [{"person_id": str(lot.people[user].person_id)}]}
    ok(lot.ada.post(f"{lot.path}/seats", someone), 201)
    assert [seat["profile"] for seat in lot.seats()] == ["client"]
    document = lot.drawn()
    assert user not in {one["id"] for one in document["commitment"]["pool"]}
    for key in document["reserve"]:
        becomes(key, "staff")
    leaves(lot, document["panel"][0])
    (vacancy,) = ok(lot.ada.get(f"{lot.path}/vacancies"))["items"]
    assert {one["code"] for one in vacancy["skipped"]} == {"ProfileIsOver"}
