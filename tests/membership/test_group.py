from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from beraad.domain import InvalidRequest, NotFound, Stale
from beraad_membership.domain.composition import CompositionPolicy, GroupIsFull
from beraad_membership.domain.events import (
    CompositionChanged,
    GroupEnded,
    RoleAssigned,
    RoleWithdrawn,
    SeatFilled,
    SeatVacated,
)
from beraad_membership.domain.groups import (
    AlreadySeated,
    Group,
    GroupHasEnded,
    RenewalLimitReached,
    SeatIsVacant,
    TermOutsideMandate,
    months_after,
)
from membership.vocabulary import ANNA, AUGUST, BRAM, JULY, JUNE, MAY, a_group, a_policy, a_seat, facts


def test_a_group_is_created_with_its_policy_and_empty_seats() -> None:
    group = a_group(a_policy(12, required=("facilitator",)))

    created, policy, composition = group.created()

    assert facts([created, policy, composition]) == ["GroupCreated", "PolicyChanged", "CompositionChanged"]
    assert [event.revision for event in (created, policy, composition)] == [1, 2, 3]
    assert composition == CompositionChanged(
        group_id=group.id,
        revision=3,
        seats_filled=0,
        seats_max=12,
        complete=False,
        representative=True,
        coordinators_present=False,
        missing_roles=("facilitator",),
        unmet_quotas=(),
    )


def test_a_mandate_ends_after_it_starts() -> None:
    with pytest.raises(InvalidRequest) as refused:
        a_group(starts_on=JUNE, ends_on=JUNE)
    assert refused.value.pointer == "/ends_on"


def test_a_mandate_may_be_open() -> None:
    assert a_group(ends_on=None).ends_on is None


def test_every_event_of_a_group_is_one_revision() -> None:
    group = a_group()

    events = [
        *group.created(),
        *group.appoint([a_seat(group), a_seat(group, ANNA)]),
        *group.assign_role(ANNA, "facilitator"),
        *group.update({"name": "Homes"}, group.revision),
        *group.vacate(group.seats[1].id, "resigned", JULY),
        *group.end(AUGUST),
    ]

    assert [event.revision for event in events] == list(range(1, len(events) + 1))
    assert group.revision == len(events)


# -- changing ------------------------------------------------------------------------------------------------


def test_a_group_changes_only_from_the_revision_that_was_read() -> None:
    group = a_group()
    group.created()
    with pytest.raises(Stale) as refused:
        group.update({"name": "Homes"}, 2)
    assert refused.value.facts == {"revision": 3}

    (updated,) = group.update({"name": "Homes"}, 3)

    assert updated.revision == 4
    assert group.name == "Homes"


def test_a_changed_mandate_still_ends_after_it_starts() -> None:
    with pytest.raises(InvalidRequest):
        a_group().update({"ends_on": MAY}, None)


def test_another_policy_counts_its_version_and_leaves_seats_filled() -> None:
    group = a_group(a_policy(3))
    group.appoint([a_seat(group), a_seat(group)])

    changed, composition = group.change_policy(a_policy(1), None)

    assert changed.policy_version == 2  # type: ignore[attr-defined]
    assert (composition.seats_filled, composition.seats_max) == (2, 1)  # type: ignore[attr-defined]
    with pytest.raises(GroupIsFull):
        group.appoint([a_seat(group)])


def test_a_policy_changes_only_from_the_revision_that_was_read() -> None:
    with pytest.raises(Stale):
        a_group().change_policy(a_policy(), 7)


# -- seats ---------------------------------------------------------------------------------------------------


def test_appointing_fills_each_seat_and_tells_the_composition_once() -> None:
    group = a_group(a_policy(12))
    seats = [a_seat(group, ANNA), a_seat(group, BRAM)]

    filled = group.appoint(seats)

    assert facts(filled) == ["SeatFilled", "SeatFilled", "CompositionChanged"]
    assert filled[0] == SeatFilled(
        group_id=group.id, revision=1, seat_id=seats[0].id, person_id=ANNA, starts_on=JUNE, ends_on=AUGUST
    )


def test_appointing_nobody_changes_nothing() -> None:
    group = a_group()
    assert group.appoint([]) == []
    assert group.revision == 0


