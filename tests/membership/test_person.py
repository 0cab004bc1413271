import pytest

from beraad.domain import Stale
from beraad_membership.domain.candidacies import CandidacyAlreadyWithdrawn
from beraad_membership.domain.people import normalized
from membership.vocabulary import ANNA, NOON, a_candidacy, a_person


@pytest.mark.parametrize("written", ["anna@smart.test", " Anna@SMART.test ", "ANNA@smart.TEST"])
def test_an_address_is_one_however_it_is_written(written: str) -> None:
    assert normalized(written) == "anna@smart.test"


def test_a_registered_person_tells_no_address_in_public() -> None:
    person = a_person()
    assert not hasattr(person.registered(), "email")
    assert person.contact.email == "anna@smart.test"
    assert person.contact.revision == person.registered().revision == 1


def test_a_change_is_one_revision_and_compares_addresses_as_one() -> None:
    person = a_person()

    updated = person.update({"email": " Anna@Work.test", "language": "fr"}, 1)

    assert person.email == "anna@work.test"
    assert (updated.revision, updated.language) == (2, "fr")


def test_a_person_changes_only_from_the_revision_that_was_read() -> None:
    with pytest.raises(Stale):
        a_person(revision=3).update({"name": "Ann"}, 2)


def test_a_candidacy_tells_who_stands_and_not_why() -> None:
    candidacy = a_candidacy()
    assert candidacy.submitted().person_id == ANNA
    assert not hasattr(candidacy.submitted(), "motivation")


def test_a_candidacy_is_withdrawn_once() -> None:
    candidacy = a_candidacy()
    assert candidacy.withdraw(NOON).revision == 2
    assert candidacy.withdrawn_at == NOON
    with pytest.raises(CandidacyAlreadyWithdrawn):
        candidacy.withdraw(NOON)
