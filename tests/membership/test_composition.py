"""The composition policy, its rules one by one and then against brute force."""

from collections import Counter
from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beraad.domain import DomainError, InvalidRequest
from beraad_membership.domain.composition import (
    CompositionPolicy,
    GroupIsFull,
    Quota,
    QuotaExceeded,
    QuotaUnreachable,
)
from membership.vocabulary import SMART_POLICY, a_policy

PROFILES = ("client", "staff", "user", "none")
USER = {"profile": "user"}


def seats(*profiles: str) -> list[dict[str, str]]:
    return [{"profile": profile} for profile in profiles]


@pytest.mark.parametrize(
    ("size_min", "size_max", "quotas", "pointer"),
    [
        (0, 12, {}, "/size_min"),
        (13, 12, {}, "/size_min"),
        (1, 12, {"user": Quota(3, 2)}, "/quotas/user"),
        (1, 12, {"user": Quota(-1, 2)}, "/quotas/user"),
        (1, 5, {"user": Quota(3, 3), "client": Quota(3, 3)}, "/quotas"),
    ],
)
def test_a_policy_no_group_can_satisfy_is_refused(
    size_min: int, size_max: int, quotas: dict[str, Quota], pointer: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        CompositionPolicy(size_min=size_min, size_max=size_max, quotas=quotas)
    assert refused.value.pointer == pointer


def test_a_policy_is_kept_as_a_document() -> None:
    languages = {"language": {"nl": {"min": 1, "max": 6}}}
    more = {"term_months": 24, "renewals_max": 1, "version": 3, "attribute_quotas": languages}
    policy = CompositionPolicy.from_document({**SMART_POLICY, **more})
    assert CompositionPolicy.from_document(policy.to_document()) == policy
    assert CompositionPolicy.from_document({}) == CompositionPolicy()


def test_a_group_is_full_before_its_quotas_are_looked_at() -> None:
    with pytest.raises(GroupIsFull):
        a_policy(2, user=(0, 2)).refuse_unfit(seats("user", "user"), USER)


def test_a_quota_is_not_exceeded() -> None:
    with pytest.raises(QuotaExceeded) as refused:
        a_policy(12, user=(0, 1)).refuse_unfit(seats("user"), USER)
    assert refused.value.facts == {"profile": "user"}


def test_a_seat_is_kept_for_a_profile_that_must_be_represented() -> None:
    policy = a_policy(3, user=(0, 3), client=(1, 3))
    policy.refuse_unfit(seats("user"), USER)
    with pytest.raises(QuotaUnreachable) as refused:
        policy.refuse_unfit(seats("user", "user"), USER)
    assert refused.value.facts == {"owed": {"client": 1}}
    policy.refuse_unfit(seats("user", "user"), {"profile": "client"})


def test_required_roles_that_nobody_has_are_missing() -> None:
    health = a_policy(2, required=("facilitator", "board_link")).health([], ["facilitator", "guest"])
    assert health.missing_roles == ("board_link",)
    assert not health.coordinators_present


# -- other attributes than the profile ------------------------------------------------------------------------


def bilingual(size: int = 4, **languages: tuple[int, int]) -> CompositionPolicy:
    quotas = {language: Quota(*limits) for language, limits in languages.items()}
    return CompositionPolicy(size_max=size, attribute_quotas={"language": quotas})


def speaking(language: str) -> dict[str, str]:
    return {"profile": "user", "language": language}


@pytest.mark.parametrize(
    ("quotas", "pointer"),
    [
        ({"language": {"nl": Quota(3, 2)}}, "/attribute_quotas/language/nl"),
        ({"language": {"nl": Quota(2, 2), "fr": Quota(3, 3)}}, "/attribute_quotas/language"),
        ({"profile": {"user": Quota(1, 2)}}, "/attribute_quotas/profile"),
    ],
)
def test_quotas_of_any_attribute_are_possible(quotas: dict[str, dict[str, Quota]], pointer: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        CompositionPolicy(size_max=4, attribute_quotas=quotas)
    assert refused.value.pointer == pointer


def test_a_quota_of_another_attribute_is_not_exceeded() -> None:
    policy = bilingual(nl=(0, 1))
    policy.refuse_unfit([speaking("nl")], speaking("fr"))
    with pytest.raises(QuotaExceeded) as refused:
        policy.refuse_unfit([speaking("nl")], speaking("nl"))
    assert refused.value.facts == {"attribute": "language", "value": "nl"}


def test_a_seat_is_kept_for_another_attribute_that_must_be_represented() -> None:
    policy = bilingual(2, nl=(1, 2))
    with pytest.raises(QuotaUnreachable):
        policy.refuse_unfit([speaking("fr")], speaking("fr"))
    policy.refuse_unfit([speaking("fr")], speaking("nl"))


def test_a_group_tells_of_each_quota_whether_it_is_met() -> None:
    policy = CompositionPolicy(
        size_max=4,
        quotas={"user": Quota(0, 1)},
        attribute_quotas={"language": {"nl": Quota(1, 2), "fr": Quota(0, 4)}},
    )
    health = policy.health([speaking("fr"), speaking("fr")], [])
    told = [(quota.attribute, quota.value, quota.filled, quota.met) for quota in health.quotas]
    assert told == [
        ("profile", "user", 2, False),
        ("language", "fr", 2, True),
        ("language", "nl", 0, False),
    ]
    assert [quota.value for quota in health.unmet] == ["user", "nl"]
    assert not health.representative


# -- against brute force -------------------------------------------------------------------------------------


@st.composite
def policies(draw: st.DrawFn) -> CompositionPolicy:
    size_max = draw(st.integers(1, 6))
    quotas: dict[str, Quota] = {}
    for profile in draw(st.sets(st.sampled_from(PROFILES[:3]))):
        low = draw(st.integers(0, size_max - sum(quota.min for quota in quotas.values())))
        quotas[profile] = Quota(low, draw(st.integers(low, 6)))
    return CompositionPolicy(size_min=draw(st.integers(1, size_max)), size_max=size_max, quotas=quotas)


def representative_groups(policy: CompositionPolicy) -> Iterator[Counter[str]]:
    """Every group the policy allows in the end, by counting them all."""
    for counts in product(range(policy.size_max + 1), repeat=len(PROFILES)):
        group = Counter(dict(zip(PROFILES, counts, strict=True)))
        within = all(q.min <= group[p] <= q.max for p, q in policy.quotas.items())
        if within and policy.size_min <= group.total() <= policy.size_max:
            yield group


def may_join(policy: CompositionPolicy, filled: list[str], joining: str) -> bool:
    try:
        policy.refuse_unfit(seats(*filled), {"profile": joining})
    except DomainError:
        return False
    return True


@given(policies(), st.lists(st.sampled_from(PROFILES), max_size=9))
def test_a_seat_is_filled_exactly_when_the_group_can_still_become_what_its_policy_asks(
    policy: CompositionPolicy, joiners: list[str]
) -> None:
    possible = list(representative_groups(policy))
    filled: list[str] = []
    for joining in joiners:
        grown = Counter([*filled, joining])
        reachable = any(grown <= group for group in possible)
        assert may_join(policy, filled, joining) == reachable, (policy, filled, joining)
        if reachable:
            filled.append(joining)


@given(policies(), st.permutations(PROFILES * 6))
def test_whoever_comes_first_the_group_ends_complete_and_representative(
    policy: CompositionPolicy, queue: list[str]
) -> None:
    filled: list[str] = []
    for joining in queue:
        if may_join(policy, filled, joining):
            filled.append(joining)
    health = policy.health(seats(*filled), [])
    assert health.representative
    assert health.complete
    assert health.seats_filled == policy.size_max


@given(policies(), st.lists(st.sampled_from(PROFILES), max_size=8))
def test_health_agrees_with_counting(policy: CompositionPolicy, filled: list[str]) -> None:
    counts = Counter(filled)
    health = policy.health(seats(*filled), [])
    assert health.seats_filled == len(filled)
    assert health.complete == (len(filled) >= policy.size_min)
    assert health.representative == all(
        counts[profile] in range(quota.min, quota.max + 1) for profile, quota in policy.quotas.items()
    )
    assert sum(health.filled_by_profile.values()) == len(filled)
