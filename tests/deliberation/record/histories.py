"""Random good histories: rounds with answers replaced, departures, recusals and objections, judged again, voted over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Literal

from beraad.record.entries import Sealed
from beraad_deliberation.domain.amendments import AmendmentState
from beraad_deliberation.domain.objection_states import UNANSWERED, ObjectionState
from beraad_deliberation.domain.objections import Grounds, Integration, Opinion, Strategy
from beraad_deliberation.domain.profiles import PRESETS, ObjectionTest, Ratio
from beraad_deliberation.domain.responding import Answer
from beraad_deliberation.domain.rounds import ConsentRound, Difference, Heard
from beraad_deliberation.domain.tally import Count
from beraad_deliberation.domain.verdict import Elector, Objected, Outcome, Verdict
from beraad_deliberation.domain.votes import Choice, Vote
from beraad_deliberation.record import facts, proposal_facts
from deliberation.record.chronicle import AUTUMN, Asked, Chronicle, Proposal, Standing
from deliberation.record.endings import adopt, an_amendment, approve

S = ObjectionState
RENEWED = frozenset({S.WITHDRAWN, S.MERGED})
TESTABLE = frozenset({S.RAISED, S.TESTING, S.INTEGRATING})
NO_DIFFERENCE = Difference.between(set(), set())
ANSWERS = [
    *[Answer.CONSENT] * 6,
    *[Answer.OBJECT] * 2,
    Answer.CONSENT_WITH_CONCERN,
    Answer.STAND_ASIDE,
    Answer.ABSTAIN,
]


class History(Chronicle):
    """A chronicle that dice write."""

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def electorate(self) -> list[str]:
        some = [one for one in self.everyone if self.chance(0.9)]
        return some if len(some) > 2 else self.everyone

    def a_proposal(self) -> Proposal:
        preset = self.rng.choice(list(PRESETS.values()))
        quorum = self.rng.choice([Ratio(1, 2), Ratio(1, 2), Ratio(28, 100), Ratio(9, 10)])
        silence = self.chance(0.5)
        profile = replace(
            preset,
            quorum=quorum,
            second_call_quorum=self.rng.choice([None, Ratio(1, 5)]),
            max_rounds=self.rng.randint(1, 3),
            silence=silence,
            objection_test=self.rng.choice(list(ObjectionTest)),
            minimum_consents=preset.minimum_consents if silence else 1,
            approving_body_id=self.rng.choice([None, self.an_id()]),
        )
        text = self.say("We rent one room. We open it on Mondays.")
        return Proposal(self.an_id(), profile, [self.someone()], text)

    def deliberate(self) -> None:
        """One proposal from its first round to its end, or as far as a group comes."""
        proposal = self.a_proposal()
        if self.chance(0.2):
            self._settle(proposal, self.run_vote(proposal))
            return
        for _ in range(5):
            verdict = self.run_round(proposal)
            if verdict is None or self._settle(proposal, verdict):
                return
            if verdict.outcome is Outcome.DEADLOCKED and proposal.profile.recommends and self.chance(0.5):
                self.tell(proposal_facts.proposal_referred(proposal.id, proposal.version, text=proposal.text))
                approve(self, proposal, self.rng.choice(["grant", "refuse"]))
                return
            if verdict.outcome is Outcome.DEADLOCKED and self.chance(0.7):
                self._settle(proposal, self.run_vote(proposal))
                return
            self.publish_version(proposal)

    def _settle(self, proposal: Proposal, verdict: Verdict) -> bool:
        """Whether the proposal is at its end."""
        if verdict.outcome is Outcome.AWAITING_APPROVAL:
            if proposal.granted == proposal.version:
                adopt(self, proposal, "")
                return True
            return approve(self, proposal, self.rng.choice(["grant", "change", "change", "return", "refuse"]))
        if verdict.outcome is Outcome.ADOPTED:
            adopt(self, proposal, self.rng.choice(["", "keep", "drop", "evolve", "expire"]))
        return verdict.outcome not in {Outcome.INTEGRATING, Outcome.DEADLOCKED}

    def publish_version(self, proposal: Proposal) -> None:
        """By an amendment, or as a whole; it answers what stands."""
        if proposal.granted == proposal.version:
            return
        if self.chance(0.7):
            amendment = an_amendment(self, proposal)
            self.publish(proposal, amendment.id)
            amendment.accept(proposal.version, self.now)
            self.tell(proposal_facts.amendment_accepted(amendment), self.someone())
        else:
            self.publish(proposal, None)
        for objection in proposal.open():
            if self.chance(0.7) and objection.state is not S.ORPHANED:
                self._integrate(objection, proposal)

    def _integrate(self, objection: Standing, proposal: Proposal) -> None:
        strategy = self.rng.choice(list(Strategy))
        owner = self.someone() if strategy is Strategy.DEFER else None
        due_on = self.now.date() if strategy is Strategy.DEFER else None
        who = self.an_id() if owner else None
        how = Integration(objection.id, strategy, owner_id=who, due_on=due_on)
        objection.integrate(proposal.version, how)
        note = self.say("we do it so")
        fact = proposal_facts.objection_integrating(objection, note=note, owner=owner)
        self.tell(fact, self.someone())

    def edit(self, asked: Asked, proposal: Proposal) -> None:
        """An editorial change while a round runs: announced, perhaps contested."""
        amendment = an_amendment(self, proposal)
        amendment.announce(self.now)
        self.tell(proposal_facts.amendment_announced(amendment), self.someone())
        if self.chance(0.3):
            amendment.contest(self.an_id(), "it is more", self.now)
            reason = self.say("it is more")
            self.tell(proposal_facts.amendment_contested(amendment, reason=reason), self.someone())
            amendment.decline(self.rng.choice([AmendmentState.REJECTED, AmendmentState.STALE]), self.now)
            self.tell(proposal_facts.amendment_declined(amendment), self.someone())
            if amendment.state is AmendmentState.REJECTED:
                amendment.promote(self.an_id())
                self.tell(proposal_facts.amendment_promoted(amendment), self.someone())
            return
        self.publish(proposal, amendment.id, editorial=True)
        amendment.accept(proposal.version, self.now)
        self.tell(proposal_facts.amendment_accepted(amendment))
        assert isinstance(asked.run, ConsentRound)
        asked.run.follow_text(proposal.version)

    # -- rounds -----------------------------------------------------------------------------------------------

    def run_round(self, proposal: Proposal) -> Verdict | None:
        """Until it closes; None where the proposal is withdrawn."""
        override = self.say("membership is away") if self.chance(0.1) else None
        silence = proposal.profile.silence and self.chance(0.6)
        asked = self.open_round(proposal, self.electorate(), silence=silence, override=override)
        run = asked.run
        assert isinstance(run, ConsentRound)
        while True:
            self._let_answer(run, asked, proposal)
            if self.chance(0.08):
                self._abandon(run, asked, proposal)
                return None
            self._hear_earlier(run, asked, proposal)
            self._tell_more(asked)
            if run.calls > 1:  # before its deadline it does not lapse
                self.now = max(self.now, run.closes_at)
            verdict, _ = run.close(self._heard(asked, proposal), NO_DIFFERENCE, None, self.now)
            if verdict.outcome is not Outcome.EXTENDED:
                break
            self.tell(facts.round_extended(run, automatic=True))
        reason = self.say("all are here") if self.chance(0.3) else None
        leaves = self.leaves(asked)
        self.closed(asked, facts.round_closed(run, verdict, leaves, reason=reason, notified=asked.told))
        if self.chance(0.1):
            reason = self.say("I did not say so")
            self.tell(facts.round_contested(run, self.rng.choice(asked.electors), reason=reason))
        return self._judged_again(run, asked, proposal, verdict)

    def _abandon(self, run: ConsentRound, asked: Asked, proposal: Proposal) -> None:
        """The proposal is withdrawn, or another text stands and would be asked about in the next round."""
        withdrawn = self.chance(0.5)
        if not withdrawn:
            self.publish(proposal, None)
        code = "ProposalWithdrawn" if withdrawn else "TextAmended"
        asked.told = None
        self.closed(asked, facts.round_abandoned(run, code, self.leaves(asked)))

    def _let_answer(self, run: ConsentRound, asked: Asked, proposal: Proposal) -> None:
        for person in list(asked.electors):
            for _ in range(self.rng.choice([0, 1, 1, 1, 1, 1, 2, 3])):
                if person not in asked.gone:
                    self._respond(asked, proposal, person)
            if self.chance(0.05) and len(asked.staying) > 1:
                self._leave(asked, proposal)
            if self.chance(0.05):
                run.extend(run.closes_at + timedelta(days=1), AUTUMN)
                reason = self.say("holidays")
                self.tell(facts.round_extended(run, automatic=False, reason=reason), self.someone())
        if self.chance(0.1):
            self._take_over(asked, proposal)
        for objection in proposal.open():
            if self.chance(0.3) and objection.state in TESTABLE and objection.appealed_at is None:
                self._test(objection, proposal)
        self._merge_some(proposal)
        if self.chance(0.15):
            self.edit(asked, proposal)
            self._let_some_answer(asked, proposal)

    def _merge_some(self, proposal: Proposal) -> None:
        """As `merge_objection`; it goes on in any other that stands."""
        for objection in proposal.open():
            others = [one for one in proposal.open() if one is not objection]
            if others and objection.state is not S.ORPHANED and self.chance(0.3):
                objection.merge_into(self.rng.choice(others), self.now)
                self.tell(proposal_facts.objection_ended(objection), objection.by)

    def end(
        self,
        objection: Standing,
        state: ObjectionState,
        asked: Asked | None = None,
        answer: Sealed | None = None,
    ) -> None:
        """As `end_objection`: what was merged into one that ends unanswered stands again."""
        super().end(objection, state, asked, answer)
        if state in UNANSWERED:
            self._let_merged_stand_again(objection)

    def _let_merged_stand_again(self, ended: Standing) -> None:
        for one in self.objections:
            if one.state is not S.MERGED or one.merged_into_id != ended.id:
                continue
            rounds = [asked for asked in self.asked if asked.run.proposal_id == one.proposal_id]
            last = [asked for asked in rounds if asked.answer_of(one.by) in list(Answer)][-1:]
            if last and last[0].run.id == one.round_id and self._objects(one.by, last[0]):
                one.raise_again(one.grounds, last[0].run.profile.objection_test, self.now)
                self.tell_raised(one)
            else:
                self._let_merged_stand_again(one)

    def _objects(self, person: str, asked: Asked) -> bool:
        return person in asked.staying and asked.answer_of(person) == Answer.OBJECT

    def _let_some_answer(self, asked: Asked, proposal: Proposal) -> None:
        for person in asked.staying:
            if self.chance(0.3):
                self._respond(asked, proposal, person)

    def _take_over(self, asked: Asked, proposal: Proposal) -> None:
        """Somebody else proposes it from now on."""
        before, proposal.proposers = proposal.proposers, [self.rng.choice(asked.electors)]
        asked.proposers = [*proposal.proposers]
        for person in set(before) - set(proposal.proposers):
            self.tell(facts.electorate_changed(asked.run.id, person, "stopped_proposing", "withdrawn"))
        self.tell(facts.electorate_changed(asked.run.id, asked.proposers[0], "proposing", "succession"))

    def _respond(self, asked: Asked, proposal: Proposal, person: str) -> None:
        """As `respond`, `raise_objection` and `_replace_objection` do together."""
        answer = self.rng.choice(ANSWERS)
        mine = [one for one in proposal.objections if (one.round_id, one.by) == (asked.run.id, person)]
        if answer is Answer.OBJECT and mine and not (mine[0].is_open or mine[0].state in RENEWED):
            return
        sealed = self._say_answer(asked, person, answer)
        if answer is not Answer.OBJECT:
            for objection in mine:
                if objection.is_open and objection.state is not S.ORPHANED:
                    self.end(objection, S.WITHDRAWN, asked, sealed)
        elif mine:
            mine[0].raise_again(
                Grounds(reason="the cost, again", kind="aim"), proposal.profile.objection_test, self.now
            )
            self.tell_raised(mine[0])
        else:
            self.object(asked, proposal, person)
        if sealed.entry["body"]["by"] and self.chance(0.4):
            self._contest(asked, proposal, person)

    def _contest(self, asked: Asked, proposal: Proposal, person: str) -> None:
        """What was recorded for them they did not say, and so not object."""
        contested = self.contest(asked, person)
        for objection in proposal.open():
            mine = (objection.round_id, objection.by) == (asked.run.id, person)
            if mine and objection.state is not S.ORPHANED:
                self.end(objection, S.WITHDRAWN, asked, contested)

    def _say_answer(self, asked: Asked, person: str, answer: Answer) -> Sealed:
        concern = self.say("it is dear") if answer is Answer.CONSENT_WITH_CONCERN else None
        by = self.someone() if self.chance(0.1) else None
        return self.answer(asked, person, answer, concern=concern, by=by)

    def _leave(self, asked: Asked, proposal: Proposal) -> None:
        person = self.rng.choice(asked.staying)
        departs = self.chance(0.7) or any(one.by == person for one in proposal.open())
        asked.gone.add(person)
        change: Literal["departed", "recused"] = "departed" if departs else "recused"
        self.tell(facts.electorate_changed(asked.run.id, person, change, "resigned"))
        for objection in proposal.open():
            if objection.by == person and departs and objection.state is not S.ORPHANED:
                objection.orphan(self.now)
                self.tell(proposal_facts.objection_orphaned(objection))
                if self.chance(0.6) and asked.staying:
                    self._adopt(objection, asked)

    def _adopt(self, objection: Standing, asked: Asked) -> None:
        """By an elector who does not object; the adopter does from now on."""
        free = [one for one in asked.staying if asked.answer_of(one) != Answer.OBJECT]
        if not free:
            return
        objection.adopt(self.an_id(), self.now)
        objection.by = self.rng.choice(free)
        self.tell(proposal_facts.objection_adopted(objection, elector=objection.by), objection.by)
        if asked.run.id == objection.round_id:
            self._say_answer(asked, objection.by, Answer.OBJECT)

    def _test(self, objection: Standing, proposal: Proposal) -> None:
        """By the group's opinions, or by a ruling that may be appealed."""
        opinions = [Opinion(self.an_id(), self.chance(0.4)) for _ in range(self.rng.randint(0, 5))]
        match proposal.profile.objection_test:
            case ObjectionTest.GROUP:
                if self.chance(0.5) and objection.state is S.RAISED:
                    objection.hear_opinion(self.an_id(), [], ObjectionTest.GROUP)
                    self.tell(proposal_facts.objection_testing(objection))
                objection.conclude_test(opinions, ObjectionTest.GROUP, self.now)
                self.tell(proposal_facts.objection_tested(objection, opinions))
            case ObjectionTest.FACILITATOR if objection.state is not S.INTEGRATING:
                self._rule(objection, opinions)

    def _rule(self, objection: Standing, opinions: list[Opinion]) -> None:
        by, test, valid = self.an_id(), ObjectionTest.FACILITATOR, self.chance(0.3)
        objection.rule(by, [], test, "it is no harm", self.now, valid=valid)
        if not valid:
            ruling = self.say("it is no harm")
            self.tell(proposal_facts.objection_testing(objection, ruling=ruling), self.someone())
            if self.chance(0.5):
                objection.appeal(self.now)
                self.tell(proposal_facts.objection_appealed(objection), objection.by)
                objection.conclude_test(opinions, test, self.now)
            else:
                objection.let_ruling_stand(self.now)
        self.tell(proposal_facts.objection_tested(objection, opinions if objection.appealed_at else []))

    def _hear_earlier(self, run: ConsentRound, asked: Asked, proposal: Proposal) -> None:
        for objection in proposal.open():
            answer = asked.answer_of(objection.by)
            if objection.round_id != run.id and answer is not None and objection.state is not S.ORPHANED:
                self.end(objection, S.MERGED if answer == Answer.OBJECT else S.RESOLVED)

    def _tell_more(self, asked: Asked) -> None:
        """Where silence is consent, mails about the round are accepted for delivery, one after the other."""
        if asked.told is not None:
            asked.told += [one for one in asked.electors if one not in asked.told and self.chance(0.7)]

    def _heard(self, asked: Asked, proposal: Proposal) -> Heard:
        electors = []
        for person in asked.electors:
            answer = asked.answer_of(person)
            told = {"left": person in asked.gone, "notified": person in (asked.told or ())}
            proposer = person in asked.proposers
            given = Answer(answer) if answer else None
            electors.append(Elector(id=person, answer=given, proposer=proposer, **told))
        objections = [
            Objected(elector=one.by, round_number=one.number, state=one.state)
            for one in proposal.objections
            if one.is_open or one.round_id == asked.run.id
        ]
        return Heard(electors, objections, "")

    def _judged_again(self, run: ConsentRound, asked: Asked, proposal: Proposal, verdict: Verdict) -> Verdict:
        """Objections withdrawn, found wanting or lapsed after the close: perhaps nothing stands any more."""
        if verdict.outcome not in {Outcome.INTEGRATING, Outcome.DEADLOCKED} or self.chance(0.4):
            return verdict
        for objection in proposal.open():
            if objection.state is S.ORPHANED:
                self.end(objection, S.LAPSED)
            elif self.chance(0.3) and objection.state in TESTABLE and objection.appealed_at is None:
                self._test(objection, proposal)
            elif self.chance(0.8) and objection.by in asked.electors:
                answer = self._say_answer(asked, objection.by, Answer.CONSENT_WITH_CONCERN)
                self.end(objection, S.WITHDRAWN, asked, answer)
        if proposal.open():
            return verdict
        if self.chance(0.2):
            self._take_over(asked, proposal)
        self._tell_more(asked)
        judged = run.reconsider(self._heard(asked, proposal))
        if judged is None:
            return verdict
        verdict, _ = judged
        self.closed(asked, facts.round_closed(run, verdict, self.leaves(asked), notified=asked.told))
        return verdict

    # -- votes ------------------------------------------------------------------------------------------------

    def run_vote(self, proposal: Proposal) -> Verdict:
        asked = self.open_vote(proposal, self.electorate())
        assert isinstance(asked.run, Vote)
        for person in asked.electors:
            for _ in range(self.rng.choice([0, 1, 1, 2])):
                self.vote(asked, person, self.rng.choice(list(Choice)))
        if self.chance(0.3):
            self._leave(asked, proposal)
        choices = [asked.answer_of(person) for person in asked.staying]
        count = Count(len(choices), *(choices.count(choice) for choice in Choice))
        verdict, _ = asked.run.close(count, None, self.now)
        self.closed(asked, facts.vote_closed(asked.run, verdict, self.leaves(asked)))
        return verdict

    def erase(self, share: float) -> None:
        """Some texts and names are deleted; of some not even the commitment is listed."""
        for kept in (self.texts, self.people):
            kept[:] = [one.erased() if self.chance(share) else one for one in kept]
        self.texts[:] = [one for one in self.texts if self.chance(1 - share / 2)]


def a_history(seed: int, proposals: int | None = None) -> History:
    """A group with some proposals deliberated; the same for the same seed."""
    history = History(seed, 3 + seed % 7)
    if seed % 9 == 0:  # a group that decided before it had a record
        history.decisions = seed % 5
        history.tell(facts.record_began(history.group, history.decisions))
        history.decisions += seed % 2
    for _ in range(proposals or history.rng.randint(1, 3)):
        history.deliberate()
        if history.chance(0.3):
            history.join(1)
    return history
