"""The model of the process: what each act does, and every rule that forbids it.

Written from the design's words (deliberation.md) and the pages for users (docs/deciding.md, docs/stages.md), not from the
product's code. An act answers the names of all rules it breaks; where there is none it changes what is known.
"""

from collections.abc import Iterable
from copy import deepcopy
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil
from typing import Any

from deliberation.process.oracle import Rules, Said, counted, stands, still_objects, verdict, voted
from deliberation.process.state import (
    BEFORE_DECIDING,
    CHANGING,
    MOVES,
    SPOKEN_FOR,
    UNTESTED,
    Amendment,
    Approval,
    Decision,
    Elector,
    Foretold,
    Known,
    Objection,
    Proposal,
    Round,
    Vote,
    day_of,
    hours,
    start_of,
)

LONGEST = timedelta(days=90)
Broken = set[str]
Integrations = list[tuple[str, str, bool]]
"""Which objection, by which strategy, and whether an owner and a date are named."""


class Model:
    def __init__(self, known: Known) -> None:
        self.known = known

    @property
    def now(self) -> datetime:
        return self.known.now

    # -- who may ---------------------------------------------------------------------------------------------

    def belongs(self, who: str) -> bool:
        return who in self.known.seated or who in {"fay", "ada"} or (who == "bea" and self.known.body)

    def _unless(self, allowed: bool, who: str) -> Broken:
        if allowed:
            return set()
        return {"NotAllowed"} if self.belongs(who) else {"NotFound"}

    def _working(self, who: str) -> Broken:
        return self._unless(who in self.known.seated or who in {"fay", "ada"}, who)

    def _facilitating(self, who: str) -> Broken:
        return self._unless(who in {"fay", "ada"}, who)

    def _proposing(self, who: str, p: Proposal) -> Broken:
        return self._unless(who == "ada" or (who == p.proposer and self.belongs(who)), who)

    def _proposing_or_facilitating(self, who: str, p: Proposal) -> Broken:
        return set() if who == "fay" else self._proposing(who, p)

    def _oneself(self, who: str, person: str) -> Broken:
        return self._unless(who == person and self.belongs(who), who)

    def _entitled(self, who: str, staying: Iterable[str]) -> Broken:
        if who in staying:
            return set()
        return {"NotEntitledToRespond"} if self.belongs(who) else {"NotFound"}

    # -- drafting and phases ---------------------------------------------------------------------------------

    def draft(
        self,
        who: str,
        p: str,
        kind: str,
        words: list[str],
        effective: date | None = None,
        review: date | None = None,
        supersedes: int | None = None,
        complete: bool = True,
    ) -> Broken:
        broken = self._working(who)
        if not broken:
            self.known.proposals[p] = Proposal(p, kind, who, words, effective, review, supersedes, complete)
        return broken

    def finish_draft(self, who: str, p: str) -> Broken:
        one = self.known.proposals[p]
        broken = self._proposing(who, one) | _stage(one, {"draft"})
        if not broken:
            one.complete = True
        return broken

    def open(self, who: str, p: str) -> Broken:
        one = self.known.proposals[p]
        broken = self._proposing_or_facilitating(who, one) | _stage(one, {"draft"})
        if not one.complete:
            broken.add("ProposalIsIncomplete")
        if not broken:
            one.texts[1] = (list(one.words), False)
            one.review = one.review or (one.effective or day_of(self.now)) + timedelta(days=365)
            self._enter_phase(one, self._phase_after(None))
        return broken

    def move(self, who: str, p: str, to: str, reason: bool) -> Broken:
        one = self.known.proposals[p]
        broken = self._facilitating(who)
        if to not in MOVES.get(one.stage, set()):
            broken.add("WrongStage")
        if to in {"clarifying", "reacting"} and to not in self.known.rules.phases:
            broken.add("PhaseIsNotUsed")
        if not reason and not self._finished(one):
            broken.add("MoveNeedsReason")
        if not broken:
            self._enter_phase(one, to)
        return broken

    def _finished(self, p: Proposal) -> bool:
        if p.stage == "clarifying":
            return all(p.questions.values())
        return p.stage != "reacting" or self.known.seated <= p.reacted

    def _phase_after(self, phase: str | None) -> str:
        every = ("clarifying", "reacting")
        later = every[every.index(phase) + 1 :] if phase else every
        return next((one for one in later if one in self.known.rules.phases), "tuning")

    def _enter_phase(self, p: Proposal, stage: str) -> None:
        p.stage = stage
        box = self.known.rules.boxes.get(stage)
        p.phase_ends = self.now + hours(box) if box else None

    def ask(self, who: str, p: str, q: str) -> Broken:
        one = self.known.proposals[p]
        broken = self._working(who) | _stage(one, BEFORE_DECIDING)
        if not broken:
            one.questions[q] = False
        return broken

    def reply(self, who: str, p: str, q: str) -> Broken:
        one = self.known.proposals[p]
        broken = self._proposing_or_facilitating(who, one) | _stage(one, BEFORE_DECIDING)
        if one.questions[q]:
            broken.add("QuestionIsAnswered")
        if not broken:
            one.questions[q] = True
        return broken

    def react(self, who: str, p: str) -> Broken:
        one = self.known.proposals[p]
        broken = self._working(who) | _stage(one, {"reacting"})
        if who in one.reacted:
            broken.add("AlreadyReacted")
        if not broken:
            one.reacted.add(who)
            if self.known.seated <= one.reacted:
                self._enter_phase(one, self._phase_after("reacting"))
        return broken

    def withdraw(self, who: str, p: str) -> Broken:
        one = self.known.proposals[p]
        broken = self._proposing(who, one) | _stage(one, BEFORE_DECIDING | {"draft"})
        if one.stage == "deadlocked" and not _may_be_withdrawn(one):
            broken.add("FallbackIsNotPermitted")
        if not broken and one.stage == "draft":
            self._end(one, "withdrawn")
        elif not broken:
            one.withdraws = one.withdraws or self.now + hours(24)
        return broken

    def _withdrawn(self, p: Proposal) -> None:
        """Nobody took it over within 24 hours."""
        if p.stage == "consent_round":
            r = self.known.rounds[p.round or ""]
            r.figures = self._count(p, r)
            r.running, r.outcome, r.reasons = False, "lapsed", ["ProposalWithdrawn"]
        self._end(p, "withdrawn")

    def take_over(self, who: str, p: str) -> Broken:
        one = self.known.proposals[p]
        broken = self._working(who) | _stage(one, BEFORE_DECIDING)
        if one.withdraws is None or self.now >= one.withdraws:
            broken.add("NobodyWithdraws")
        if not broken:
            one.proposer, one.withdraws = who, None
        return broken

    def set_rules(self, who: str, rules: Rules) -> Broken:
        broken = self._unless(who == "ada" or (who == "bea" and self.known.body), who)
        if set(rules.ways_out) == {"extra_round"}:
            broken.add("ExtraRoundIsNoWayOut")
        if not broken:
            self.known.rules = rules
        return broken

    # -- the text --------------------------------------------------------------------------------------------

    def publish(self, who: str, p: str, base: int, place: int, word: str, integrate: Integrations) -> Broken:
        one = self.known.proposals[p]
        broken = self._proposing(who, one) | _stage(one, CHANGING) | self._vanishing(one, integrate)
        if base != one.version:
            broken.add("StaleBase")
        if not broken:
            self._new_text(one, {place: word})
            self._integrate(one, integrate)
        return broken

    def amend(self, who: str, a: str, p: str, base: int, words: dict[int, str], editorial: bool) -> Broken:
        one = self.known.proposals[p]
        broken = self._working(who)
        broken |= _stage(one, BEFORE_DECIDING if editorial else CHANGING | {"consent_round"})
        if base > one.version or any(
            one.texts[base][0][place] != one.words[place] for place in words if base in one.texts
        ):
            broken.add("StaleBase")
        if not broken:
            alike = [x.name for x in self._amendments(one) if x.open and x.words == words]
            self.known.amendments[a] = Amendment(
                a,
                p,
                who,
                one.version,
                words,
                editorial=editorial,
                like=alike[0] if alike else None,
            )
        return broken

    def accept(
        self, who: str, a: str, base: int | None, integrate: Integrations, closes: datetime | None
    ) -> Broken:
        amendment = self.known.amendments[a]
        one = self.known.proposals[amendment.proposal]
        broken = self._proposing(who, one) | _stage(one, CHANGING | {"consent_round"})
        broken |= self._vanishing(one, integrate)
        if not amendment.open:
            broken.add("AmendmentIsSettled")
        if base is not None and base != one.version:
            broken.add("StaleBase")
        r = self.known.rounds[one.round] if one.stage == "consent_round" and one.round else None
        if r is not None:
            broken |= self._refuse_next(one, r, closes)
        if broken:
            return broken
        self._make(one, amendment)
        self._integrate(one, integrate)
        if r is not None:
            r.figures = self._count(one, r)
            r.running, r.outcome, r.reasons = False, "amended", ["TextAmended"]
            self._ask(one, closes or r.closes, override=r.override)
        return broken

    def _refuse_next(self, p: Proposal, r: Round, asked: datetime | None) -> Broken:
        broken = set()
        closes = asked or r.closes
        if self.now >= r.closes:
            broken.add("RoundIsClosed")
        if r.closes - self.now < hours(24) and closes < r.closes + hours(24):
            broken.add("TooLateToAmend")
        if closes < r.closes:
            broken.add("DeadlinesOnlyExtend")
        broken |= self._deadline(closes, self.now)
        if p.rules is not None and p.rounds_held >= p.rules.max_rounds:
            broken.add("NoRoundsLeft")
        return broken | self._freezable(r.override)

    def reject(self, who: str, a: str) -> Broken:
        amendment = self.known.amendments[a]
        broken = self._proposing(who, self.known.proposals[amendment.proposal])
        return self._decline(amendment, "rejected", broken)

    def take_back(self, who: str, a: str) -> Broken:
        amendment = self.known.amendments[a]
        return self._decline(amendment, "withdrawn", self._oneself(who, amendment.author))

    def _decline(self, a: Amendment, state: str, broken: Broken) -> Broken:
        if not a.open:
            broken.add("AmendmentIsSettled")
        if not broken:
            a.state, a.takes_effect = state, None
        return broken

    def announce(self, who: str, a: str) -> Broken:
        amendment = self.known.amendments[a]
        one = self.known.proposals[amendment.proposal]
        broken = self._proposing(who, one) | _stage(one, BEFORE_DECIDING)
        if amendment.state != "proposed":
            broken.add("AmendmentIsSettled")
        if amendment.contested:
            broken.add("EditorialIsContested")
        if not broken:
            amendment.state, amendment.editorial = "announced", True
            amendment.takes_effect = self.now + hours(24)
        return broken

    def contest(self, who: str, a: str) -> Broken:
        amendment = self.known.amendments[a]
        broken = self._working(who)
        until = amendment.takes_effect
        if amendment.state != "announced" or until is None or self.now >= until:
            broken.add("NothingAnnounced")
        if not broken:
            amendment.state, amendment.editorial, amendment.takes_effect = "proposed", False, None
            amendment.contested = True
        return broken

    def _amendments(self, p: Proposal) -> list[Amendment]:
        return [a for a in self.known.amendments.values() if a.proposal == p.name]

    def _make(self, p: Proposal, a: Amendment, *, editorial: bool = False) -> None:
        a.state, a.takes_effect, a.accepted_in = "accepted", None, p.version + 1
        self._new_text(p, a.words, editorial=editorial)

    def _new_text(self, p: Proposal, words: dict[int, str], *, editorial: bool = False) -> None:
        """The other amendments follow the text, or conflict with it: one word is a place, a space keeps two apart."""
        p.words = [words.get(place, word) for place, word in enumerate(p.words)]
        p.version += 1
        p.texts[p.version] = (p.words, editorial)
        p.asked = p.asked and editorial
        for other in self._amendments(p):
            if not other.open:
                continue
            if other.words == words:
                other.state, other.takes_effect, other.accepted_in = "accepted", None, p.version
            elif other.words.keys() & words.keys():
                other.state, other.takes_effect = "conflicted", None
            else:
                other.base = p.version

    # -- objections and the text -----------------------------------------------------------------------------

    def _standing(self, p: Proposal) -> list[Objection]:
        return [o for o in self.known.objections.values() if o.proposal == p.name and o.open]

    def _vanishing(self, p: Proposal, integrate: Integrations) -> Broken:
        broken = set()
        named = {name for name, _, _ in integrate}
        standing = {o.name: o for o in self._standing(p)}
        if named - standing.keys():
            broken.add("NotAnObjectionToThis")
        if any(o.state in UNTESTED for o in standing.values() if o.name not in named):
            broken.add("ObjectionsAreUntested")
        if any(standing[name].state == "orphaned" for name in named & standing.keys()):
            broken.add("ObjectionIsOrphaned")
        if any(how == "defer" and not owned for _, how, owned in integrate):
            broken.add("DeferralNeedsOwnerAndDate")
        return broken

    def _integrate(self, p: Proposal, integrate: Integrations) -> None:
        for name, how, _ in integrate:
            o = self.known.objections[name]
            o.state, o.integrated_in, o.appealable_until = "integrating", p.version, None
            p.deferred += how == "defer"

    # -- rounds ----------------------------------------------------------------------------------------------

    def _deadline(self, closes: datetime, opened: datetime) -> Broken:
        return set() if self.now < closes <= opened + LONGEST else {"InvalidRequest"}

    def _freezable(self, override: bool) -> Broken:
        broken = {"ElectorateIsTooSmall"} if len(self.known.seated) < 2 else set()
        return broken | ({"ProjectionBehind"} if self.known.behind and not override else set())

    def open_round(self, who: str, p: str, closes: datetime, silence: bool, override: bool) -> Broken:
        one = self.known.proposals[p]
        rules = one.rules or self.known.rules
        broken = self._facilitating(who) | _stage(one, CHANGING)
        broken |= self._deadline(closes, self.now) | self._freezable(override)
        if rules.by_vote:
            broken.add("ProfileDecidesByVote")
        if one.stage == "deadlocked":
            broken |= set() if "extra_round" in rules.ways_out else {"FallbackIsNotPermitted"}
            broken |= {"NoRoundsLeft"} if one.rounds_held > rules.max_rounds else set()
        elif one.asked:
            broken.add("NothingChangedSinceLastRound")
        if silence and (not rules.silence or one.kind == "money"):
            broken.add("SilenceIsNotPermitted")
        if silence and closes < self.now + hours(72):
            broken.add("SilenceNeedsTime")
        if not broken:
            one.rules = rules
            self._ask(one, closes, silence=silence, override=override)
        return broken

    def _ask(self, p: Proposal, closes: datetime, *, silence: bool = False, override: bool = False) -> None:
        p.rounds_held += 1
        name = f"{p.name}.{p.rounds_held}"
        asked = {who: Elector() for who in sorted(self.known.seated)}
        self.known.rounds[name] = Round(
            name, p.name, p.rounds_held, p.version, self.now, closes, asked, silence, override
        )
        p.stage, p.round, p.asked, p.phase_ends = "consent_round", name, True, None

    def mail(self, r: str, person: str) -> None:
        """Only who was told before the close was told in time."""
        one = self.known.rounds[r]
        if person in one.electors and one.running:
            one.electors[person].told = True

    def _mine(self, r: str, who: str) -> Objection | None:
        mine = [o for o in self.known.objections.values() if o.round == r and o.objector == who]
        return mine[0] if mine else None

    def respond(self, who: str, r: str, number: int, version: int, answer: str, words: bool) -> Broken:
        one = self.known.rounds[r]
        rules = self._rules(one.proposal)
        broken = self._entitled(who, one.staying()) | self._too_late(one)
        if (number, version) != (one.number, one.version):
            broken.add("VersionMismatch")
        if answer not in rules.answers:
            broken.add("AnswerIsNotPermitted")
        if answer == "consent_with_concern" and not words:
            broken.add("ConcernNeedsWords")
        if answer == "object" and not words:
            broken.add("ObjectionNeedsReason")
        mine = self._mine(r, who)
        if answer == "object" and mine and not mine.open and mine.state not in {"withdrawn", "merged"}:
            broken.add("ObjectionIsSettled")
        if broken:
            return broken
        one.hear(who, answer)
        if answer == "object":
            self._raise(one, who, mine, "valid" if rules.test == "self" else "raised")
        elif mine is not None and mine.open:
            self._unanswered(mine, "withdrawn")
        return broken

    def _unanswered(self, o: Objection, end: str) -> None:
        """It is withdrawn or lapses. What went on in it stands again, if there is still somebody who objects so."""
        o.state, o.appealable_until = end, None
        self._let_stand_again(o)

    def _let_stand_again(self, ended: Objection) -> None:
        for one in self.known.objections.values():
            if one.state != "merged" or one.merged_into != ended.name:
                continue
            if self._still_objects(one):
                self_tested = self._rules(one.proposal).test == "self"
                one.state, one.merged_into = "valid" if self_tested else "raised", None
            else:
                self._let_stand_again(one)

    def _still_objects(self, o: Objection) -> bool:
        rounds, who = self.known.rounds, o.objector
        answered = [r for r in rounds.values() if r.proposal == o.proposal and who in r.answers]
        answers = [(r.number, r.answers[who][0]) for r in answered]
        staying = who in self.known.seated and who in rounds[o.round].staying()
        return staying and still_objects(answers, rounds[o.round].number)

    def _raise(self, r: Round, who: str, mine: Objection | None, state: str) -> None:
        r.objected = True
        if mine is not None:
            if not mine.open:
                mine.state, mine.merged_into = state, None
            return
        earlier = [
            o.name
            for o in self._standing(self.known.proposals[r.proposal])
            if o.objector == who and o.round != r.name
        ]
        name = f"{r.name}:{who}"
        self.known.objections[name] = Objection(
            name, r.name, r.proposal, who, who, state, follows=earlier[-1] if earlier else None
        )

    def _too_late(self, run: Round | Vote) -> Broken:
        return set() if run.running and self.now < run.closes else {"RoundIsClosed"}

    def _rules(self, p: str) -> Rules:
        rules = self.known.proposals[p].rules
        assert rules is not None
        return rules

    def recuse(self, who: str, r: str) -> Broken:
        one = self.known.rounds[r]
        broken = self._entitled(who, one.staying()) | self._too_late(one)
        mine = self._mine(r, who)
        if mine is not None and mine.open:
            broken.add("ObjectorsDoNotRecuse")
        if not broken:
            one.electors[who].left = "recused"
        return broken

    def record_departure(self, who: str, r: str, person: str) -> Broken:
        one = self.known.rounds[r]
        broken = self._facilitating(who) | self._too_late(one)
        if person not in one.staying():
            broken.add("NotAnElector")
        if not broken:
            one.electors[person].left = "recorded"
        return broken

    def extend(self, who: str, r: str, closes: datetime) -> Broken:
        one = self.known.rounds[r]
        broken = self._facilitating(who) | self._too_late(one) | self._deadline(closes, one.opened)
        if closes <= one.closes:
            broken.add("DeadlinesOnlyExtend")
        if not broken:
            one.closes = closes
        return broken

    def close(self, who: str, r: str, reason: bool) -> Broken:
        one = self.known.rounds[r]
        broken = self._facilitating(who)
        if not one.running:
            return broken
        standing = self._standing(self.known.proposals[one.proposal])
        complete = all(person in one.answers for person in one.staying())
        complete = complete and not any(o.state in UNTESTED for o in standing)
        if not complete and self.now < one.closes:
            broken |= set() if reason else {"RoundStillRuns"}
            broken |= {"SilenceNeedsTime"} if one.silence else set()
        if self.now < one.closes and self._judge(self.known.proposals[one.proposal], one, again=False) == (
            "lapsed",
            ["QuorumNotReached"],
        ):
            broken.add("RoundStillRuns")
        if not broken:
            self._close(one)
        return broken

    def _close(self, r: Round) -> None:
        p = self.known.proposals[r.proposal]
        for o in self._standing(p):
            if end := self._end_at_close(o, r):
                o.state, o.appealable_until = end, None
        outcome, reasons = self._judge(p, r, again=False)
        if outcome == "extended":
            r.calls += 1
            r.closes = max(r.closes, self.now) + hours(72)
            return
        r.running, r.outcome, r.reasons, r.figures = False, outcome, reasons, self._count(p, r)
        self._settle(p, outcome, reasons)

    def _end_at_close(self, o: Objection, r: Round) -> str | None:
        """How an objection of an earlier round ends when this one closes; None: it goes on."""
        if o.round == r.name or o.state == "orphaned":
            return None
        if o.objector in r.staying() and o.objector in r.answers:
            return "merged" if r.answers[o.objector][0] == "object" else "resolved"
        return "resolved" if o.state == "integrating" and o.objector not in r.electors else None

    def foretold(self, r: Round) -> Foretold:
        """What is missing in a running round, and what closing it now would come to."""
        p, rules = self.known.proposals[r.proposal], self._rules(r.proposal)
        count = counted(self._heard(p, r), silence=self._alive(r))
        untested = [o for o in self._standing(p) if o.state in UNTESTED]
        left = [o for o in self._standing(p) if not self._end_at_close(o, r)]
        share = rules.second_call if r.calls > 2 and rules.second_call is not None else rules.quorum
        wanted = rules.minimum if self._alive(r) else max(1, rules.minimum)
        missing = {
            "ResponsesMissing": len(r.staying()) - len(set(r.staying()) & r.answers.keys()),
            "QuorumMissing": max(2, ceil(Fraction(*share) * count.eligible)) - count.present,
            "ObjectionsUntested": len(untested),
            "ObjectionsStand": len([o for o in left if o.state not in UNTESTED]),
            "ConsentsMissing": wanted - count.consents,
        }
        outcome, reasons = self._judge(p, r, again=False)
        return {code: n for code, n in missing.items() if n > 0}, outcome, reasons

    def _alive(self, r: Round) -> bool:
        return r.silence and not r.objected

    def _count(self, p: Proposal, r: Round) -> tuple[int, int, int, int]:
        count = counted(self._heard(p, r), silence=self._alive(r))
        return count.eligible, count.present, count.consents, count.tacit

    def _heard(self, p: Proposal, r: Round) -> list[Said]:
        return [
            Said(r.answers[who][0] if who in r.answers else None, who == p.proposer, r.electors[who].told)
            for who in r.staying()
        ]

    def _judge(self, p: Proposal, r: Round, *, again: bool) -> tuple[str, list[str]]:
        return verdict(
            counted(self._heard(p, r), silence=self._alive(r)),
            self._rules(p.name),
            objections=len([o for o in self._standing(p) if again or not self._end_at_close(o, r)]),
            number=r.number,
            calls=r.calls,
            silence=self._alive(r),
            again=again,
            recommends=self.known.body,
        )

    def _reconsider(self, p: Proposal) -> None:
        """None left open: the round is judged again, if the text that stands is the one it asked about."""
        if p.stage not in {"integrating", "deadlocked"} or not p.asked or self._standing(p):
            return
        r = self.known.rounds[p.round or ""]
        r.outcome, r.reasons = self._judge(p, r, again=True)
        r.figures = self._count(p, r)
        self._settle(p, r.outcome, r.reasons)

    # -- objections ------------------------------------------------------------------------------------------

    def opine(self, who: str, o: str, qualifies: bool) -> Broken:
        one = self.known.objections[o]
        p = self.known.proposals[one.proposal]
        broken = self._working(who) | _spoken_for(one)
        if who in {one.objector, p.proposer}:
            broken.add("ObjectorAndProposerDoNotRule")
        if who not in self.known.rounds[one.round].staying():
            broken.add("NotEntitledToRespond")
        if self._rules(p.name).test != "group" and not one.appealed:
            broken.add("ObjectionIsNotTestedSo")
        if not broken:
            one.opinions[who] = qualifies
            one.state = "testing" if one.state == "raised" else one.state
        return broken

    def conclude(self, who: str, o: str) -> Broken:
        one = self.known.objections[o]
        p = self.known.proposals[one.proposal]
        broken = self._facilitating(who)
        if self._rules(p.name).test != "group" and not one.appealed:
            broken.add("ObjectionIsNotTestedSo")
        if one.state == "orphaned":
            broken.add("ObjectionIsOrphaned")
        elif one.state not in UNTESTED | {"integrating"}:
            broken.add("ObjectionIsSettled")
        if not broken:
            others = [q for person, q in one.opinions.items() if person not in {one.objector, p.proposer}]
            self._tested(one, valid=stands(others))
            self._reconsider(p)
        return broken

    def rule(self, who: str, o: str, qualifies: bool) -> Broken:
        one = self.known.objections[o]
        p = self.known.proposals[one.proposal]
        broken = self._facilitating(who) | _spoken_for(one)
        if who in {one.objector, p.proposer}:
            broken.add("ObjectorAndProposerDoNotRule")
        if self._rules(p.name).test != "facilitator" or one.appealed:
            broken.add("ObjectionIsNotTestedSo")
        if one.state not in UNTESTED | {"integrating"}:
            broken.add("ObjectionIsSettled")
        if not broken and qualifies:
            self._tested(one, valid=True)
        elif not broken:
            one.state, one.appealable_until = "testing", self.now + hours(24)
        return broken

    def appeal(self, who: str, o: str) -> Broken:
        one = self.known.objections[o]
        broken = self._oneself(who, one.objector)
        if not one.open or one.appealable_until is None or self.now >= one.appealable_until:
            broken.add("NoRulingToAppeal")
        if not broken:
            one.appealed, one.appealable_until = True, None
        return broken

    def _tested(self, o: Objection, *, valid: bool) -> None:
        o.state, o.appealable_until = "valid" if valid else "not_qualified", None

    def withdraw_objection(self, who: str, o: str, answer: str, words: bool) -> Broken:
        one = self.known.objections[o]
        broken = self._oneself(who, one.objector)
        if one.state not in SPOKEN_FOR:
            broken.add("ObjectionIsSettled")
        if answer not in self._rules(one.proposal).answers:
            broken.add("AnswerIsNotPermitted")
        if answer == "consent_with_concern" and not words:
            broken.add("ConcernNeedsWords")
        if not broken:
            self.known.rounds[one.round].hear(who, answer)
            self._unanswered(one, "withdrawn")
            self._reconsider(self.known.proposals[one.proposal])
        return broken

    def confirm(self, who: str, o: str) -> Broken:
        one = self.known.objections[o]
        broken = self._oneself(who, one.objector)
        if not one.open:
            broken.add("ObjectionIsSettled")
        elif one.state != "integrating":
            broken.add("ObjectionIsNotIntegrated")
        if not broken:
            one.state, one.appealable_until = "resolved", None
            self._reconsider(self.known.proposals[one.proposal])
        return broken

    def merge(self, who: str, o: str, into: str) -> Broken:
        one, other = self.known.objections[o], self.known.objections[into]
        broken = self._oneself(who, one.objector)
        if one is other or one.proposal != other.proposal or not other.open:
            broken.add("NotAnObjectionToThis")
        if one.state not in SPOKEN_FOR:
            broken.add("ObjectionIsSettled")
        if not broken:
            one.state, one.merged_into, one.appealable_until = "merged", into, None
        return broken

    def adopt(self, who: str, o: str) -> Broken:
        one = self.known.objections[o]
        r = self.known.rounds[one.round]
        broken = self._working(who)
        if who not in r.staying():
            broken.add("NotEntitledToRespond")
        if self._mine(r.name, who) is not None:
            broken.add("AlreadyObjects")
        until = one.orphaned_until
        if one.state != "orphaned" or until is None or self.now >= until:
            broken.add("ObjectionIsNotOrphaned")
        if not broken:
            one.state, one.objector, one.orphaned_until = one.was or "raised", who, None
            if r.running and self.now < r.closes:
                r.hear(who, "object")
        return broken

    # -- people ----------------------------------------------------------------------------------------------

    def leave(self, person: str, why: str) -> None:
        self.known.seated.discard(person)
        runs: list[Round | Vote] = [*self.known.rounds.values(), *self.known.votes.values()]
        for run in runs:
            if run.running and person in run.staying():
                run.electors[person].left = why
        for o in self.known.objections.values():
            if o.objector == person and o.state in SPOKEN_FOR and why != "removed":
                o.was, o.state = o.state, "orphaned"
                o.orphaned_until, o.appealable_until = self.now + hours(72), None

    def join(self, person: str) -> None:
        self.known.seated.add(person)

    # -- what follows a verdict ------------------------------------------------------------------------------

    def _settle(self, p: Proposal, outcome: str, reasons: list[str]) -> None:
        if outcome == "awaiting_approval" and p.version == p.granted and "Referred" not in reasons:
            told = [reason for reason in reasons if reason != "ApprovingBodyDecides"]
            outcome, reasons = "adopted", [*told, "ApprovalGranted"]
        if outcome in {"adopted", "lapsed", "rejected"}:
            self._end(p, outcome)
        p.stage, p.phase_ends = outcome, None
        if outcome not in BEFORE_DECIDING or (outcome == "deadlocked" and not _may_be_withdrawn(p)):
            p.withdraws = None
        if outcome == "awaiting_approval":
            name = f"k{len(self.known.approvals) + 1}"
            self.known.approvals[name] = Approval(name, p.name, p.version, reasons)
            p.approval = name
        elif outcome == "adopted":
            self._register(p, reasons)

    def _end(self, p: Proposal, stage: str) -> None:
        p.stage, p.phase_ends, p.withdraws = stage, None, None
        for a in self._amendments(p):
            if a.open:
                a.state, a.takes_effect = "stale", None

    def _register(self, p: Proposal, reasons: list[str]) -> None:
        today = day_of(self.now)
        effective = max(p.effective or today, today)
        number = len(self.known.decisions) + 1
        answers = self.known.rounds[p.round].answers if p.round else {}
        assert p.review is not None
        self.known.decisions[number] = Decision(
            number,
            p.name,
            p.version,
            p.words,
            reasons,
            effective,
            p.review,
            [f"{who} is concerned" for who, (said, _) in answers.items() if said == "consent_with_concern"],
            p.deferred,
            p.supersedes,
        )
        p.decision = number
        if start_of(effective) <= self.now:
            self._take_effect(self.known.decisions[number])

    def _take_effect(self, d: Decision) -> None:
        d.state = self.known.proposals[d.proposal].stage = "in_force"
        earlier = self.known.decisions.get(d.supersedes or 0)
        if earlier is not None and earlier.state in {"adopted", "in_force", "under_review"}:
            earlier.state = self.known.proposals[earlier.proposal].stage = "superseded"
            earlier.superseded_by = d.number

    # -- deadlocks and votes ---------------------------------------------------------------------------------

    def refer(self, who: str, p: str) -> Broken:
        one = self.known.proposals[p]
        broken = self._facilitating(who) | _stage(one, {"deadlocked"})
        if one.rules is not None and "refer" not in one.rules.ways_out:
            broken.add("FallbackIsNotPermitted")
        if not self.known.body:
            broken.add("NobodyToReferTo")
        if not broken:
            self._settle(one, "awaiting_approval", ["Referred", "ApprovingBodyDecides"])
        return broken

    def open_vote(self, who: str, p: str, closes: datetime, override: bool) -> Broken:
        one = self.known.proposals[p]
        rules = one.rules or self.known.rules
        broken = self._facilitating(who)
        broken |= _stage(one, {"clarifying", "reacting", "tuning", "deadlocked"})
        broken |= self._deadline(closes, self.now) | self._freezable(override)
        if one.stage == "deadlocked":
            broken |= set() if "vote" in rules.ways_out else {"FallbackIsNotPermitted"}
        elif not rules.by_vote:
            broken.add("ProfileDecidesByConsent")
        if not broken:
            one.rules = rules
            name = f"v{len(self.known.votes) + 1}"
            asked = {person: Elector() for person in sorted(self.known.seated)}
            self.known.votes[name] = Vote(name, p, one.version, closes, asked)
            one.stage, one.vote, one.phase_ends, one.withdraws = "vote", name, None, None
        return broken

    def cast(self, who: str, v: str, version: int, choice: str) -> Broken:
        one = self.known.votes[v]
        broken = self._entitled(who, one.staying()) | self._too_late(one)
        if version != one.version:
            broken.add("VersionMismatch")
        if not broken:
            one.ballots[who] = (choice, version)
        return broken

    def close_vote(self, who: str, v: str, reason: bool) -> Broken:
        one = self.known.votes[v]
        broken = self._facilitating(who)
        if not one.running:
            return broken
        if not reason and self.now < one.closes and any(w not in one.ballots for w in one.staying()):
            broken.add("RoundStillRuns")
        if not broken:
            self._close_vote(one)
        return broken

    def _close_vote(self, v: Vote) -> None:
        p = self.known.proposals[v.proposal]
        rules = self._rules(p.name)
        cast = [v.ballots[who][0] for who in v.staying() if who in v.ballots]
        v.outcome, v.reasons = voted(len(v.staying()), cast, rules.quorum, rules, recommends=self.known.body)
        v.running = False
        v.figures = (len(v.staying()), cast.count("for"), cast.count("against"), cast.count("abstain"))
        self._settle(p, v.outcome, v.reasons)

    # -- the approving body, and afterwards ------------------------------------------------------------------

    def _approving(self, who: str, k: Approval, reason: bool) -> Broken:
        broken = self._unless(who == "bea", who)
        if k.state != "requested":
            broken.add("ApprovalIsAnswered")
        return broken | (set() if reason else {"ApprovalNeedsReason"})

    def grant(self, who: str, k: str) -> Broken:
        one = self.known.approvals[k]
        broken = self._approving(who, one, reason=True)
        if not broken:
            one.state = "granted"
            told = [reason for reason in one.reasons if reason != "ApprovingBodyDecides"]
            self._settle(self.known.proposals[one.proposal], "adopted", [*told, "ApprovalGranted"])
        return broken

    def send_back(self, who: str, k: str, reason: bool) -> Broken:
        one = self.known.approvals[k]
        broken = self._approving(who, one, reason)
        if not broken:
            one.state = "returned"
            self.known.proposals[one.proposal].stage = "tuning"
        return broken

    def grant_with_changes(self, who: str, k: str, place: int, word: str, reason: bool) -> Broken:
        one = self.known.approvals[k]
        broken = self._approving(who, one, reason)
        if not broken:
            one.state = "granted_with_changes"
            p = self.known.proposals[one.proposal]
            p.stage = "tuning"
            self._new_text(p, {place: word})
            p.granted = p.version
        return broken

    def refuse(self, who: str, k: str, reason: bool) -> Broken:
        one = self.known.approvals[k]
        broken = self._approving(who, one, reason)
        if not broken:
            one.state = "refused"
            self._settle(self.known.proposals[one.proposal], "rejected", ["ApprovalRefused"])
        return broken

    def review(self, who: str, d: int, outcome: str) -> Broken:
        one = self.known.decisions[d]
        broken = self._facilitating(who)
        if one.state != "under_review":
            broken.add("DecisionStateForbids")
        if not broken and outcome == "keep":
            one.state = self.known.proposals[one.proposal].stage = "in_force"
            one.review = day_of(self.now) + timedelta(days=365)
        elif not broken and outcome == "drop":
            one.state = self.known.proposals[one.proposal].stage = "retired"
        return broken

    # -- time ------------------------------------------------------------------------------------------------

    def passes(self, by: timedelta) -> None:
        self.known.now += by

    def due(self) -> None:
        """All that falls due, in the order in which the worker looks: phases, edits, closes, effects, reviews, objections."""
        for p in self.known.proposals.values():
            while p.phase_ends is not None and p.phase_ends <= self.now:
                self._enter_phase(p, self._phase_after(p.stage))
        self._due_edits()
        for r in self._by_proposal(self.known.rounds.values()):
            if r.running and r.closes <= self.now:
                self._close(r)
        for v in self._by_proposal(self.known.votes.values()):
            if v.running and v.closes <= self.now:
                self._close_vote(v)
        for d in self._by_proposal(self.known.decisions.values()):
            if d.state == "adopted" and start_of(d.effective) <= self.now:
                self._take_effect(d)
        for d in self.known.decisions.values():
            if d.state == "in_force" and start_of(d.review) <= self.now:
                d.state = self.known.proposals[d.proposal].stage = "under_review"
        for p in self.known.proposals.values():
            if p.withdraws is not None and p.withdraws <= self.now:
                self._withdrawn(p)
        self._due_objections()

    def _due_edits(self) -> None:
        for p in self.known.proposals.values():
            for a in self._amendments(p):
                if a.takes_effect is None or a.takes_effect > self.now:
                    continue
                if p.stage not in BEFORE_DECIDING:
                    a.state, a.takes_effect = "stale", None
                    continue
                self._make(p, a, editorial=True)
                if p.stage == "consent_round" and p.round:
                    self.known.rounds[p.round].version = p.version

    def _due_objections(self) -> None:
        for p in self.known.proposals.values():
            unappealed = [
                o for o in self._standing(p) if o.appealable_until and o.appealable_until <= self.now
            ]
            for o in unappealed:
                self._tested(o, valid=False)
            if unappealed:
                self._reconsider(p)
        for p in self.known.proposals.values():
            gone = [
                o
                for o in self._standing(p)
                if o.state == "orphaned" and o.orphaned_until and o.orphaned_until <= self.now
            ]
            for o in gone:
                self._unanswered(o, "lapsed")
            if gone:
                self._reconsider(p)

    def _by_proposal(self, runs: Iterable[Any]) -> list[Any]:
        return sorted(runs, key=lambda run: list(self.known.proposals).index(run.proposal))

    def copy(self) -> "Model":
        return Model(deepcopy(self.known))


def _stage(p: Proposal, stages: set[str]) -> Broken:
    return set() if p.stage in stages else {"WrongStage"}


def _may_be_withdrawn(p: Proposal) -> bool:
    """Out of a deadlock; always where an extra round was the only way out, and was held."""
    assert p.rules is not None
    stuck = set(p.rules.ways_out) == {"extra_round"} and p.rounds_held > p.rules.max_rounds
    return "withdraw" in p.rules.ways_out or stuck


def _spoken_for(o: Objection) -> Broken:
    if not o.open:
        return {"ObjectionIsSettled"}
    return {"ObjectionIsOrphaned"} if o.state == "orphaned" else set()
