from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from beraad.domain import NotAllowed
from beraad.perform import perform, transaction
from beraad_membership.storage.repositories import Groups
from beraad_membership.storage.tables import groups
from beraad_membership.use_cases.change_group import EndMandates, end_mandates
from beraad_membership.use_cases.submit_candidacy import SubmitCandidacy, submit_candidacy
from worlds.callers import Caller, ok, problem
from worlds.races import at_once
from worlds.world import World, WorldMaker

HOUSING = {"kind": "working_group", "name": "Housing", "starts_on": "2017-01-01"}


@pytest.fixture
def world(a_world: WorldMaker) -> World:
    return a_world("membership")


def appointed(world: World, group_id: object, *people: Caller) -> dict[str, Any]:
    body = {"appointees": [{"person_id": str(person.person_id)} for person in people]}
    group: dict[str, Any] = ok(world.administrator().post(f"/v1/groups/{group_id}/seats", body), 201)
    return group


def seat_of(world: World, group_id: object, person: Caller) -> str:
    seats = ok(world.administrator().get(f"/v1/groups/{group_id}/seats"))["items"]
    found: str = next(seat["id"] for seat in seats if seat["person_id"] == str(person.person_id))
    return found


# -- groups --------------------------------------------------------------------------------------------------


def test_a_group_is_created_with_its_mandate_and_policy(world: World) -> None:
    ada = world.administrator()
    board = world.group("Board", kind="board")
    policy = {"size_max": 12, "quotas": {"user": {"min": 6, "max": 8}}, "required_roles": ["facilitator"]}

    answer = ada.post("/v1/groups", {**HOUSING, "approving_body_id": str(board), "policy": policy})

    group = ok(answer, 201)
    assert answer.headers["Location"] == f"/v1/groups/{group['id']}"
    assert answer.headers["ETag"] == f'"{group["revision"]}"'
    assert group["policy"]["quotas"] == {"user": {"min": 6, "max": 8}}
    assert group["health"]["missing_roles"] == ["facilitator"]
    assert group["allowed_actions"]["group.update"]["allowed"]
    assert group["approving_body_id"] == str(board)


def test_a_group_with_an_unknown_approving_body_is_refused(world: World) -> None:
    answer = world.administrator().post("/v1/groups", {**HOUSING, "approving_body_id": str(uuid4())})
    assert problem(answer, 422, "InvalidRequest")["errors"][0]["pointer"] == "/approving_body_id"


def test_only_an_administrator_creates_a_group(world: World) -> None:
    problem(world.person().post("/v1/groups", HOUSING), 403, "NotAllowed")


def test_groups_are_found_by_kind(world: World) -> None:
    world.group("Board", kind="board")
    world.group("Housing")
    anna = world.person()
    assert [group["name"] for group in ok(anna.get("/v1/groups"))["items"]] == ["Board", "Housing"]
    assert [group["name"] for group in ok(anna.get("/v1/groups?kind=board"))["items"]] == ["Board"]
    assert ok(anna.get(f"/v1/groups?decision_id={uuid4()}"))["items"] == []
    problem(anna.get("/v1/groups?kind=club"), 422, "InvalidRequest")
    problem(anna.get(f"/v1/groups/{uuid4()}"), 404, "NotFound")


def test_what_a_member_may_not_do_with_a_group_is_told_with_the_reason(world: World) -> None:
    actions = ok(world.person().get(f"/v1/groups/{world.group()}"))["allowed_actions"]
    assert actions["candidacy.submit"] == {"allowed": True, "code": "", "reason": ""}
    assert actions["seat.appoint"]["code"] == "ApprovingBodyOnly"
    assert "approving body" in actions["seat.appoint"]["reason"]


