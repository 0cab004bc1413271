"""Profiles and from when to when people have them."""

from datetime import date

import pytest

from beraad.domain import InvalidRequest
from beraad_membership.domain.profiles import (
    ProfileEndsBeforeItStarts,
    ProfileNotOffered,
    ProfileTerm,
    ProfileTermsOverlap,
    names_on,
    next_change,
    refuse_unfit,
    renamed,
    unlimited,
)
from membership.vocabulary import AUGUST, JULY, JUNE, MAY, a_person

USER = ProfileTerm("user")


def client(starts_on: date | None = None, ends_on: date | None = None) -> ProfileTerm:
    return ProfileTerm("client", starts_on, ends_on)


def test_a_term_holds_from_its_first_day_and_no_more_on_its_last() -> None:
    held = [day for day in (MAY, JUNE, JULY, AUGUST) if client(JUNE, AUGUST).holds_on(day)]
    assert held == [JUNE, JULY]
    assert client().holds_on(MAY)


def test_a_term_ends_after_it_starts() -> None:
    with pytest.raises(ProfileEndsBeforeItStarts):
        client(JULY, JULY)


def test_the_profiles_of_a_day_are_those_whose_term_it_lies_in_in_the_order_of_their_terms() -> None:
    terms = (client(JUNE, AUGUST), USER, ProfileTerm("staff", AUGUST))
    assert [names_on(terms, day) for day in (MAY, JUNE, AUGUST)] == [
        ["user"],
        ["client", "user"],
        ["user", "staff"],
    ]
    assert [next_change(terms, day) for day in (MAY, JUNE, AUGUST)] == [JUNE, AUGUST, None]


def test_names_said_for_today_keep_end_and_start_terms_and_leave_the_rest() -> None:
    past, future = client(None, MAY), ProfileTerm("partner", AUGUST)
    terms = (past, USER, ProfileTerm("staff", JUNE), future)

    changed = renamed(terms, ["partner", "user", "user"], JULY)

    assert changed == (
        ProfileTerm("partner", JULY, AUGUST),
        USER,
        ProfileTerm("staff", JUNE, JULY),
        past,
        future,
    )
    refuse_unfit(changed, ())


def test_what_started_today_and_ends_today_was_never_held() -> None:
    assert renamed((ProfileTerm("staff", JULY),), [], JULY) == ()


def test_a_profile_is_held_once_at_a_time() -> None:
    refuse_unfit((client(MAY, JUNE), client(JUNE)), ())
    with pytest.raises(ProfileTermsOverlap):
        refuse_unfit((client(MAY, JULY), client(JUNE)), ())
    with pytest.raises(ProfileTermsOverlap):
        refuse_unfit((USER, client(), client(JUNE)), ())


def test_an_organisation_that_names_its_profiles_has_no_others_but_those_still_held() -> None:
    offered = ("user", "client")
    refuse_unfit(unlimited(["user", "client"]), offered)
    with pytest.raises(ProfileNotOffered) as refused:
        refuse_unfit(unlimited(["user", "friend"]), offered)
    assert "friend" in refused.value.detail
    assert isinstance(refused.value, InvalidRequest)
    refuse_unfit(unlimited(["friend"]), offered, held=unlimited(["friend"]))


def test_terms_are_stored_as_they_are() -> None:
    terms = (USER, client(JUNE), client(None, MAY), client(MAY, JUNE))
    assert tuple(ProfileTerm.from_document(term.to_document()) for term in terms) == terms
    assert USER.to_document() == {"profile": "user"}


def test_a_persons_profiles_become_those_of_the_day_once() -> None:
    person = a_person()
    person.hold((USER, client(JUNE, AUGUST)), MAY)
    assert (person.profiles, person.profiles_change_on) == (["user"], JUNE)

    updated = person.renew_profiles(JUNE)

    assert updated is not None
    assert (updated.profiles, updated.revision) == (("user", "client"), 2)
    assert person.renew_profiles(JUNE) is None
    assert (person.revision, person.profiles_change_on) == (2, AUGUST)
