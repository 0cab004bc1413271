"""One good story that has everything in it, for tests that change one thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from beraad_deliberation.domain.objection_states import ObjectionState
from beraad_deliberation.domain.objections import Opinion
from beraad_deliberation.domain.profiles import PRESETS, DecisionProfile, ObjectionTest
from beraad_deliberation.domain.responding import Answer
from beraad_deliberation.domain.rounds import ConsentRound
from beraad_deliberation.domain.verdict import Outcome, Verdict
from beraad_deliberation.domain.votes import Choice, Vote
from beraad_deliberation.record import facts, proposal_facts
from beraad_deliberation.record.facts import Fact
from deliberation.record.chronicle import Asked, Chronicle, Proposal
from deliberation.record.endings import adopt, approve

INTEGRATING = Verdict(Outcome.INTEGRATING, ("ObjectionStands",))
AGREED = Verdict(Outcome.AWAITING_APPROVAL, ("ConsentGiven", "ApprovingBodyDecides"))
ADOPTED = Verdict(Outcome.ADOPTED, ("MajorityReached",))


@dataclass
class Story:
    """Six people, Anna to Fien. `judged_twice`: an objection withdrawn after the close. `stuck`: one of two withdrawn, and what was merged into it stands again."""

    chronicle: Chronicle
    judged_twice: Asked
    stuck: Asked
    voted: Asked
    running: Asked


def a_story() -> Story:
    told = Chronicle(2017, 6)
    first = told.open_round(proposal := a_proposal(told, body=True), told.everyone)
    _first_round(told, first, proposal)
    approve(told, proposal, "grant")
    stuck = told.open_round(other := a_proposal(told), told.everyone)
    _second_round(told, stuck, other)
    voted = told.open_vote(third := a_proposal(told, preset="majority"), told.everyone)
    _vote(told, voted, third)
    running = told.open_round(a_proposal(told), told.everyone)
    told.answer(running, told.everyone[0], Answer.CONSENT)
    assert isinstance(running.run, ConsentRound)
    running.run.extend(running.run.closes_at + timedelta(days=3), told.now)
    told.tell(facts.round_extended(running.run, automatic=True))
    return Story(told, first, stuck, voted, running)


def a_proposal(told: Chronicle, *, preset: str = "consent", body: bool = False) -> Proposal:
    profile: DecisionProfile = PRESETS[preset].for_approval_by(told.an_id() if body else None)
    return Proposal(told.an_id(), profile, [told.everyone[1]], told.say("We rent one room."))


def _first_round(told: Chronicle, asked: Asked, proposal: Proposal) -> None:
    """Anna objects and withdraws after the close; Bram proposes; Chloe replaces her answer; Fien leaves."""
    anna, bram, chloe, dries, els, fien = told.everyone
    told.answer(asked, bram, Answer.CONSENT)
    told.answer(asked, chloe, Answer.ABSTAIN)
    told.answer(asked, chloe, Answer.CONSENT_WITH_CONCERN, concern=told.say("it is dear"))
    told.answer(asked, dries, Answer.CONSENT, by=bram)
    told.answer(asked, els, Answer.STAND_ASIDE)
    told.answer(asked, anna, Answer.OBJECT)
    objection = told.object(asked, proposal, anna)
    told.tell(facts.electorate_changed(asked.run.id, fien, "departed", "resigned"))
    told.tell(facts.electorate_changed(asked.run.id, els, "proposing", "succession"))
    _close(told, asked, INTEGRATING)
    objection.conclude_test([Opinion(told.an_id(), qualifies=True)], ObjectionTest.GROUP, told.now)
    told.tell(proposal_facts.objection_tested(objection, [Opinion(told.an_id(), qualifies=True)]))
    told.end(objection, ObjectionState.WITHDRAWN, asked, told.answer(asked, anna, Answer.CONSENT))
    _close(told, asked, AGREED)


def _second_round(told: Chronicle, asked: Asked, proposal: Proposal) -> None:
    """Three object, the third lets theirs go on in the first's, who withdraws after the close; an amendment follows."""
    for person in told.everyone[3:]:
        told.answer(asked, person, Answer.CONSENT)
    told.answer(asked, told.everyone[0], Answer.OBJECT)
    one = told.object(asked, proposal, told.everyone[0])
    told.answer(asked, told.everyone[1], Answer.OBJECT)
    told.object(asked, proposal, told.everyone[1])
    told.answer(asked, told.everyone[2], Answer.OBJECT)
    third = told.object(asked, proposal, told.everyone[2])
    third.merge_into(one, told.now)
    told.tell(proposal_facts.objection_ended(third), third.by)
    _close(told, asked, INTEGRATING)
    told.end(one, ObjectionState.WITHDRAWN, asked, told.answer(asked, told.everyone[0], Answer.CONSENT))
    third.raise_again(third.grounds, ObjectionTest.GROUP, told.now)
    told.tell_raised(third)
    ids = {"amendment": str(told.an_id()), "proposal": str(proposal.id)}
    change = told.say([{"start": 3, "end": 9, "text": "hire"}])
    told.tell(Fact("amendment.proposed", {**ids, "base_version": 1, "change": change}), told.everyone[3])


def _vote(told: Chronicle, asked: Asked, proposal: Proposal) -> None:
    """Five for and one against, who votes twice."""
    assert isinstance(asked.run, Vote)
    for person in told.everyone[1:]:
        told.vote(asked, person, Choice.FOR)
    told.vote(asked, told.everyone[0], Choice.ABSTAIN)
    told.vote(asked, told.everyone[0], Choice.AGAINST)
    told.closed(asked, facts.vote_closed(asked.run, ADOPTED, told.leaves(asked)))
    adopt(told, proposal, "keep")


def _close(told: Chronicle, asked: Asked, verdict: Verdict) -> None:
    assert isinstance(asked.run, ConsentRound)
    told.closed(asked, facts.round_closed(asked.run, verdict, told.leaves(asked)))
