"""Filling a seat from the reserve: the first who fits, everybody passed over for a reason, no quota relaxed."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beraad.identifiers import new_id
from beraad_membership.domain.composition import CompositionPolicy, Quota
from beraad_membership.domain.groups import Group, Seat
from beraad_membership.domain.requirements import Bound
from beraad_membership.domain.vacancies import Vacancy, VacancyIsFilled, Waiting, blocking_set
from membership.vocabulary import ANNA, JUNE, NOON, a_candidacy, a_group, a_policy, a_seat


def a_vacancy(group: Group, size: int) -> Vacancy:
    return Vacancy(seat_id=new_id(), group_id=group.id, size=size, ends_on=None, opened_at=NOON)


def waiting(group: Group, *profiles: str, **changes: Any) -> list[Waiting]:
    return [
        Waiting(
            place,
            a_candidacy(group.id, new_id()),
            a_seat(group, profile=profile),
            **{"conflicted": False, **changes},
        )
        for place, profile in enumerate(profiles, 1)
    ]


def held_by(policy: CompositionPolicy, *profiles: str) -> Group:
    group = a_group(policy)
    group.seats = [a_seat(group, profile=profile) for profile in profiles]
    return group


def test_the_first_of_the_reserve_sits_down() -> None:
    group = held_by(a_policy(3, user=(0, 3)), "user", "user")
    reserve = waiting(group, "user", "user")
    vacancy = a_vacancy(group, 3)
    assert vacancy.fill_from(group, reserve) is reserve[0]
    assert (vacancy.skipped, vacancy.blocking) == ([], [])


def test_whoever_would_break_the_composition_is_passed_over_and_told_why() -> None:
    group = held_by(a_policy(3, user=(0, 2), client=(1, 3)), "user", "user")
    reserve = waiting(group, "user", "client")
    vacancy = a_vacancy(group, 3)
    assert vacancy.fill_from(group, reserve) is reserve[1]
    (skipped,) = vacancy.skipped
    assert (skipped["candidacy_id"], skipped["code"]) == (str(reserve[0].candidacy.id), "QuotaExceeded")


def test_a_minimum_is_kept_although_more_seats_could_be_added_later() -> None:
    """Of 10 to 12 seats 10 were held: the tenth must be a client again, not perhaps the eleventh."""
    policy = CompositionPolicy(size_min=3, size_max=5, quotas={"client": Quota(1, 2)})
    group = held_by(policy, "user", "user")
    vacancy = a_vacancy(group, 3)
    assert vacancy.fill_from(group, waiting(group, "user")) is None
    assert vacancy.skipped[0]["code"] == "QuotaUnreachable"
    assert vacancy.blocking == [{"attribute": "profile", "value": "client", "side": "min", "limit": 1}]


def test_whoever_withdrew_or_has_a_conflict_is_passed_over() -> None:
    group = held_by(a_policy(2), "user")
    gone, conflicted, fits = waiting(group, "user", "user", "user")
    gone.candidacy.withdrawn_at = NOON
    (conflicted,) = waiting(group, "user", conflicted=True)
    vacancy = a_vacancy(group, 2)
    assert vacancy.fill_from(group, [gone, conflicted, fits]) is fits
    assert [one["code"] for one in vacancy.skipped] == ["CandidacyAlreadyWithdrawn", "HasConflictOfInterest"]


def test_whoever_sits_there_already_is_passed_over_and_blocks_no_quota() -> None:
    group = held_by(a_policy(2, user=(0, 2)), "user")
    (seated,) = waiting(group, "user")
    seated.seat.person_id = group.seats[0].person_id
    vacancy = a_vacancy(group, 2)
    assert vacancy.fill_from(group, [seated]) is None
    assert ([one["code"] for one in vacancy.skipped], vacancy.blocking) == (["AlreadySeated"], [])


def test_no_quota_is_to_blame_where_no_seat_is_left() -> None:
    """The policy permits fewer seats by now than are held: whoever leaves one is not replaced."""
    group = held_by(a_policy(2, user=(0, 2)), "user", "user")
    vacancy = a_vacancy(group, 3)
    assert vacancy.fill_from(group, waiting(group, "user")) is None
    assert ([one["code"] for one in vacancy.skipped], vacancy.blocking) == (["GroupIsFull"], [])


def test_minimums_that_can_be_kept_one_by_one_and_not_together_block_together() -> None:
    group = held_by(a_policy(4, user=(2, 4), client=(2, 4)), "user")
    vacancy = a_vacancy(group, 4)
    assert vacancy.fill_from(group, waiting(group, "staff")) is None
    assert [(one["value"], one["side"]) for one in vacancy.blocking] == [("client", "min"), ("user", "min")]


def test_a_quota_that_was_exceeded_before_blocks_nobody_it_is_not_about() -> None:
    policy = CompositionPolicy(size_max=4, quotas={"user": Quota(0, 1), "client": Quota(1, 2)})
    group = held_by(policy, "user", "user", "client", "staff")
    group.seats[2].vacated_on = JUNE
    vacancy = a_vacancy(group, 4)
    assert vacancy.fill_from(group, waiting(group, "staff")) is None
    assert [(one["value"], one["side"]) for one in vacancy.blocking] == [("client", "min")]


def test_a_vacancy_is_filled_once() -> None:
    group = held_by(a_policy(2), "user")
    vacancy = a_vacancy(group, 2)
    vacancy.fill(ANNA, NOON)
    with pytest.raises(VacancyIsFilled):
        vacancy.fill_from(group, waiting(group, "user"))


PROFILES, LANGUAGES = ("user", "client"), ("nl", "fr")


@st.composite
def stories(draw: st.DrawFn) -> tuple[Group, list[Waiting], Vacancy]:
    def quotas(values: tuple[str, ...]) -> dict[str, Quota]:
        low = {value: draw(st.integers(0, 2)) for value in values}
        return {value: Quota(least, draw(st.integers(least, 4))) for value, least in low.items()}

    policy = CompositionPolicy(
        size_max=6, quotas=quotas(PROFILES), attribute_quotas={"language": quotas(LANGUAGES)}
    )
    group = a_group(policy)
    everybody = st.lists(st.sampled_from(list(product(PROFILES, LANGUAGES))), max_size=5)
    reserve: list[Seat] = []
    for seats in (group.seats, reserve):
        for profile, language in draw(everybody):
            seat = a_seat(group, profile=profile, starts_on=JUNE)
            seat.attributes = {"language": language}
            seats.append(seat)
    queue = [Waiting(place, a_candidacy(group.id), seat, False) for place, seat in enumerate(reserve, 1)]
    return group, queue, a_vacancy(group, len(group.seats) + 1)


def keeps_the_policy(group: Group, joining: Seat, size: int) -> bool:
    """Whether the group with that seat could still become, within that size, what its policy asks for."""
    seated = [*(seat.counted_as for seat in group.filled), joining.counted_as]
    for attribute, quotas in {"profile": group.policy.quotas, **group.policy.attribute_quotas}.items():
        counts = {value: sum(one[attribute] == value for one in seated) for value in quotas}
        if counts[joining.counted_as[attribute]] > quotas[joining.counted_as[attribute]].max:
            return False
        if sum(max(0, quota.min - counts[value]) for value, quota in quotas.items()) > size - len(seated):
            return False
    return True


@given(stories())
def test_a_vacancy_is_never_filled_against_the_policy_and_never_left_where_somebody_fits(
    story: tuple[Group, list[Waiting], Vacancy],
) -> None:
    group, reserve, vacancy = story
    size = vacancy.target(group)
    fitting = [one for one in reserve if keeps_the_policy(group, one.seat, size)]
    assert vacancy.fill_from(group, reserve) is next(iter(fitting), None)
    passed_over = [one for one in reserve if not fitting or one.position < fitting[0].position]
    assert [one["position"] for one in vacancy.skipped] == [one.position for one in passed_over]


@given(stories())
def test_what_blocks_everybody_is_irreducible(story: tuple[Group, list[Waiting], Vacancy]) -> None:
    group, reserve, vacancy = story
    seats, size = [one.seat for one in reserve], vacancy.target(group)
    if vacancy.fill_from(group, reserve) is not None or not seats or len(group.filled) >= size:
        return

    def kept(seat: Seat, bounds: Sequence[Bound]) -> bool:
        """As `keeps_the_policy` does, with a policy of these bounds alone."""
        quotas: dict[str, dict[str, Quota]] = {"profile": {}, "language": {}}
        for attribute, value in product(quotas, (*PROFILES, *LANGUAGES)):
            limits = {b.side: b.limit for b in bounds if (b.attribute, b.value) == (attribute, value)}
            least, most = limits.get("min", 0), limits.get("max", 100)
            quotas[attribute][value] = Quota(least, most)
        bounded = replace(
            group,
            policy=CompositionPolicy(size_max=100, quotas=quotas.pop("profile"), attribute_quotas=quotas),
        )
        return keeps_the_policy(bounded, seat, size)

    blocking = blocking_set(group, seats, size)
    assert blocking
    assert not any(kept(seat, blocking) for seat in seats)
    for bound in blocking:
        others = [one for one in blocking if one != bound]
        assert any(kept(seat, others) for seat in seats)