def test_a_group_changes_from_the_revision_that_was_read(world: World) -> None:
    ada, group_id = world.administrator(), world.group()
    address = f"/v1/groups/{group_id}"
    problem(ada.patch(address, {"name": "Homes"}), 428, "PreconditionRequired")
    assert problem(ada.patch(address, {"name": "Homes"}, if_match='"2"'), 412, "Stale")["revision"] == 3
    changed = ada.patch(address, {"name": "Homes", "ends_on": "2199-01-01"}, if_match='"3"')
    assert ok(changed)["name"] == "Homes"
    assert changed.headers["ETag"] == '"4"'
    problem(ada.patch(address, {"ends_on": "2016-01-01"}, if_match='"4"'), 422, "InvalidRequest")
    problem(world.person().patch(address, {"name": "Mine"}, if_match='"4"'), 403, "NotAllowed")


def test_of_two_changes_of_one_revision_one_is_stale(a_world: WorldMaker, each_engine: str) -> None:
    world = a_world("membership", on=each_engine, pool_size=8)
    ada, group_id = world.administrator(), world.group()
    answers = at_once(
        [lambda: ada.patch(f"/v1/groups/{group_id}", {"name": "Homes"}, if_match='"3"').status_code] * 6
    )
    assert sorted(answers, key=str) == [200] + [412] * 5


def test_another_policy_comes_in_force(world: World) -> None:
    ada, group_id = world.administrator(), world.group()
    address = f"/v1/groups/{group_id}/policy"
    problem(ada.put(address, {"size_max": 4}), 428, "PreconditionRequired")
    group = ok(ada.put(address, {"size_max": 4}, if_match='"3"'))
    assert (group["policy"]["size_max"], group["policy"]["version"]) == (4, 2)
    problem(ada.put(address, {"size_min": 5, "size_max": 4}, if_match='"5"'), 422, "InvalidRequest")


def test_a_group_ends_once(world: World) -> None:
    ada, group_id = world.administrator(), world.group()
    world.it_is(datetime(2017, 6, 1, 22, 30, tzinfo=UTC))
    assert ok(ada.post(f"/v1/groups/{group_id}/end"))["ended_on"] == "2017-06-02"
    problem(ada.post(f"/v1/groups/{group_id}/end"), 409, "GroupHasEnded")
    problem(world.person().post(f"/v1/groups/{group_id}/end"), 403, "NotAllowed")


# -- roles ---------------------------------------------------------------------------------------------------


def test_a_role_is_given_and_taken_back(world: World) -> None:
    ada, anna, group_id = world.administrator(), world.person("Anna"), world.group()
    address = f"/v1/groups/{group_id}/roles/facilitator/{anna.person_id}"
    assert ok(ada.put(address))["roles"] == [
        {"role": "facilitator", "person_id": str(anna.person_id), "name": "Anna"}
    ]
    before = len(world.published("membership.role.assigned.v1"))
    assert len(ok(ada.put(address))["roles"]) == 1
    assert len(world.published("membership.role.assigned.v1")) == before, "asked again, nothing happens"
    problem(anna.delete(address), 403, "NotAllowed")
    assert ok(ada.delete(address))["roles"] == []
    problem(ada.delete(address), 404, "NotFound")


def test_only_people_get_roles_and_only_roles_there_are(world: World) -> None:
    ada, group_id = world.administrator(), world.group()
    problem(ada.put(f"/v1/groups/{group_id}/roles/guest/{uuid4()}"), 422, "InvalidRequest")
    problem(ada.put(f"/v1/groups/{group_id}/roles/president/{ada.person_id}"), 404, "NotFound")
    problem(ada.put(f"/v1/groups/{uuid4()}/roles/guest/{ada.person_id}"), 404, "NotFound")


def test_a_coordinator_awaits_what_the_group_lacks(world: World) -> None:
    ada, anna = world.administrator(), world.person("Anna")
    incomplete = ok(ada.post("/v1/groups", {**HOUSING, "policy": {"size_min": 2}}), 201)["id"]
    leaderless = ok(ada.post("/v1/groups", {**HOUSING, "policy": {"required_roles": ["secretary"]}}), 201)[
        "id"
    ]
    fine = world.group("Fine")
    for group_id in (incomplete, leaderless, fine):
        appointed(world, group_id, anna)
        ok(ada.put(f"/v1/groups/{group_id}/roles/facilitator/{anna.person_id}"))

    pending = ok(anna.get("/v1/me/pending"))["items"]

    assert {item["group_id"] for item in pending} == {incomplete, leaderless}
    assert {item["kind"] for item in pending} == {"composition.incomplete"}
    assert ok(ada.get("/v1/me/pending"))["items"] == []