def test_the_thirteenth_of_twelve_seats_is_refused() -> None:
    group = a_group(a_policy(12))
    group.appoint([a_seat(group) for _ in range(12)])
    with pytest.raises(GroupIsFull) as refused:
        group.appoint([a_seat(group)])
    assert refused.value.facts == {"seats_max": 12}


def test_a_person_holds_one_seat_in_a_group() -> None:
    group = a_group()
    group.appoint([a_seat(group, ANNA)])
    with pytest.raises(AlreadySeated):
        group.appoint([a_seat(group, ANNA)])


def test_a_person_may_return_after_leaving() -> None:
    group = a_group()
    group.appoint([a_seat(group, ANNA)])
    group.vacate(group.seats[0].id, "resigned", JULY)
    group.appoint([a_seat(group, ANNA, starts_on=JULY)])
    assert [seat.person_id for seat in group.filled] == [ANNA]


def test_a_term_begins_and_ends_within_the_mandate() -> None:
    group = a_group(starts_on=JUNE, ends_on=AUGUST)
    for starts_on, ends_on in ((MAY, JULY), (JUNE, AUGUST.replace(day=2))):
        with pytest.raises(TermOutsideMandate):
            group.appoint([a_seat(group, starts_on=starts_on, ends_on=ends_on)])


def test_a_term_without_end_fits_a_mandate_with_one() -> None:
    group = a_group()
    group.appoint([a_seat(group, ends_on=None)])
    assert len(group.filled) == 1


def test_a_term_ends_after_it_starts() -> None:
    with pytest.raises(InvalidRequest) as refused:
        a_seat(a_group(), starts_on=JULY, ends_on=JULY)
    assert refused.value.pointer == "/ends_on"


def test_a_vacated_seat_takes_the_coordinating_roles_along_but_leaves_a_guest_a_guest() -> None:
    group = a_group(a_policy(12, required=("facilitator",)))
    group.appoint([a_seat(group, ANNA), a_seat(group, BRAM)])
    for person, role in ((ANNA, "facilitator"), (ANNA, "guest"), (BRAM, "secretary")):
        group.assign_role(person, role)
    seat = group.seats[0]

    vacated = group.vacate(seat.id, "removed", JULY)

    assert facts(vacated) == ["SeatVacated", "RoleWithdrawn", "CompositionChanged"]
    assert isinstance(vacated[0], SeatVacated)
    assert vacated[0].reason == "removed"
    assert (seat.vacated_on, seat.vacated_reason) == (JULY, "removed")
    assert {(role.person_id, role.role) for role in group.roles} == {(ANNA, "guest"), (BRAM, "secretary")}


def test_a_seat_is_vacated_once() -> None:
    group = a_group()
    group.appoint([a_seat(group)])
    group.vacate(group.seats[0].id, "resigned", JULY)
    with pytest.raises(SeatIsVacant):
        group.vacate(group.seats[0].id, "resigned", JULY)


def test_only_a_seat_of_the_group_is_vacated() -> None:
    with pytest.raises(NotFound):
        a_group().vacate(ANNA, "resigned", JULY)


# -- roles ---------------------------------------------------------------------------------------------------


def test_a_role_is_assigned_once_per_person() -> None:
    group = a_group(a_policy(required=("facilitator",)))

    assigned, composition = group.assign_role(ANNA, "facilitator")

    assert assigned == RoleAssigned(group_id=group.id, revision=1, person_id=ANNA, role="facilitator")
    assert composition.coordinators_present  # type: ignore[attr-defined]
    assert group.assign_role(ANNA, "facilitator") == []
    group.assign_role(ANNA, "secretary")
    group.assign_role(BRAM, "facilitator")


def test_a_role_is_withdrawn_from_who_has_it() -> None:
    group = a_group()
    group.assign_role(ANNA, "expert")
    with pytest.raises(NotFound):
        group.withdraw_role(BRAM, "expert")
    with pytest.raises(NotFound):
        group.withdraw_role(ANNA, "guest")

    withdrawn, _ = group.withdraw_role(ANNA, "expert")

    assert withdrawn == RoleWithdrawn(group_id=group.id, revision=3, person_id=ANNA, role="expert")
    assert group.roles == []


# -- the end -------------------------------------------------------------------------------------------------


