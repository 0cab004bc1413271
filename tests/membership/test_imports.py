"""The rules of importing people: whom a row means, and how an import goes on and ends."""

from typing import Any

import pytest

from beraad.identifiers import new_id
from beraad_membership.domain.imported_rows import (
    ExternalIdDiffers,
    ImportedPerson,
    Known,
    TwiceInTheFile,
    person_meant,
)
from beraad_membership.domain.imports import (
    ATTEMPTS,
    MOVES,
    UNFINISHED,
    ImportHasEnded,
    ImportState,
    PeopleImport,
    RowResult,
)
from beraad_membership.domain.people import EmailAlreadyRegistered
from beraad_membership.domain.profiles import ProfileTerm, unlimited
from membership.vocabulary import ANNA, BRAM, JUNE, NOON, a_person

REGISTERED, REFUSED = RowResult.REGISTERED, RowResult.REFUSED


def a_row(**more: Any) -> ImportedPerson:
    return ImportedPerson(**{"name": "Anna", "email": "anna@smart.test", **more})


def an_import(rows: int = 3) -> PeopleImport:
    return PeopleImport(id=new_id(), dry_run=False, created_by=ANNA, created_at=NOON, rows_total=rows)


def test_a_row_of_nobody_known_is_somebody_new() -> None:
    assert person_meant(a_row(external_id="1"), None, None) is None


def test_the_external_id_decides_whom_a_row_means() -> None:
    anna = a_person(external_id="1")
    assert person_meant(a_row(external_id="1", email="new@smart.test"), anna, None) is anna
    assert person_meant(a_row(external_id="1"), anna, anna) is anna


def test_an_address_of_somebody_else_is_not_taken_over() -> None:
    with pytest.raises(EmailAlreadyRegistered):
        person_meant(a_row(external_id="1"), a_person(external_id="1"), a_person(id=BRAM))


def test_whoever_is_known_by_address_gets_the_external_id_unless_they_have_another() -> None:
    anna = a_person()
    assert person_meant(a_row(external_id="1"), None, anna) is anna
    with pytest.raises(ExternalIdDiffers):
        person_meant(a_row(external_id="2"), None, a_person(external_id="1"))


def test_without_external_id_a_known_address_is_refused_unless_the_row_says_nothing_new() -> None:
    anna = a_person()
    assert person_meant(a_row(language="nl"), None, anna) is anna
    with pytest.raises(EmailAlreadyRegistered):
        person_meant(a_row(language="fr"), None, anna)


def test_what_a_row_does_not_say_is_no_difference() -> None:
    anna = a_person()
    assert a_row().differences(anna) == {}
    assert a_row(profile_terms=unlimited(["user"])).differences(anna) == {}
    changed = a_row(name="Ann", profile_terms=())
    assert changed.differences(anna) == {"name": "Ann", "profile_terms": ()}


def test_a_person_stands_once_in_a_file_by_address_and_by_external_id() -> None:
    known = Known.of([], taken=a_row(external_id="1").keys)
    for row in (a_row(), a_row(external_id="1", email="other@smart.test")):
        with pytest.raises(TwiceInTheFile):
            known.meant_by(row)
    assert known.meant_by(a_row(external_id="2", email="other@smart.test")) is None


def test_people_are_known_by_what_they_have_now() -> None:
    anna, bram = a_person(external_id="1"), a_person(id=BRAM, email="bram@smart.test")
    known = Known.of([anna, bram], taken=set())
    assert known.meant_by(a_row(external_id="1")) is anna
    assert known.meant_by(a_row(name="Anna", email="bram@smart.test")) is bram


@pytest.mark.parametrize(
    "row",
    [
        a_row(),
        a_row(language="nl", time_zone="Europe/Brussels", external_id="1", profile_terms=()),
        a_row(profile_terms=(ProfileTerm("user"), ProfileTerm("client", JUNE))),
    ],
)
def test_rows_are_stored_as_they_are(row: ImportedPerson) -> None:
    assert ImportedPerson.from_document(row.to_document()) == row


def test_an_import_counts_what_became_of_its_rows_and_is_done_with_the_last() -> None:
    one = an_import()
    one.progress([REGISTERED, REFUSED], NOON)
    counts = (one.state, one.rows_done, one.registered, one.refused, one.started_at, one.ended_at)
    assert counts == (ImportState.RUNNING, 2, 1, 1, NOON, None)
    one.progress([REGISTERED], NOON)
    assert (one.state, one.registered, one.ended_at) == (ImportState.DONE, 2, NOON)


def test_a_piece_that_fails_is_tried_again_but_not_for_ever() -> None:
    one = an_import(rows=ATTEMPTS)
    one.piece_failed("Broken", NOON)
    assert (one.state, one.failure) == (ImportState.RUNNING, "Broken")
    one.progress([REGISTERED], NOON)
    for _ in range(ATTEMPTS):
        assert not one.ended
        one.piece_failed("Broken", NOON)
    assert (one.state, one.failure, one.ended_at) == (ImportState.FAILED, "Broken", NOON)


def test_an_import_that_is_done_tells_of_no_failure() -> None:
    one = an_import(rows=1)
    one.piece_failed("Broken", NOON)
    one.progress([REGISTERED], NOON)
    assert one.failure is None


def test_an_import_is_cancelled_until_it_has_ended() -> None:
    one = an_import()
    one.cancel(NOON)
    one.cancel(NOON)
    assert (one.state, one.revision) == (ImportState.CANCELLED, 2)
    with pytest.raises(ImportHasEnded):
        one.progress([REGISTERED], NOON)
    done = an_import(rows=1)
    done.progress([REGISTERED], NOON)
    with pytest.raises(ImportHasEnded):
        done.cancel(NOON)


def test_every_state_has_its_moves_and_what_has_ended_has_none() -> None:
    assert set(MOVES) == set(ImportState)
    assert {state for state, moves in MOVES.items() if moves} == set(UNFINISHED)