# -- leaving -------------------------------------------------------------------------------------------------


def test_whoever_holds_a_seat_resigns_and_others_are_removed(world: World) -> None:
    ada, anna, bram, group_id = world.administrator(), world.person(), world.person(), world.group()
    appointed(world, group_id, anna, bram)
    annas, brams = (seat_of(world, group_id, person) for person in (anna, bram))
    problem(anna.delete(f"/v1/groups/{group_id}/seats/{brams}"), 403, "NotAllowed")

    ok(anna.delete(f"/v1/groups/{group_id}/seats/{annas}"))
    ok(ada.delete(f"/v1/groups/{group_id}/seats/{brams}"))

    assert [seat["reason"] for seat in world.published("membership.seat.vacated.v1")] == [
        "resigned",
        "removed",
    ]
    problem(ada.delete(f"/v1/groups/{group_id}/seats/{brams}"), 409, "SeatIsVacant")
    problem(ada.delete(f"/v1/groups/{group_id}/seats/{uuid4()}"), 404, "NotFound")


def test_a_term_ends_on_its_day_and_not_before(world: World) -> None:
    ada, anna, bram = world.administrator(), world.person("Anna"), world.person("Bram")
    group_id = world.group()
    world.it_is(datetime(2017, 6, 1, tzinfo=UTC))
    for person, ends_on in ((anna, "2017-07-01"), (bram, None)):
        body = {"appointees": [{"person_id": str(person.person_id)}], "ends_on": ends_on}
        ok(ada.post(f"/v1/groups/{group_id}/seats", body), 201)

    world.it_is(datetime(2017, 6, 30, 21, 59, tzinfo=UTC))
    assert world.falls_due() == 1, "that it ends soon is told"
    assert world.falls_due() == 0
    world.it_is(datetime(2017, 6, 30, 22, 1, tzinfo=UTC))
    assert world.falls_due() == 1

    assert [s["person_id"] for s in ok(ada.get(f"/v1/groups/{group_id}/seats"))["items"]] == [
        str(bram.person_id)
    ]
    (vacated,) = world.published("membership.seat.vacated.v1")
    assert vacated["reason"] == "term_ended"


def test_whoever_holds_a_seat_is_told_once_that_the_term_ends_soon(
    a_world: WorldMaker, each_engine: str
) -> None:
    world = a_world("membership", on=each_engine, pool_size=8)
    ada, anna, bram = world.administrator(), world.person("Anna"), world.person("Bram")
    group_id = world.group()
    world.it_is(datetime(2017, 6, 1, tzinfo=UTC))
    for person, ends_on in ((anna, "2017-08-01"), (bram, None)):
        body = {"appointees": [{"person_id": str(person.person_id)}], "ends_on": ends_on}
        ok(ada.post(f"/v1/groups/{group_id}/seats", body), 201)

    world.it_is(datetime(2017, 7, 1, 21, 59, tzinfo=UTC))
    assert world.falls_due() == 0
    world.it_is(datetime(2017, 7, 1, 22, 1, tzinfo=UTC))
    at_once([world.falls_due] * 4)
    world.falls_due()

    (told,) = world.published("membership.seat.expiring.v1")
    assert (told["person_id"], told["ends_on"]) == (str(anna.person_id), "2017-08-01")