def ended() -> Group:
    group = a_group()
    group.appoint([a_seat(group, ANNA)])
    group.end(JULY)
    return group


def test_a_group_ends_once() -> None:
    group = a_group()
    assert group.end(JULY) == [GroupEnded(group_id=group.id, revision=1, ended_on=JULY, member_ids=())]
    with pytest.raises(GroupHasEnded):
        group.end(JULY)


def test_in_an_ended_group_nobody_is_appointed_or_given_a_role() -> None:
    group = ended()
    with pytest.raises(GroupHasEnded):
        group.appoint([a_seat(group)])
    with pytest.raises(GroupHasEnded):
        group.assign_role(ANNA, "facilitator")


def test_a_group_that_ends_tells_so_first_and_then_of_every_seat_and_coordinator() -> None:
    group = a_group()
    group.appoint([a_seat(group, ANNA), a_seat(group, BRAM)])
    group.assign_role(ANNA, "facilitator")
    group.assign_role(BRAM, "guest")
    told = group.end(JULY)
    assert isinstance(told[0], GroupEnded)
    assert told[0].member_ids == (ANNA, BRAM)
    assert group.roles == []
    left = ["SeatVacated", "RoleWithdrawn", "CompositionChanged"]
    guest = ["SeatVacated", "CompositionChanged", "RoleWithdrawn", "CompositionChanged"]
    assert facts(told) == ["GroupEnded", *left, *guest]
    assert {seat.vacated_reason for seat in group.seats} == {"term_ended"}
    assert group.filled == []


def test_a_group_of_many_ends_in_several_events_that_name_each_member_once() -> None:
    group = a_group(CompositionPolicy(size_max=250))
    people = [UUID(int=number) for number in range(1, 251)]
    group.appoint([a_seat(group, person) for person in people])
    told = [one for one in group.end(JULY) if isinstance(one, GroupEnded)]
    assert [len(one.member_ids) for one in told] == [100, 100, 50]
    assert [person for one in told for person in one.member_ids] == people
    assert len({one.revision for one in told}) == 3


def test_health_counts_seats_that_are_held_by_profile() -> None:
    group = a_group(replace(a_policy(4, user=(1, 2), client=(1, 2)), size_min=2))
    group.appoint([a_seat(group, ANNA, "user"), a_seat(group, BRAM, "client")])
    assert group.health().complete
    assert group.health().representative

    group.vacate(group.seats[1].id, "resigned", JULY)

    health = group.health()
    assert (health.seats_filled, health.complete, health.representative) == (1, False, False)
    assert health.filled_by_profile == {"user": 1}


# -- terms ---------------------------------------------------------------------------------------------------


def test_a_term_is_renewed_as_often_as_the_policy_permits() -> None:
    group = a_group(CompositionPolicy(renewals_max=1))
    for starts_on, ends_on in ((MAY, JUNE), (JUNE, JULY)):
        group.appoint([a_seat(group, ANNA, starts_on=starts_on, ends_on=ends_on)])
        group.vacate(group.filled[0].id, "term_ended", ends_on)
    with pytest.raises(RenewalLimitReached):
        group.appoint([a_seat(group, ANNA, starts_on=JULY)])
    group.appoint([a_seat(group, BRAM, starts_on=JULY)])


def test_a_seat_that_was_left_early_is_no_term() -> None:
    group = a_group(CompositionPolicy(renewals_max=0))
    group.appoint([a_seat(group, ANNA, starts_on=MAY)])
    group.vacate(group.filled[0].id, "resigned", JUNE)
    group.appoint([a_seat(group, ANNA, starts_on=JUNE)])


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2017, 1, 31), 1, date(2017, 2, 28)),
        (date(2019, 11, 30), 3, date(2020, 2, 29)),
        (date(2017, 12, 1), 12, date(2018, 12, 1)),
        (date(2017, 12, 15), 1, date(2018, 1, 15)),
        (date(9999, 12, 15), 1, date(9999, 12, 31)),
    ],
)
def test_a_term_of_months_ends_on_the_same_day_or_the_months_last(
    day: date, months: int, later: date
) -> None:
    assert months_after(day, months) == later


def test_an_open_mandate_without_terms_names_no_end() -> None:
    assert a_group(ends_on=None).term_from(JUNE) is None
