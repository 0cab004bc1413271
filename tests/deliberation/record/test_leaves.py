"""A leaf is the same whether Python makes it at once or a statement joins its pieces."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beraad.record.entries import leaf_of
from beraad.record.merkle import root_of
from beraad_deliberation.domain.responding import Answer
from beraad_deliberation.domain.votes import Choice
from beraad_deliberation.record import proposal_facts
from beraad_deliberation.record.facts import Fact, FactIsMalformed, append
from beraad_deliberation.record.kinds import LEAF, LEAF_BODIES
from beraad_deliberation.record.leaves import Unsigned, a_ballot, a_response, joined, tree_of
from beraad_deliberation.record.pseudonyms import electorate_hash, new_pseudonym
from deliberation.record.chronicle import Chronicle
from deliberation.record.endings import an_amendment
from deliberation.record.stories import a_proposal

GROUP, ROUND = "0190b0c0-0000-7000-8000-000000000001", "0190b0c0-0000-7000-8000-000000000002"
HASHES = st.binary(min_size=32, max_size=32)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@st.composite
def leaves(draw: st.DrawFn) -> Unsigned:
    at, by = draw(MOMENTS), draw(st.none() | HASHES.map(bytes.hex))
    number, version = draw(st.integers(1, 9)), draw(st.integers(1, 99))
    if draw(st.booleans()):
        choice = draw(st.sampled_from(Choice))
        return a_ballot(vote_id=ROUND, version=version, choice=choice, at=at, by=by)
    told = {"answer": draw(st.sampled_from(Answer)), "concern": draw(st.none() | HASHES.map(bytes.hex))}
    return a_response(round_id=ROUND, number=number, version=version, at=at, by=by, **told)


@given(leaves(), HASHES.map(bytes.hex), st.none() | HASHES)
def test_the_pieces_make_the_leaf(leaf: Unsigned, elector: str, prev: bytes | None) -> None:
    sealed = leaf.sealed(GROUP, elector, prev)

    assert sealed.leaf == leaf_of(sealed.entry) == joined(leaf.pieces(), GROUP, elector, prev)
    assert LEAF.fits(sealed.entry)
    assert LEAF_BODIES[leaf.type].fits(sealed.entry["body"])


def test_a_statement_hashes_the_pieces_as_they_are() -> None:
    """What SQL does: concatenate bytes, hash once."""
    leaf = a_ballot(vote_id=ROUND, version=1, choice=Choice.FOR, at=datetime(2017, 10, 2, tzinfo=UTC))
    before, of_elector, of_group, after = leaf.pieces()
    assert before == '{"actor":"'
    assert of_elector.endswith(',"group":"')
    assert of_group == '","prev":'
    assert after == ',"type":"ballot.cast","v":1}'
    whole = before + "a" * 64 + of_elector + GROUP + of_group + "null" + after
    assert sha256(b"\x00" + whole.encode()).digest() == leaf.sealed(GROUP, "a" * 64, None).leaf


@given(st.lists(HASHES, unique=True))
def test_a_tree_tells_no_order(hashes: list[bytes]) -> None:
    assert tree_of(hashes).root == tree_of(reversed(hashes)).root == root_of(sorted(hashes))


def test_people_are_pseudonyms_that_can_be_opened_and_erased() -> None:
    anna, other = new_pseudonym("Anna"), new_pseudonym("Anna")

    assert (anna.state, anna.erased().state) == ("open", "erased")
    assert anna.commitment != other.commitment
    people = [anna.commitment, other.commitment]
    assert electorate_hash(people) == electorate_hash(reversed(people)) != electorate_hash(people[:1])


@pytest.mark.parametrize(
    "fact",
    [Fact("round.hidden", {}), Fact("approval.granted", {}), Fact("decision.in_force", {"decision": "1"})],
)
def test_what_nobody_could_check_is_not_recorded(fact: Fact) -> None:
    told = Chronicle(1, 3)
    with pytest.raises(FactIsMalformed):
        append(told.log, fact, None, told.now)
    assert told.log.size == 0


def test_what_did_not_happen_is_not_recorded() -> None:
    told = Chronicle(1, 3)
    proposal = a_proposal(told)
    objection = told.object(told.open_round(proposal, told.everyone), proposal, told.everyone[0])
    with pytest.raises(FactIsMalformed):
        proposal_facts.objection_orphaned(objection)
    with pytest.raises(FactIsMalformed):
        proposal_facts.objection_integrating(objection)
    with pytest.raises(FactIsMalformed):
        proposal_facts.amendment_announced(an_amendment(told, proposal))