def test_a_term_lasts_as_the_policy_says_within_the_mandate(world: World) -> None:
    ada, anna, bram = world.administrator(), world.person("Anna"), world.person("Bram")
    world.it_is(datetime(2017, 8, 31, 12, tzinfo=UTC))
    group = {"kind": "working_group", "name": "Housing", "starts_on": "2017-01-01", "ends_on": "2018-12-31"}
    group_id = ok(ada.post("/v1/groups", {**group, "policy": {"term_months": 6}}), 201)["id"]
    path = f"/v1/groups/{group_id}/seats"
    ok(ada.post(path, {"appointees": [{"person_id": str(anna.person_id)}]}), 201)
    world.it_is(datetime(2018, 2, 1, tzinfo=UTC))
    body = {"appointees": [{"person_id": str(bram.person_id)}], "starts_on": "2018-01-31"}
    ok(ada.post(path, {**body, "ends_on": "2018-12-31"}), 201)
    assert [seat["ends_on"] for seat in ok(ada.get(path))["items"]] == ["2018-02-28", "2018-12-31"]


def test_a_term_starts_today_at_the_latest_or_with_the_mandate(world: World) -> None:
    ada, anna = world.administrator(), world.person("Anna")
    world.it_is(datetime(2017, 6, 1, tzinfo=UTC))
    group = {"kind": "working_group", "name": "Housing", "starts_on": "2017-09-01"}
    path = f"/v1/groups/{ok(ada.post('/v1/groups', group), 201)['id']}/seats"
    body = {"appointees": [{"person_id": str(anna.person_id)}]}
    refused = problem(ada.post(path, {**body, "starts_on": "2017-09-02"}), 422, "InvalidRequest")
    assert refused["errors"][0]["pointer"] == "/starts_on"
    assert "appoint on 2017-09-02" in refused["errors"][0]["detail"]
    ok(ada.post(path, {**body, "starts_on": "2017-09-01"}), 201)


# -- mandates ------------------------------------------------------------------------------------------------


def test_a_mandate_ends_on_its_day_where_the_group_is_and_takes_every_term_along(
    a_world: WorldMaker, each_engine: str
) -> None:
    world = a_world("membership", on=each_engine, pool_size=8)
    ada, anna, bram = world.administrator(), world.person("Anna"), world.person("Bram")
    world.it_is(datetime(2017, 6, 1, tzinfo=UTC))
    dates = {"starts_on": "2017-01-01", "ends_on": "2018-01-01"}
    group = {"kind": "working_group", "name": "Housing", "time_zone": "Pacific/Auckland", **dates}
    group_id = ok(ada.post("/v1/groups", group), 201)["id"]
    appointed(world, group_id, anna, bram)
    read = ada.get(f"/v1/groups/{group_id}").headers["ETag"]
    ok(ada.patch(f"/v1/groups/{group_id}", {"ends_on": "2017-07-01"}, if_match=read))

    world.it_is(datetime(2017, 6, 30, 11, 59, tzinfo=UTC))  # one minute to midnight in Auckland
    world.falls_due()
    assert ok(ada.get(f"/v1/groups/{group_id}"))["ended_on"] is None
    world.it_is(datetime(2017, 6, 30, 12, 0, tzinfo=UTC))
    at_once([world.falls_due] * 4)
    world.falls_due()

    assert ok(ada.get(f"/v1/groups/{group_id}"))["ended_on"] == "2017-07-01"
    (ended,) = world.published("membership.group.ended.v1")
    vacated = world.published("membership.seat.vacated.v1")
    assert {(seat["person_id"], seat["reason"]) for seat in vacated} == {
        (str(anna.person_id), "term_ended"),
        (str(bram.person_id), "term_ended"),
    }
    assert all(ended["revision"] < seat["revision"] for seat in vacated), "who hears of a seat knows by then"
    assert ok(ada.get(f"/v1/groups/{group_id}/vacancies"))["items"] == []


def test_a_mandate_that_is_prolonged_while_a_worker_looks_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    group_id = world.group()
    monkeypatch.setattr(Groups, "with_ended_mandate", lambda groups, _now: groups.get(group_id))
    assert perform(world.store, end_mandates, EndMandates())
    assert world.published("membership.group.ended.v1") == []


