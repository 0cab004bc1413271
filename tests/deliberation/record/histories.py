"""Random good histories of a group: what a service would record, told by its own aggregates and a bookkeeping of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from beraad.record.commitments import Committed, commitment
from beraad.record.entries import Log, Sealed
from beraad.record.notes import SigningKey
from beraad_deliberation.domain.approvals import Approval
from beraad_deliberation.domain.decisions import Decision, ReviewOutcome
from beraad_deliberation.domain.objections import Objection, ObjectionState, Opinion
from beraad_deliberation.domain.profiles import PRESETS, DecisionProfile, Ratio
from beraad_deliberation.domain.responding import EXPLICIT_CONSENTS, Answer
from beraad_deliberation.domain.rounds import ConsentRound, Counted
from beraad_deliberation.domain.tally import Count
from beraad_deliberation.domain.verdict import Outcome, Verdict
from beraad_deliberation.domain.votes import Choice, Vote
from beraad_deliberation.record import facts, proposal_facts
from beraad_deliberation.record.export import Roll, an_export, origin_of
from beraad_deliberation.record.facts import Fact, Leaves, append
from beraad_deliberation.record.leaves import Unsigned, a_ballot, a_response, tree_of

AUTUMN = datetime(2017, 10, 2, 9, tzinfo=UTC)
DEADLINE = timedelta(days=7)
SITE = "beraad.example.org/deliberation"
SEED = b"a key only tests know, 32 bytes."
ANSWERS = (Answer.CONSENT,) * 6 + (Answer.CONSENT_WITH_CONCERN, Answer.STAND_ASIDE, Answer.ABSTAIN) + (
    Answer.OBJECT,
) * 2


@dataclass
class Asked:
    """Those asked in one round or vote, as the service would keep them."""

    id: UUID
    electors: list[str]
    proposers: list[str]
    gone: set[str] = field(default_factory=set)
    closes: list[tuple[int, list[dict[str, Any]]]] = field(default_factory=list)
    waiting: list[Sealed] = field(default_factory=list)
    all: list[bytes] = field(default_factory=list)
    current: dict[str, Sealed] = field(default_factory=dict)

    @property
    def staying(self) -> list[str]:
        return [one for one in self.electors if one not in self.gone]

    def answer_of(self, person: str) -> str | None:
        given = self.current.get(person)
        return None if given is None else given.entry["body"].get("answer", given.entry["body"].get("choice"))


class Chronicle:
    """One group's record as it grows."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.group = self.an_id()
        self.key = SigningKey.from_seed(origin_of(SITE, str(self.group)), SEED)
        self.log = Log(str(self.group))
        self.entries: list[dict[str, Any]] = []
        self.leaves: list[bytes] = []
        self.asked: list[Asked] = []
        self.texts: list[Committed] = []
        self.people: list[Committed] = []
        self.now = AUTUMN
        self.decisions: list[Decision] = []
        self.objections: list[Objection] = []
        self.answers: dict[bytes, tuple[Asked, Sealed]] = {}
        self.join(self.rng.randint(3, 9))

    # -- small things ---------------------------------------------------------------------------------------

    def an_id(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128))

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def bind(self, text: Any) -> Committed:
        salt = self.rng.randbytes(32)
        return Committed(commitment(text, salt), salt.hex(), text)

    def say(self, text: Any) -> str:
        said = self.bind(text)
        self.texts.append(said)
        return said.commitment

    def join(self, count: int) -> None:
        self.people += [self.bind(f"Person {len(self.people) + n} ✓") for n in range(count)]

    def tell(self, fact: Fact, actor: str | None = None) -> Sealed:
        self.now += timedelta(minutes=self.rng.randint(1, 90))
        sealed = append(self.log, fact, actor, self.now)
        self.entries.append(sealed.entry)
        self.leaves.append(sealed.leaf)
        return sealed

    def someone(self) -> str:
        return self.rng.choice(self.people).commitment

    # -- rounds -----------------------------------------------------------------------------------------------

    def open_round(self, proposal: Proposal) -> tuple[ConsentRound, Asked]:
        proposal.rounds += 1
        asked = self.freeze(proposal)
        run = ConsentRound(number=proposal.rounds, **self.frozen(asked, proposal))
        people = {"electors": asked.electors, "proposers": asked.proposers}
        override = self.say("membership is away") if self.chance(0.1) else None
        self.tell(facts.round_opened(run, text=proposal.text, override=override, **people), self.someone())
        return run, asked

    def freeze(self, proposal: Proposal) -> Asked:
        electors = [one.commitment for one in self.people if self.chance(0.9)]
        electors = electors if len(electors) > 2 else [one.commitment for one in self.people]
        asked = Asked(self.an_id(), electors, list(proposal.proposers))
        self.asked.append(asked)
        return asked

    def frozen(self, asked: Asked, proposal: Proposal) -> dict[str, Any]:
        ids = {"id": asked.id, "proposal_id": proposal.id, "group_id": self.group, "title": "A room"}
        told = {"version": proposal.version, "profile": proposal.profile, "opened_at": self.now}
        roster = {"electorate_hash": "", "electorate_epoch": 1, "electorate_position": len(self.entries)}
        return {**ids, **told, **roster, "closes_at": self.now + DEADLINE, "electors": len(asked.electors)}

    def answer(self, run: ConsentRound, asked: Asked, person: str, answer: Answer, at: datetime) -> Sealed:
        concern = self.say("it is dear") if answer is Answer.CONSENT_WITH_CONCERN else None
        by = self.someone() if self.chance(0.1) else None
        leaf = a_response(
            group=str(self.group),
            round_id=str(run.id),
            number=run.number,
            version=run.version,
            answer=answer,
            at=at,
            concern=concern,
            by=by,
        )
        return self.keep(asked, leaf, person)

    def keep(self, asked: Asked, leaf: Unsigned, person: str) -> Sealed:
        before = asked.current.get(person)
        sealed = leaf.sealed(person, before.leaf if before else None)
        asked.current[person] = sealed
        asked.waiting.append(sealed)
        asked.all.append(sealed.leaf)
        self.answers[sealed.leaf] = (asked, sealed)
        return sealed

    def respond(self, run: ConsentRound, asked: Asked, proposal: Proposal, person: str) -> None:
        """As `respond`, `raise_objection` and `_replace_objection` do together."""
        answer = self.rng.choice(ANSWERS)
        at = min(self.now, run.closes_at - timedelta(seconds=1))
        mine = next((one for one in proposal.objections if (one.round_id, one.by) == (run.id, person)), None)
        sealed = self.answer(run, asked, person, answer, at)
        if answer is not Answer.OBJECT:
            if mine is not None and mine.is_open and mine.state is not ObjectionState.ORPHANED:
                self.end(mine, ObjectionState.WITHDRAWN, run.id, sealed)
        elif mine is None or ObjectionState.RAISED in {mine.state, ObjectionState.RAISED}:
            self.object(run, proposal, person, mine)

    def object(self, run: ConsentRound, proposal: Proposal, person: str, mine: Standing | None) -> None:
        if mine is None:
            told = {"reason": "the cost", "kind": "side_effect", "raised_at": self.now, "title": "A room"}
            ids = {"round_id": run.id, "proposal_id": proposal.id, "group_id": self.group}
            mine = Standing(id=self.an_id(), objector_id=UUID(int=0), **ids, **told)
            mine.by = person
            proposal.objections.append(mine)
        elif mine.is_open or mine.state is ObjectionState.WITHDRAWN:
            mine.raise_again("the cost, again", "aim", self.now)
        else:
            return
        self.tell(proposal_facts.objection_raised(mine, elector=person, reason=self.say(mine.reason)), person)

    def end(
        self, objection: Standing, state: ObjectionState, round_id: UUID | None = None, sealed: Sealed | None = None
    ) -> None:
        objection.end(state, self.now)
        response = (round_id, sealed.leaf) if round_id and sealed else None
        self.tell(proposal_facts.objection_ended(objection, response=response), objection.by)

    def leave(self, asked: Asked, proposal: Proposal) -> None:
        person = self.rng.choice(asked.staying)
        change = self.rng.choice(["departed", "recused"])
        asked.gone.add(person)
        self.tell(facts.electorate_changed(asked.id, person, change, "resigned"))
        for objection in proposal.open():
            if objection.by == person and change == "departed" and objection.state is not ObjectionState.ORPHANED:
                objection.orphan(self.now)
                self.tell(proposal_facts.objection_orphaned(objection))
                if self.chance(0.4):
                    objection.state, objection.by = ObjectionState.VALID, self.rng.choice(asked.electors)
                    self.tell(proposal_facts.objection_adopted(objection, elector=objection.by), objection.by)

    def test(self, objection: Standing) -> None:
        opinions = [Opinion(self.an_id(), self.chance(0.4)) for _ in range(self.rng.randint(0, 5))]
        objection.conclude_test(opinions, self.now)
        self.tell(proposal_facts.objection_tested(objection, opinions))

    def run_round(self, proposal: Proposal) -> Verdict | None:
        """Until it closes; None where the proposal is withdrawn."""
        run, asked = self.open_round(proposal)
        while True:
            self.let_answer(run, asked, proposal)
            if self.chance(0.05):
                self.tell(facts.round_abandoned(run, "ProposalWithdrawn", self.closing(asked)))
                self.closed(asked)
                return None
            self.hear_earlier(run, asked, proposal)
            verdict, _ = run.close(self.counted(asked), len(proposal.open()), None, self.now)
            if verdict.outcome is not Outcome.EXTENDED:
                break
            self.tell(facts.round_extended(run, automatic=True))
        reason = self.say("all are here") if self.chance(0.3) else None
        self.tell(facts.round_closed(run, verdict, self.closing(asked), reason=reason))
        self.closed(asked)
        return self.reconsidered(run, asked, proposal, verdict)

    def let_answer(self, run: ConsentRound, asked: Asked, proposal: Proposal) -> None:
        for person in list(asked.electors):
            for _ in range(self.rng.choice([0, 1, 1, 1, 1, 1, 2, 3])):
                if person not in asked.gone:
                    self.respond(run, asked, proposal, person)
            if self.chance(0.05) and len(asked.staying) > 1:
                self.leave(asked, proposal)
            if self.chance(0.05):
                run.extend(run.closes_at + timedelta(days=1), AUTUMN)
                self.tell(facts.round_extended(run, automatic=False, reason=self.say("holidays")), self.someone())
        if self.chance(0.1):
            asked.proposers.append(self.rng.choice(asked.electors))
            self.tell(facts.electorate_changed(asked.id, asked.proposers[-1], "proposing", "succession"))
        for objection in proposal.open():
            if self.chance(0.3) and objection.state is ObjectionState.RAISED:
                self.test(objection)

    def hear_earlier(self, run: ConsentRound, asked: Asked, proposal: Proposal) -> None:
        for objection in proposal.open():
            answer = asked.answer_of(objection.by)
            if objection.round_id != run.id and answer is not None and objection.state is not ObjectionState.ORPHANED:
                merged = answer == Answer.OBJECT
                self.end(objection, ObjectionState.MERGED if merged else ObjectionState.RESOLVED)

    def counted(self, asked: Asked) -> Counted:
        given = {person: asked.answer_of(person) for person in asked.staying}
        present = [answer for answer in given.values() if answer is not None]
        consents = [
            person
            for person, answer in given.items()
            if answer in EXPLICIT_CONSENTS and person not in asked.proposers
        ]
        objections = present.count(Answer.OBJECT)
        return Counted(len(asked.staying), len(present), len(consents), objections, "")

    def closing(self, asked: Asked) -> Leaves:
        return Leaves(tree_of(asked.all).root, len(asked.all))

    def closed(self, asked: Asked) -> None:
        asked.closes.append((self.log.size, [sealed.entry for sealed in asked.waiting]))
        asked.waiting = []

    def reconsidered(self, run: ConsentRound, asked: Asked, proposal: Proposal, verdict: Verdict) -> Verdict:
        """Objections withdrawn, found wanting or lapsed after the close: perhaps it is judged again."""
        if verdict.outcome not in {Outcome.INTEGRATING, Outcome.DEADLOCKED} or self.chance(0.4):
            return verdict
        for objection in proposal.open():
            if objection.state is ObjectionState.ORPHANED:
                self.end(objection, ObjectionState.LAPSED)
            elif self.chance(0.3) and objection.state is not ObjectionState.VALID:
                self.test(objection)
            elif self.chance(0.8) and objection.by in asked.electors:
                sealed = self.answer(run, asked, objection.by, Answer.CONSENT_WITH_CONCERN, self.now)
                self.end(objection, ObjectionState.WITHDRAWN, run.id, sealed)
        if proposal.open():
            return verdict
        verdict, _ = run.reconsider(self.counted(asked), 0)
        self.tell(facts.round_closed(run, verdict, self.closing(asked)))
        self.closed(asked)
        return verdict

    # -- votes, approvals, decisions ------------------------------------------------------------------------

    def run_vote(self, proposal: Proposal) -> Verdict:
        asked = self.freeze(proposal)
        run = Vote(**self.frozen(asked, proposal))
        self.tell(facts.vote_opened(run, text=proposal.text, electors=asked.electors), self.someone())
        for person in list(asked.electors):
            for _ in range(self.rng.choice([0, 1, 1, 2])):
                choice = self.rng.choice(list(Choice))
                ids = {"group": str(self.group), "vote_id": str(run.id), "version": run.version}
                self.keep(asked, a_ballot(**ids, choice=choice, at=self.now), person)
        if self.chance(0.3):
            self.leave(asked, proposal)
        choices = [asked.answer_of(person) for person in asked.staying]
        count = Count(len(choices), *(choices.count(choice) for choice in Choice))
        verdict, _ = run.close(count, None, self.now)
        self.tell(facts.vote_closed(run, verdict, self.closing(asked)))
        self.closed(asked)
        return verdict

    def settle(self, proposal: Proposal, verdict: Verdict) -> bool:
        """Whether the proposal is at its end."""
        if verdict.outcome is Outcome.AWAITING_APPROVAL:
            return self.approve(proposal, verdict)
        if verdict.outcome is Outcome.ADOPTED:
            self.decide(proposal, verdict)
        return verdict.outcome not in {Outcome.INTEGRATING, Outcome.DEADLOCKED}

    def approve(self, proposal: Proposal, verdict: Verdict) -> bool:
        due = {"due_on": date(2018, 1, 31), "overdue_at": self.now, "requested_at": self.now}
        ids = {"id": self.an_id(), "proposal_id": proposal.id, "group_id": self.group, "body_id": self.an_id()}
        told = {"title": "A room", "version": proposal.version, "proposer_ids": [], "verdict_reasons": []}
        approval = Approval(**ids, **told, **due)
        self.tell(proposal_facts.approval_requested(approval, text=proposal.text))
        answer = self.rng.choice(["grant", "grant", "return", "refuse"])
        by = self.someone()
        if answer == "grant":
            self.tell(proposal_facts.approval_granted(approval, note=self.say("well done")), by)
            self.decide(proposal, verdict)
        elif answer == "return":
            self.tell(proposal_facts.approval_returned(approval, reason=self.say("too dear")), by)
            self.publish_version(proposal)
            return False
        else:
            self.tell(proposal_facts.approval_refused(approval, reason=self.say("no")), by)
        return True

    def decide(self, proposal: Proposal, verdict: Verdict) -> None:
        days = {"adopted_at": self.now, "effective_on": self.now.date(), "effective_at": self.now}
        ids = {"id": self.an_id(), "group_id": self.group, "proposal_id": proposal.id}
        review = {"review_on": self.rng.choice([None, date(2018, 10, 2)]), "review_at": None}
        told = {"number": len(self.decisions) + 1, "version": proposal.version, "kind": "rule", "title": "A room"}
        decision = Decision(**ids, **told, **days, **review, text="…", reasons=list(verdict.reasons))
        self.tell(proposal_facts.decision_adopted(decision, text=proposal.text))
        self.decisions.append(decision)
        self.tell(proposal_facts.decision_in_force(decision.id))
        if self.chance(0.5):
            self.tell(proposal_facts.decision_under_review(decision.id))
            outcome = self.rng.choice(list(ReviewOutcome))
            note = self.say("we keep it") if self.chance(0.5) else None
            self.tell(proposal_facts.decision_reviewed(decision.id, outcome, note=note), self.someone())
            if outcome is not ReviewOutcome.DROP and self.chance(0.5):
                self.tell(proposal_facts.decision_superseded(decision.id, self.an_id()))

    def publish_version(self, proposal: Proposal) -> None:
        """By an amendment that answers what stands."""
        proposal.version += 1
        proposal.text = self.say({"text": f"version {proposal.version}", "lines": [1, 2, {"a": None}]})
        amendment = an_amendment(self, proposal)
        self.tell(Fact("amendment.proposed", amendment), self.someone())
        accepted = {"amendment": amendment["amendment"], "version": proposal.version, "text": proposal.text}
        self.tell(Fact("amendment.accepted", accepted), self.someone())
        for objection in proposal.open():
            if objection.state is not ObjectionState.ORPHANED and self.chance(0.7):
                objection.integrate(proposal.version)
                self.tell(proposal_facts.objection_integrating(objection, proposal.version), self.someone())

    def deliberate(self) -> None:
        """One proposal from its first round to its end, or as far as a group comes."""
        proposal = Proposal(self)
        if self.chance(0.2):
            self.settle(proposal, self.run_vote(proposal))
            return
        for _ in range(5):
            verdict = self.run_round(proposal)
            if verdict is None or self.settle(proposal, verdict):
                return
            if verdict.outcome is Outcome.DEADLOCKED and self.chance(0.7):
                self.settle(proposal, self.run_vote(proposal))
                return
            self.publish_version(proposal)

    # -- exports ----------------------------------------------------------------------------------------------

    def checkpoint(self) -> str:
        return self.log.checkpoint(self.key.name).signed(self.key)

    def erase(self, share: float) -> None:
        """Some texts and names are deleted, of some not even the commitment is listed."""
        for kept in (self.texts, self.people):
            kept[:] = [one.erased() if self.chance(share) else one for one in kept]

    def export(self) -> dict[str, Any]:
        rolls = [
            Roll(
                id=str(one.id),
                electors=one.electors,
                closes=one.closes,
                later=[sealed.entry for sealed in one.waiting] if one.closes else [],
            )
            for one in self.asked
        ]
        known = {entry["actor"] for entry in self.entries} | {p for one in self.asked for p in one.electors}
        return an_export(
            group=str(self.group),
            key=self.key.public,
            entries=self.entries,
            checkpoint=self.checkpoint(),
            rolls=rolls,
            texts=self.texts,
            people=[one for one in self.people if one.commitment in known],
        )


