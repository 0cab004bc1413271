"""A worker prepares a draw while others act: it is killed, too slow, canceled, or the pool changes under its hands."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from beraad.clock import real_now
from beraad.perform import perform
from beraad_membership.domain.selections import ATTEMPTS, LEASE
from beraad_membership.solver import preparing
from beraad_membership.solver.preparing import prepare
from beraad_membership.use_cases.prepare_selection import Claimed, ClaimSelection, claim_selection
from membership.lots import AFTER, LOTTERY, Lot, lives
from worlds.callers import ok
from worlds.world import WorldMaker


@pytest.fixture
def lot(a_world: WorldMaker) -> Lot:
    return Lot(a_world("membership"))


def asked(lot: Lot) -> str:
    return str(ok(lot.ada.post(f"{lot.path}/selections", LOTTERY), 202)["id"])


def claimed(lot: Lot, silent_for: timedelta = timedelta()) -> Claimed:
    found = perform(lot.world.store, claim_selection, ClaimSelection(real_now() - silent_for))
    assert found is not None
    return found


def test_while_a_worker_prepares_no_other_one_begins(lot: Lot) -> None:
    key = asked(lot)
    claimed(lot)
    lot.world.falls_due()
    assert lot.selection(key)["state"] == "preparing"


def test_of_two_workers_the_slower_one_changes_nothing(lot: Lot) -> None:
    key = asked(lot)
    slow = claimed(lot, silent_for=LEASE)
    lot.world.falls_due()
    before = lot.selection(key)
    assert before["state"] == "committed"
    prepare(lot.world.store, slow, lives)
    assert lot.selection(key) == before


@pytest.mark.parametrize("candidates", [8, 2])
def test_what_was_canceled_meanwhile_stays_canceled_also_where_it_is_impossible(
    a_world: WorldMaker, candidates: int
) -> None:
    lot = Lot(a_world("membership"), candidates=candidates)
    key, found = asked(lot), claimed(lot)
    ok(lot.ada.delete(f"/v1/selections/{key}"), 204)
    prepare(lot.world.store, found, lives)
    told = lot.selection(key)
    assert (told["state"], told["failure"], told["commitment_sha256"]) == ("cancelled", None, None)


def test_who_withdraws_while_it_is_prepared_is_in_no_panel(lot: Lot) -> None:
    key, found = asked(lot), claimed(lot)
    candidacy, person = next(iter(lot.people.items()))
    ok(person.delete(f"/v1/candidacies/{candidacy}"), 204)
    prepare(lot.world.store, found, lives)
    assert lot.selection(key)["state"] == "preparing"
    lot.world.falls_due()
    pool = ok(lot.ada.get(f"/v1/selections/{key}/commitment"))["pool"]
    assert candidacy not in {one["id"] for one in pool}


def test_nothing_is_committed_to_once_the_randomness_may_exist(lot: Lot) -> None:
    key, found = asked(lot), claimed(lot)
    lot.world.it_is(AFTER)
    prepare(lot.world.store, found, lives)
    assert lot.selection(key)["failure"]["code"] == "TooLateToCommit"


def test_a_selection_that_ends_every_worker_is_given_up_and_the_next_one_prepared(lot: Lot) -> None:
    key = asked(lot)
    for leases_ago in range(ATTEMPTS, 0, -1):
        claimed(lot, silent_for=leases_ago * LEASE)
        assert lot.selection(key)["state"] == "preparing"
    lot.world.falls_due()
    told = lot.selection(key)
    assert (told["state"], told["failure"]["code"]) == ("failed", "WorkersFellSilent")
    assert lot.prepared()["state"] == "committed"


def test_what_nobody_foresaw_ends_that_selection_and_nothing_else(
    lot: Lot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a defect")

    with monkeypatch.context() as patched:
        patched.setattr(preparing, "hold", broken)
        failed = lot.prepared()
    assert (failed["state"], failed["failure"]["code"]) == ("failed", "CouldNotBePrepared")
    assert "ZeroDivisionError" in failed["failure"]["detail"]
    assert lot.prepared()["state"] == "committed"


def test_a_worker_that_prepares_says_that_it_lives(lot: Lot) -> None:
    asked(lot)
    said: list[bool] = []

    def alive() -> bool:
        said.append(True)
        return True

    (job,) = lot.world.worker.jobs  # type: ignore[union-attr]
    assert job.once(lot.world.store, lot.world.settings, alive)
    assert said
    assert not job.once(lot.world.store, lot.world.settings, lives)


def test_a_worker_that_stops_gives_back_what_it_prepared_and_is_not_blamed(lot: Lot) -> None:
    key = asked(lot)
    for _ in range(ATTEMPTS + 1):
        prepare(lot.world.store, claimed(lot), lambda: False)
        assert lot.selection(key)["state"] == "preparing"
    lot.world.falls_due()
    assert lot.selection(key)["state"] == "committed"


def away(*_: object) -> None:
    raise OperationalError("select", {}, Exception("the server closed the connection"))


def test_a_database_that_is_away_for_a_moment_costs_no_work(
    lot: Lot, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = asked(lot)
    monkeypatch.setattr(preparing, "TOLD_EVERY", 0)
    monkeypatch.setattr(preparing, "advance_selection", away)
    prepare(lot.world.store, claimed(lot), lives)
    assert lot.selection(key)["state"] == "committed"


def test_a_database_that_stays_away_is_not_the_selections_fault(
    lot: Lot, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = asked(lot)
    with monkeypatch.context() as patched:
        patched.setattr(preparing, "commit_selection", away)
        for _ in range(ATTEMPTS + 1):
            with pytest.raises(OperationalError):
                prepare(lot.world.store, claimed(lot), lives)
    lot.world.falls_due()
    assert lot.selection(key)["state"] == "committed"