def test_nobody_takes_the_place_of_one_who_leaves_an_assembly(world: World) -> None:
    ada, anna = world.administrator(), world.person("Anna")
    assembly = {"kind": "assembly", "name": "General Assembly", "starts_on": "2017-01-01"}
    path = f"/v1/groups/{ok(ada.post('/v1/groups', assembly), 201)['id']}"
    ok(ada.post(f"{path}/seats", {"appointees": [{"person_id": str(anna.person_id)}]}), 201)
    (seat,) = ok(ada.get(f"{path}/seats"))["items"]
    ok(anna.delete(f"{path}/seats/{seat['id']}"))
    assert ok(ada.get(f"{path}/vacancies"))["items"] == []


def test_seats_and_roles_that_a_group_kept_when_it_ended_end_too(world: World) -> None:
    ada, anna, bram, group_id = world.administrator(), world.person(), world.person(), world.group()
    appointed(world, group_id, anna)
    ok(ada.put(f"/v1/groups/{group_id}/roles/expert/{bram.person_id}"))
    with transaction(world.store) as work:  # as an earlier release ended it
        ended = groups.update().where(groups.c.id == group_id)
        work.session.execute(ended.values(ended_on=date(2017, 5, 1)))

    world.falls_due()

    (vacated,) = world.published("membership.seat.vacated.v1")
    assert (vacated["person_id"], vacated["reason"]) == (str(anna.person_id), "term_ended")
    (withdrawn,) = world.published("membership.role.withdrawn.v1")
    assert withdrawn["person_id"] == str(bram.person_id)
    assert ok(ada.get(f"/v1/groups/{group_id}/seats"))["items"] == []
    assert world.published("membership.group.ended.v1") == []
    assert world.falls_due() == 0


def test_of_mandates_that_end_on_one_day_each_is_ended_before_its_seats_are_left(world: World) -> None:
    ada = world.administrator()
    world.it_is(datetime(2017, 6, 1, tzinfo=UTC))
    dates = {"starts_on": "2017-01-01", "ends_on": "2017-07-01"}
    for name in ("Housing", "Ethics", "Figures"):
        group_id = ok(ada.post("/v1/groups", {"kind": "working_group", "name": name, **dates}), 201)["id"]
        appointed(world, group_id, world.person(), world.person())
    world.it_is(datetime(2017, 7, 3, tzinfo=UTC))
    world.falls_due()
    ended = {one["group_id"]: one for one in world.published("membership.group.ended.v1")}
    vacated = world.published("membership.seat.vacated.v1")
    assert (len(ended), len(vacated)) == (3, 6)
    assert all(seat["revision"] > ended[seat["group_id"]]["revision"] for seat in vacated)
    assert {one["ended_on"] for one in ended.values()} == {"2017-07-01"}


def test_whoever_sits_longer_than_the_mandate_lasts_is_told_when_that_ends(world: World) -> None:
    ada, anna = world.administrator(), world.person("Anna")
    world.it_is(datetime(2017, 5, 1, tzinfo=UTC))
    group = {"kind": "working_group", "name": "Housing", "starts_on": "2017-01-01"}
    path = f"/v1/groups/{ok(ada.post('/v1/groups', group), 201)['id']}"
    ok(ada.post(f"{path}/seats", {"appointees": [{"person_id": str(anna.person_id)}]}), 201)
    read = ada.get(path).headers["ETag"]
    ok(ada.patch(path, {"ends_on": "2017-07-01"}, if_match=read))
    world.it_is(datetime(2017, 6, 15, tzinfo=UTC))
    world.falls_due()
    (told,) = world.published("membership.seat.expiring.v1")
    assert (told["person_id"], told["ends_on"]) == (str(anna.person_id), "2017-07-01")
    (soon,) = ok(ada.get(f"{path}/health"))["terms_ending"]
    assert soon["ends_on"] == "2017-07-01"
    world.it_is(datetime(2017, 7, 1, tzinfo=UTC))
    world.falls_due()
    (ended,) = world.published("membership.group.ended.v1")
    assert ended["member_ids"] == [str(anna.person_id)]
    assert len(world.published("membership.seat.expiring.v1")) == 1