class Standing(Objection):
    """An objection, and who stands for it in the record."""

    by: str = ""


@dataclass
class Proposal:
    """What a group considers."""

    chronicle: Chronicle
    id: UUID = field(init=False)
    profile: DecisionProfile = field(init=False)
    proposers: list[str] = field(init=False)
    text: str = field(init=False)
    version: int = 1
    rounds: int = 0
    objections: list[Standing] = field(default_factory=list)

    def __post_init__(self) -> None:
        told = self.chronicle
        self.id, self.text = told.an_id(), told.say("We rent one room. We open it on Mondays.")
        self.proposers = [told.someone()]
        profile = told.rng.choice(list(PRESETS.values()))
        quorum = told.rng.choice([Ratio(1, 2), Ratio(1, 2), Ratio(28, 100), Ratio(9, 10)])
        body = told.rng.choice([None, told.an_id()])
        self.profile = DecisionProfile(
            profile.name, profile.by_vote, quorum, profile.majority, 1, told.rng.randint(1, 3), body
        )

    def open(self) -> list[Standing]:
        return [one for one in self.objections if one.is_open]


def an_amendment(chronicle: Chronicle, proposal: Proposal) -> dict[str, Any]:
    change = chronicle.say([{"start": 3, "end": 9, "text": "hire"}])
    told = {"base_version": proposal.version - 1, "change": change}
    return {"amendment": str(chronicle.an_id()), "proposal": str(proposal.id), **told}


def a_history(seed: int, proposals: int | None = None) -> Chronicle:
    """A group with some proposals deliberated; the same for the same seed."""
    chronicle = Chronicle(seed)
    for _ in range(proposals or chronicle.rng.randint(1, 3)):
        chronicle.deliberate()
        if chronicle.chance(0.3):
            chronicle.join(1)
    return chronicle


def grown(chronicle: Chronicle) -> Iterable[Mapping[str, Any]]:
    """The export after each further proposal."""
    while True:
        chronicle.deliberate()
        yield chronicle.export()