def test_a_list_of_what_no_group_or_nobody_has_is_not_found(world: World) -> None:
    ada, nowhere = world.administrator(), uuid4()
    for what in ("seats", "candidacies", "reserve", "vacancies", "selections"):
        problem(ada.get(f"/v1/groups/{nowhere}/{what}"), 404, "NotFound")
    problem(ada.get(f"/v1/people/{nowhere}/conflicts"), 404, "NotFound")


def test_a_term_ends_once_however_many_workers_look(a_world: WorldMaker, each_engine: str) -> None:
    world = a_world("membership", on=each_engine, pool_size=8)
    ada = world.administrator()
    people = [world.person() for _ in range(3)]
    for person in people:
        group_id = world.group()
        body = {"appointees": [{"person_id": str(person.person_id)}], "ends_on": "2199-01-01"}
        ok(ada.post(f"/v1/groups/{group_id}/seats", body), 201)
    world.it_is(datetime(2199, 1, 2, tzinfo=UTC))

    at_once([world.falls_due] * 6)
    world.falls_due()

    vacated = world.published("membership.seat.vacated.v1")
    assert sorted(seat["person_id"] for seat in vacated) == sorted(str(person.person_id) for person in people)


# -- standing ------------------------------------------------------------------------------------------------


def stand(person: Caller, group_id: object, profile: str = "user", **more: object) -> Any:
    body = {"profile": profile, "motivation": "I rent too", **more}
    return person.post(f"/v1/groups/{group_id}/candidacies", body)


def test_a_person_stands_for_a_seat_and_withdraws(world: World) -> None:
    anna, ada, group_id = world.person("Anna"), world.administrator(), world.group()

    answer = stand(anna, group_id)

    candidacy = ok(answer, 201)
    assert answer.headers["Location"] == f"/v1/candidacies/{candidacy['id']}"
    (standing,) = ok(ada.get(f"/v1/groups/{group_id}/candidacies"))["items"]
    assert (standing["name"], standing["motivation"]) == ("Anna", "I rent too")
    problem(anna.get(f"/v1/groups/{group_id}/candidacies"), 403, "NotAllowed")
    problem(world.person().delete(answer.headers["Location"]), 403, "NotAllowed")
    assert anna.delete(answer.headers["Location"]).status_code == 204
    problem(anna.delete(answer.headers["Location"]), 409, "CandidacyAlreadyWithdrawn")
    assert ok(ada.get(f"/v1/groups/{group_id}/candidacies"))["items"] == []
    ok(stand(anna, group_id), 201)


def test_standing_twice_is_refused_by_name(a_world: WorldMaker, each_engine: str) -> None:
    world = a_world("membership", on=each_engine, pool_size=8)
    anna, group_id = world.person(), world.group()
    ok(stand(anna, group_id), 201)
    problem(stand(anna, group_id), 409, "AlreadyCandidate")

    bram = world.person()
    answers = at_once([lambda: stand(bram, group_id).status_code] * 6)
    assert sorted(answers, key=str) == [201] + [409] * 5
    assert len(world.published("membership.candidacy.submitted.v1")) == 2


def test_a_person_stands_under_an_own_profile_for_a_group_there_is(world: World) -> None:
    anna, group_id = world.person(), world.group()
    assert (
        problem(stand(anna, group_id, "staff"), 422, "InvalidRequest")["errors"][0]["pointer"] == "/profile"
    )
    problem(stand(anna, uuid4()), 404, "NotFound")
    problem(anna.delete(f"/v1/candidacies/{uuid4()}"), 404, "NotFound")
    problem(world.as_service("meetings").post(f"/v1/groups/{group_id}/end"), 403, "NotAllowed")
    refused = stand(world.as_service("meetings"), group_id)
    assert problem(refused, 403, "NotAllowed")["rule"] == "PeopleOnly"


def test_only_a_person_stands(world: World) -> None:
    with pytest.raises(NotAllowed):
        perform(
            world.store,
            submit_candidacy,
            SubmitCandidacy(group_id=world.group(), profile="user", motivation="?"),
        )


def test_coordinators_see_who_stands(world: World) -> None:
    ada, anna, group_id = world.administrator(), world.person(), world.group()
    ok(ada.put(f"/v1/groups/{group_id}/roles/board_link/{anna.person_id}"))
    assert ok(anna.get(f"/v1/groups/{group_id}/candidacies"))["items"] == []


# -- cost ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["people", "groups", "seats", "candidacies"])
def test_a_list_of_a_hundred_costs_as_many_statements_as_a_list_of_one(world: World, what: str) -> None:
    ada, group_id = world.administrator(), world.group()
    anna = world.person()

    def grow(by: int) -> None:
        for _ in range(by):
            if what == "people":
                world.person()
            elif what == "groups":
                appointed(world, world.group(), anna)
            elif what == "seats":
                appointed(world, group_id, world.person())
            else:
                ok(stand(world.person(), group_id), 201)

    address = {"people": "/v1/people", "groups": "/v1/groups"}.get(what, f"/v1/groups/{group_id}/{what}")
    ok(ada.get("/v1/me"))  # the key that verifies her token is read once
    counts = []
    for total in (1, 99):
        grow(total)
        with world.counting_statements() as sent:
            items = ok(ada.get(f"{address}?limit=100"))["items"]
        counts.append(len(sent))
    assert len(items) == 100
    assert counts[0] == counts[1] <= 10


# -- what people are counted as ------------------------------------------------------------------------------


REGIONAL = {
    "size_max": 3,
    "attribute_quotas": {
        "language": {"nl": {"min": 1, "max": 2}},
        "region": {"brussels": {"min": 1, "max": 3}},
    },
}


def test_a_seat_is_counted_as_what_its_candidacy_says(world: World) -> None:
    ada, anna = world.administrator(), world.person("Anna")
    group = {"kind": "working_group", "name": "Housing", "starts_on": "2017-01-01", "policy": REGIONAL}
    group_id = ok(ada.post("/v1/groups", group), 201)["id"]
    candidacies, stands = f"/v1/groups/{group_id}/candidacies", {"profile": "user", "motivation": "I can"}

    told = problem(anna.post(candidacies, stands), 409, "AttributeUnknown")
    assert told["attributes"] == ["region"]
    told = {**stands, "attributes": {"region": "brussels"}, "consented_to": "2017-06"}
    ok(anna.post(candidacies, told), 201)
    (stood,) = ok(ada.get(candidacies))["items"]
    assert stood["attributes"] == {"language": "en", "region": "brussels"}
    assert stood["consented_to"] == "2017-06"

    seats = f"/v1/groups/{group_id}/seats"
    body = {"person_id": str(anna.person_id), "attributes": {"language": "nl"}}
    health = ok(ada.post(seats, {"appointees": [body]}), 201)["health"]
    (seat,) = ok(ada.get(seats))["items"]
    assert seat["attributes"] == {"language": "nl", "region": "brussels"}
    assert [(q["attribute"], q["value"], q["filled"], q["met"]) for q in health["quotas"]] == [
        ("language", "nl", 1, True),
        ("region", "brussels", 1, True),
    ]
    assert health["representative"]


def test_nobody_is_seated_of_whom_the_policy_asks_what_nobody_knows(world: World) -> None:
    ada, bram = world.administrator(), world.person("Bram")
    group = {"kind": "working_group", "name": "Housing", "starts_on": "2017-01-01", "policy": REGIONAL}
    group_id = ok(ada.post("/v1/groups", group), 201)["id"]
    body = {"appointees": [{"person_id": str(bram.person_id)}]}
    problem(ada.post(f"/v1/groups/{group_id}/seats", body), 409, "AttributeUnknown")


def test_nobody_stands_for_a_group_that_has_ended(world: World) -> None:
    ada, anna = world.administrator(), world.person("Anna")
    group_id = world.group()
    ok(ada.post(f"/v1/groups/{group_id}/end"))
    stands = {"profile": "user", "motivation": "I can"}
    problem(anna.post(f"/v1/groups/{group_id}/candidacies", stands), 409, "GroupHasEnded")
    problem(anna.post(f"/v1/groups/{uuid4()}/candidacies", stands), 404, "NotFound")
