"""The machine: what people do, drawn at random, carried out in the model and in the system, compared after every act."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from deliberation.process.drivers import Driver
from deliberation.process.invariants import expect_sound
from deliberation.process.model import Integrations, Model
from deliberation.process.oracle import ANSWERS, WAYS_OUT, Rules
from deliberation.process.state import (
    SPOKEN_FOR,
    Amendment,
    Known,
    Objection,
    Proposal,
    Round,
    Vote,
    edits_of,
    hours,
    view,
)

PEOPLE = ("fay", "pat", "ann", "ben", "cas", "dan")
PLACES = 5
MOST_PROPOSALS = 3
D = st.data()
T = TypeVar("T")


def while_some(*stages: str) -> Any:
    """The rule applies while a proposal is in one of these stages; rarely, while none is."""
    return precondition(lambda self: self.proposals(*stages) or self.made % 16 == 0)


def while_running() -> Any:
    """The rule applies while a round runs; rarely, once one is over."""
    return precondition(
        lambda self: (
            any(r.running for r in self.model.known.rounds.values())
            or (self.model.known.rounds and self.made % 16 == 0)
        )
    )


class Figures:
    """What was counted over all examples."""

    def __init__(self) -> None:
        self.examples = self.steps = self.acts = self.due = 0
        self.recorded = self.judged_again = 0
        self.refused: Counter[str] = Counter()
        self.verdicts: Counter[str] = Counter()
        self.votes: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self.ends: Counter[str] = Counter()

    def lines(self) -> list[str]:
        """For people to read."""
        numbers = f"examples {self.examples}, steps {self.steps}, acts {self.acts}, due work {self.due} times"
        words = {
            "refused": self.refused,
            "done": self.done,
            "rounds": self.verdicts,
            "votes": self.votes,
            "proposals ended as": self.ends,
        }
        record = f"recorded {self.recorded} entries, all verified, {self.judged_again} outcomes judged again"
        return [numbers, record, *(f"{what}: {_told(counts)}" for what, counts in words.items())]


def _told(counts: Counter[str]) -> str:
    named = ", ".join(f"{name} {count}" for name, count in counts.most_common())
    return f"{sum(counts.values())} ({named})"


class Process(RuleBasedStateMachine):
    driver: ClassVar[Driver]
    figures: ClassVar[Figures]

    # -- beginning -------------------------------------------------------------------------------------------

    @initialize(data=D)
    def begin(self, data: st.DataObject) -> None:
        self.figures.examples += 1
        self.made, self.late = 0, False
        self.found: dict[str, Any] = {}
        rules = data.draw(profiles(), label="rules")
        seated = list(PEOPLE[: data.draw(st.integers(2, 6), label="seats")])
        body = data.draw(st.booleans(), label="body")
        self.model = Model(Known(body=body, seated=set(seated)))
        self.driver.begin(body=body, seated=seated)
        self.do("set_rules", "ada", rules=rules)
        p = self._draft(data, "pat")
        if p is not None and p.stage == "tuning" and not self.rarely(data, 6):
            self._open_round(data, p)

    def teardown(self) -> None:
        if hasattr(self, "model"):
            known = self.model.known
            self.figures.ends.update(p.stage for p in known.proposals.values())
            self.figures.verdicts.update(str(run.outcome or "running") for run in known.rounds.values())
            self.figures.votes.update(str(run.outcome or "running") for run in known.votes.values())
            self._expect_recorded()
            self.driver.end()

    def _expect_recorded(self) -> None:
        """What the group's record exports at the end of a story verifies, and has as many decisions."""
        report, decisions = self.driver.verified()
        assert not report.findings, "\n".join(map(str, report.findings))
        assert decisions == len(self.model.known.decisions)
        self.figures.recorded += report.entries
        self.figures.judged_again += report.outcomes

    # -- doing -----------------------------------------------------------------------------------------------

    def do(self, act: str, who: str, system: dict[str, Any] | None = None, **args: Any) -> bool:
        """Carry it out in both. True where it was permitted."""
        self.figures.acts += 1
        broken: set[str] = getattr(self.model, act)(who, **args)
        written = self.driver.published()
        refused = self.driver.perform(act, who, **(args if system is None else system))
        assert refused in broken or (refused is None and not broken), (
            f"{who} {act} {args}: the model says {sorted(broken) or 'yes'}, the system {refused or 'yes'}"
        )
        assert refused is None or self.driver.published() == written, f"{act} was refused and told of"
        (self.figures.done if refused is None else self.figures.refused)[refused or act] += 1
        self.compare(f"{who} {act} {args}")
        return refused is None

    def compare(self, after: str) -> None:
        expected, found = view(self.model.known), self.driver.view()
        for name, run in self.model.known.rounds.items():
            if run.running and name in found["rounds"]:
                expected["rounds"][name]["foretold"] = self.model.foretold(run)
                found["rounds"][name]["foretold"] = self.driver.foretold(name)
        told = list(differences(expected, found, exact=self.driver.exact))
        assert not told, f"after {after}:\n" + "\n".join(told)
        expect_sound(self.found, found, self.model.known)
        self.found = found

    def new(self, letter: str) -> str:
        self.made += 1
        name = f"{letter}{self.made}"
        self.driver.new(name)
        return name

    def word(self) -> str:
        """A word no text has had, of characters no other word has."""
        self.made += 1
        return chr(0x0250 + self.made) * 3

    # -- choosing --------------------------------------------------------------------------------------------

    def pick(self, data: st.DataObject, things: Sequence[T]) -> T:
        return data.draw(st.sampled_from(things))

    def rarely(self, data: st.DataObject, times: int = 8) -> bool:
        return data.draw(st.integers(0, times - 1)) == times - 1

    def by(self, data: st.DataObject, *usually: str) -> str:
        """Somebody who usually may, or anybody."""
        if self.rarely(data, 12):
            return self.pick(data, ["fay", "pat", "ann", "ben", "cas", "ola", "bea", "ada"])
        return self.pick(data, usually)

    def proposals(self, *stages: str) -> list[Proposal]:
        return [p for p in self.model.known.proposals.values() if not stages or p.stage in stages]

    def a_proposal(self, data: st.DataObject, *stages: str) -> Proposal:
        """Usually one in such a stage."""
        fitting = self.proposals(*stages)
        if not fitting or self.rarely(data, 25):
            return self.pick(data, self.proposals())
        return self.pick(data, fitting)

    def a_round(self, data: st.DataObject) -> Round:
        """Usually a running one, usually the last."""
        rounds = list(self.model.known.rounds.values())
        running = [r for r in rounds if r.running]
        return self.pick(data, running if running and not self.rarely(data, 10) else rounds[::-1])

    def an_objection(self, data: st.DataObject, *states: str) -> Objection:
        known = list(self.model.known.objections.values())[::-1]
        fitting = [o for o in known if o.state in states]
        return self.pick(data, fitting if fitting and not self.rarely(data, 10) else known)

    def an_amendment(self, data: st.DataObject) -> Amendment:
        known = list(self.model.known.amendments.values())[::-1]
        open_ones = [a for a in known if a.open]
        return self.pick(data, open_ones if open_ones and not self.rarely(data, 8) else known)

    def _hours(self, data: st.DataObject, *those: float) -> timedelta:
        """At an edge only where the system's time is exactly the model's."""
        edge = [-1, 0] if self.driver.exact else []
        return hours(self.pick(data, those) + (self.pick(data, [0, *edge, 1]) if self.rarely(data, 6) else 0))

    # -- drafting and phases ---------------------------------------------------------------------------------

    @precondition(lambda self: len(self.model.known.proposals) < MOST_PROPOSALS)
    @rule(data=D)
    def drafts(self, data: st.DataObject) -> None:
        self._draft(data, self.by(data, "pat", "ann", "fay"))

    def _draft(self, data: st.DataObject, who: str) -> Proposal | None:
        today = self.model.now.date()
        decisions = list(self.model.known.decisions)
        complete = not self.rarely(data, 10)
        p = self.new("p")
        told: dict[str, Any] = {
            "p": p,
            "kind": self.pick(data, ["recommendation", "recommendation", "money"]),
            "words": [self.word() for _ in range(PLACES)],
            "effective": self.pick(data, [None, None, today + timedelta(days=10)]),
            "review": self.pick(data, [None, today + timedelta(days=20)]),
            "supersedes": self.pick(data, [None, *decisions]),
            "complete": complete,
        }
        if self.do("draft", who, **told) and complete and not self.rarely(data, 10):
            self.do("open", who, p=p)
            stage = self.model.known.proposals[p].stage
            if stage != "tuning" and not self.rarely(data, 6):
                self.do("move", "fay", p=p, to="tuning", reason=True)
        return self.model.known.proposals.get(p)

    @while_some("draft")
    @rule(data=D)
    def opens(self, data: st.DataObject) -> None:
        p = self.a_proposal(data, "draft")
        who = self.by(data, p.proposer, "fay")
        if not p.complete and not self.rarely(data, 3):
            self.do("finish_draft", p.proposer, p=p.name)
        self.do("open", who, p=p.name)

    @while_some("clarifying", "reacting", "integrating")
    @rule(data=D)
    def moves(self, data: st.DataObject) -> None:
        p = self.a_proposal(data, "clarifying", "reacting", "tuning", "integrating")
        to = self.pick(data, ["tuning", "tuning", "tuning", "reacting", "clarifying"])
        self.do("move", self.by(data, "fay"), p=p.name, to=to, reason=not self.rarely(data, 3))

    @while_some("clarifying", "reacting")
    @rule(data=D)
    def speaks(self, data: st.DataObject) -> None:
        p = self.a_proposal(data, "clarifying", "reacting")
        what = self.pick(data, ["ask", "reply", "react"])
        if what == "ask" or (what == "reply" and not p.questions):
            self.do("ask", self.by(data, "ann", "ben"), p=p.name, q=self.new("q"))
        elif what == "reply":
            self.do("reply", self.by(data, p.proposer), p=p.name, q=self.pick(data, list(p.questions)))
        else:
            for who in self.pick(data, [[self.by(data, *PEOPLE)], sorted(self.model.known.seated)]):
                self.do("react", who, p=p.name)

    @while_some("deadlocked", "integrating", "draft")
    @precondition(lambda self: self.made % 4 == 0)
    @rule(data=D)
    def takes_a_proposal_back(self, data: st.DataObject) -> None:
        p = self.a_proposal(data, "deadlocked", "integrating", "consent_round")
        self.do("withdraw", self.by(data, p.proposer), p=p.name)

    @precondition(lambda self: self.in_last_rounds())
    @rule(data=D)
    def takes_back_what_deadlocks(self, data: st.DataObject) -> None:
        """Whether it ends all the same a day later depends on the ways out."""
        r = self.pick(data, self.in_last_rounds())
        self.do("withdraw", self.model.known.proposals[r.proposal].proposer, p=r.proposal)
        self._say(r, self.pick(data, sorted(r.electors)), "object")
        self.do("close", "fay", r=r.name, reason=True)
        if self.rarely(data, 2):
            self._time_passes(hours(25))
            self._due()

    def in_last_rounds(self) -> list[Round]:
        """Those running after which an objection deadlocks."""
        running = [r for r in self.model.known.rounds.values() if r.running]
        rules = {p.name: p.rules for p in self.proposals() if p.rules is not None}
        return [r for r in running if r.number >= rules[r.proposal].max_rounds and self.made % 4 == 1]

    @precondition(lambda self: any(p.withdraws for p in self.proposals()) or self.made % 16 == 0)
    @rule(data=D)
    def takes_a_proposal_over(self, data: st.DataObject) -> None:
        leaving = [p for p in self.proposals() if p.withdraws] or self.proposals()
        self.do("take_over", self.by(data, "ann", "ben", "pat"), p=self.pick(data, leaving).name)

    @precondition(lambda self: self.made % 5 == 0)
    @rule(data=D)
    def sets_how_the_group_decides(self, data: st.DataObject) -> None:
        self.do("set_rules", self.by(data, "ada", "bea"), rules=data.draw(profiles(), label="rules"))

    # -- the text --------------------------------------------------------------------------------------------

    def _integrations(self, data: st.DataObject, p: Proposal) -> Integrations:
        """Usually every open objection to it, each in some way."""
        named = [o.name for o in self.model.known.objections.values() if o.proposal == p.name and o.open]
        if self.rarely(data, 4):
            named = [o for o in self.model.known.objections if self.rarely(data, 2)]
        return [
            (o, self.pick(data, ["amend", "measure", "accept_risk", "defer"]), not self.rarely(data, 6))
            for o in named
        ]

    @while_some("integrating", "deadlocked", "tuning")
    @rule(data=D)
    def publishes(self, data: st.DataObject) -> None:
        self._publish(data, self.a_proposal(data, "integrating", "deadlocked", "tuning"))

    def _publish(self, data: st.DataObject, p: Proposal) -> None:
        base = max(1, p.version - self.rarely(data, 12))
        place, word = data.draw(st.integers(0, PLACES - 1)), self.word()
        text = " ".join(word if n == place else one for n, one in enumerate(p.words))
        told = {"p": p.name, "base": base, "integrate": self._integrations(data, p)}
        self.do(
            "publish",
            self.by(data, p.proposer),
            system={**told, "text": text},
            **told,
            place=place,
            word=word,
        )

    @while_some("tuning", "consent_round", "integrating", "deadlocked")
    @precondition(lambda self: sum(a.open for a in self.model.known.amendments.values()) < 4)
    @rule(data=D)
    def amends(self, data: st.DataObject) -> None:
        p = self.a_proposal(data, "tuning", "consent_round", "integrating", "deadlocked")
        bases = [p.version, p.version, *p.texts] if p.texts else [1]
        base = self.pick(data, bases) + self.rarely(data, 20)
        words = {
            place: self.word()
            for place in data.draw(st.sets(st.integers(0, PLACES - 1), min_size=1, max_size=2))
        }
        open_ones = [a.words for a in self.model.known.amendments.values() if a.proposal == p.name and a.open]
        if open_ones and self.rarely(data, 4):
            words, base = dict(self.pick(data, open_ones)), p.version
        a, editorial = self.new("a"), self.rarely(data, 3)
        text = p.texts[base][0] if base in p.texts else p.words
        told = {"a": a, "p": p.name, "base": base, "editorial": editorial}
        system = {**told, "edits": edits_of(text, words)}
        self.do("amend", self.by(data, *PEOPLE), system=system, **told, words=words)

    @precondition(lambda self: self.model.known.amendments)
    @rule(data=D)
    def decides_on_an_amendment(self, data: st.DataObject) -> None:
        a = self.an_amendment(data)
        p = self.model.known.proposals[a.proposal]
        act = self.pick(data, ["accept", "accept", "announce", "announce", "contest", "reject", "take_back"])
        if act == "accept":
            told: dict[str, Any] = {"base": self.pick(data, [None, p.version, max(1, p.version - 1)])}
            told["integrate"] = self._integrations(data, p)
            told["closes"] = self._later(data, p)
            self.do("accept", self.by(data, p.proposer), a=a.name, **told)
        else:
            who = self.by(data, *PEOPLE[:4]) if act == "contest" else p.proposer
            self.do(act, self.by(data, a.author if act == "take_back" else who), a=a.name)

    def _later(self, data: st.DataObject, p: Proposal) -> Any:
        if p.stage != "consent_round" or p.round is None or self.rarely(data, 2):
            return None
        return self.model.known.rounds[p.round].closes + self._hours(data, 1, 25, 48)

    # -- rounds ----------------------------------------------------------------------------------------------

    @precondition(lambda self: self.ready() or self.made % 16 == 0)
    @rule(data=D)
    def opens_a_round(self, data: st.DataObject) -> None:
        ready = self.ready()
        usual = ready if ready and not self.rarely(data, 20) else self.proposals()
        self._open_round(data, self.pick(data, usual))

    def ready(self) -> list[Proposal]:
        """Those that could be put to a round."""
        tuned = [p for p in self.proposals("tuning", "integrating") if not p.asked]
        return tuned + self.proposals("deadlocked")

    def _open_round(self, data: st.DataObject, p: Proposal) -> None:
        closes = self.model.now + self._hours(
            data, 20, 30, 100, 100, 168, 24 * 91 if self.rarely(data) else 90
        )
        silence = (p.rules or self.model.known.rules).silence and not self.rarely(data, 4)
        who, override = self.by(data, "fay"), self.model.known.behind and self.rarely(data, 2)
        told: dict[str, Any] = {"p": p.name, "closes": closes, "silence": silence, "override": override}
        if self.do("open_round", who, **told) and silence and not self.rarely(data, 3):
            self._mail(p.round or "", sorted(self.model.known.rounds[p.round or ""].electors))

    @while_running()
    @rule(data=D)
    def answers(self, data: st.DataObject) -> None:
        r = self.a_round(data)
        answer = self.pick(data, [*ANSWERS, "object", "consent"])
        self._respond(data, self.by(data, *sorted(r.electors)), r, answer)

    def _respond(self, data: st.DataObject, who: str, r: Round, answer: str) -> None:
        version = max(1, r.version - self.rarely(data, 20))
        told: dict[str, Any] = {"number": r.number, "version": version}
        words = not self.rarely(data, 20)
        self.do("respond", who, r=r.name, **told, answer=answer, words=words)

    @precondition(lambda self: any(r.running for r in self.model.known.rounds.values()))
    @rule(data=D)
    def everybody_else_answers(self, data: st.DataObject) -> None:
        """Most consent; one may say something else, and some may say nothing."""
        r, absent = self.a_round(data), self.pick(data, [12, 12, 3, 2])
        other = self.pick(data, [*r.electors, None])
        for who in sorted(r.electors):
            if who not in r.answers and not self.rarely(data, absent):
                answer = self.pick(data, [*ANSWERS, "object", "object"]) if who == other else "consent"
                self._respond(data, who, r, answer)
        if not self.rarely(data, 3):
            self.do("close", "fay", r=r.name, reason=not self.rarely(data, 3))

    @while_some("integrating", "deadlocked")
    @rule(data=D)
    def integrates(self, data: st.DataObject) -> None:
        """The objections are tested, a version answers them, and the next round opens."""
        p = self.a_proposal(data, "integrating", "deadlocked")
        known = self.model.known.objections
        for name in [
            o.name for o in known.values() if o.proposal == p.name and o.state in {"raised", "testing"}
        ]:
            if not self.rarely(data, 4):
                self.do("conclude", "fay", o=name)
        if p.stage in {"integrating", "deadlocked"}:
            self._publish(data, p)
        if p in self.ready() and not self.rarely(data, 3):
            self._open_round(data, p)

    @precondition(lambda self: any(r.running for r in self.model.known.rounds.values()))
    @rule(data=D)
    def the_round_goes_on_without(self, data: st.DataObject) -> None:
        r = self.a_round(data)
        who = self.by(data, *sorted(r.electors))
        act = self.pick(data, ["recuse", "record_departure", "extend"])
        if act == "recuse":
            self.do("recuse", who, r=r.name)
        elif act == "record_departure":
            self.do("record_departure", self.by(data, "fay"), r=r.name, person=who)
        else:
            later = r.closes + self._hours(data, 24, 100, 24 * 80)
            self.do("extend", self.by(data, "fay"), r=r.name, closes=later)

    @while_running()
    @rule(data=D)
    def closes(self, data: st.DataObject) -> None:
        r = self.a_round(data)
        self.do("close", self.by(data, "fay"), r=r.name, reason=not self.rarely(data, 3))

    @precondition(lambda self: any(r.silence for r in self.model.known.rounds.values()))
    @rule(data=D)
    def mail_is_accepted(self, data: st.DataObject) -> None:
        r = self.pick(data, [r for r in self.model.known.rounds.values() if r.silence])
        self._mail(r.name, self.pick(data, [[self.by(data, *sorted(r.electors))], sorted(r.electors)]))

    def _mail(self, r: str, people: Sequence[str]) -> None:
        for who in people:
            self.model.mail(r, who)
            self.driver.mail(r, who)
        self.compare(f"mail about {r}")

    # -- objections ------------------------------------------------------------------------------------------

    @precondition(lambda self: self.model.known.objections)
    @rule(data=D)
    def tests_an_objection(self, data: st.DataObject) -> None:
        o = self.an_objection(data, "raised", "testing")
        test = self.model.known.proposals[o.proposal].rules
        assert test is not None
        act = self.pick(data, ["opine", "opine", "conclude"])
        if test.test == "facilitator" and not o.appealed and not self.rarely(data, 5):
            act = self.pick(data, ["rule", "rule", "appeal"])
        if act == "opine":
            qualifies = self.rarely(data, 3)
            some = [self.by(data, *sorted(self.model.known.rounds[o.round].electors))]
            for who in self.pick(data, [some, sorted(self.model.known.rounds[o.round].electors)]):
                self.do("opine", who, o=o.name, qualifies=qualifies)
        elif act == "rule":
            self.do("rule", self.by(data, "fay", "ada"), o=o.name, qualifies=self.rarely(data, 3))
        else:
            who = "fay" if act == "conclude" else o.objector
            self.do(act, self.by(data, who), o=o.name)

    @precondition(lambda self: self.model.known.objections)
    @rule(data=D)
    def settles_an_objection(self, data: st.DataObject) -> None:
        act = self.pick(data, ["withdraw_objection", "confirm", "confirm", "merge"])
        states = ("integrating",) if act == "confirm" else tuple(sorted(SPOKEN_FOR))
        o = self.an_objection(data, *states)
        who = self.by(data, o.objector)
        if act == "withdraw_objection":
            answer = self.pick(data, [one for one in ANSWERS if one != "object"])
            words = not self.rarely(data, 15)
            self.do("withdraw_objection", who, o=o.name, answer=answer, words=words)
        elif act == "confirm":
            self.do("confirm", who, o=o.name)
        else:
            into = self.pick(data, list(self.model.known.objections))
            self.do("merge", who, o=o.name, into=into)

    @while_running()
    @precondition(lambda self: self.made % 4 == 0)
    @rule(data=D)
    def lets_an_objection_go_on_in_another(self, data: st.DataObject) -> None:
        """Two object; one is merged into the other, which is often taken back, or nobody is there to stand for it."""
        r = self.a_round(data)
        one, other = self.pick(
            data, [(x, y) for x in sorted(r.electors) for y in sorted(r.electors) if x != y]
        )
        for who in (one, other):
            self._say(r, who, "object")
        known, (mine, theirs) = self.model.known.objections, (f"{r.name}:{one}", f"{r.name}:{other}")
        if mine not in known or theirs not in known:
            return
        self.do("merge", one, o=mine, into=theirs)
        if self.rarely(data, 2):
            self.do("close", "fay", r=r.name, reason=True)
        if self.rarely(data, 4):
            self._say(r, one, "consent")
        act = self.pick(data, ["withdraw", "withdraw", "leave", "consent", "nothing"])
        if act == "withdraw":
            self.do("withdraw_objection", other, o=theirs, answer="consent", words=True)
        elif act == "leave" and other in self.model.known.seated:
            self._leave(other, "resigned")
        elif act == "consent":
            self._say(r, other, "consent")

    def _say(self, r: Round, who: str, answer: str) -> None:
        self.do("respond", who, r=r.name, number=r.number, version=r.version, answer=answer, words=True)

    @precondition(lambda self: any(o.state == "orphaned" for o in self.model.known.objections.values()))
    @rule(data=D)
    def adopts_an_objection(self, data: st.DataObject) -> None:
        o = self.an_objection(data, "orphaned")
        self.do("adopt", self.by(data, *sorted(self.model.known.rounds[o.round].electors)), o=o.name)

    # -- people ----------------------------------------------------------------------------------------------

    @precondition(lambda self: self.model.known.seated and (self.objectors() or self.made % 5 == 0))
    @rule(data=D)
    def somebody_leaves(self, data: st.DataObject) -> None:
        objectors = self.objectors()
        likely = sorted(objectors & self.model.known.seated) * 3 + sorted(self.model.known.seated)
        who, why = self.pick(data, likely), self.pick(data, ["resigned", "removed", "term_ended"])
        self._leave(who, why)

    def _leave(self, who: str, why: str) -> None:
        self.model.leave(who, why)
        self.driver.leave(who, why)
        self.compare(f"{who} leaves: {why}")

    def objectors(self) -> set[str]:
        return {o.objector for o in self.model.known.objections.values() if o.open}

    @precondition(lambda self: len(self.model.known.seated) < (3 if self.made % 5 else 7))
    @rule(data=D)
    def somebody_joins(self, data: st.DataObject) -> None:
        who = self.pick(data, sorted({*PEOPLE, "ola"} - self.model.known.seated))
        self.model.join(who)
        self.driver.join(who)
        self.compare(f"{who} joins")

    @precondition(lambda self: self.model.known.behind or self.made % 8 == 0)
    @rule(data=D)
    def the_roster_falls_behind_or_catches_up(self, data: st.DataObject) -> None:
        behind = not self.model.known.behind and self.rarely(data, 4)
        self.model.known.behind = behind
        self.driver.roster(behind=behind)

    # -- ways out, the approving body, afterwards ------------------------------------------------------------

    @while_some("deadlocked")
    @rule(data=D)
    def looks_for_a_way_out(self, data: st.DataObject) -> None:
        p = self.a_proposal(data, "deadlocked")
        way = self.pick(data, ["vote", "vote", "refer"])
        if way == "refer":
            self.do("refer", self.by(data, "fay"), p=p.name)
        else:
            self._opens_a_vote(data, p)

    @precondition(lambda self: any(p.stage == "tuning" for p in self.model.known.proposals.values()))
    @rule(data=D)
    def decides_by_vote(self, data: st.DataObject) -> None:
        p = self.a_proposal(data, "tuning")
        if (p.rules or self.model.known.rules).by_vote or self.rarely(data, 6):
            self._opens_a_vote(data, p)

    def _opens_a_vote(self, data: st.DataObject, p: Proposal) -> None:
        closes = self.model.now + self._hours(data, 20, 100, 168)
        override = self.model.known.behind and self.rarely(data, 2)
        self.do("open_vote", self.by(data, "fay"), p=p.name, closes=closes, override=override)

    @precondition(lambda self: self.model.known.votes)
    @rule(data=D)
    def votes(self, data: st.DataObject) -> None:
        v = self.pick(data, list(self.model.known.votes.values()))
        some = [self.by(data, *sorted(v.electors))]
        for who in self.pick(data, [some, sorted(v.electors)]):
            self._ballot(data, who, v)
        if self.rarely(data, 2):
            self.do("close_vote", self.by(data, "fay"), v=v.name, reason=not self.rarely(data, 3))

    def _ballot(self, data: st.DataObject, who: str, v: Vote) -> None:
        choice = self.pick(data, ["for", "for", "against", "abstain"])
        self.do("cast", who, v=v.name, version=v.version + self.rarely(data, 20), choice=choice)

    @precondition(lambda self: self.model.known.approvals)
    @rule(data=D)
    def the_body_answers(self, data: st.DataObject) -> None:
        k = list(self.model.known.approvals)[-1]
        act = self.pick(data, ["grant", "grant", "grant_with_changes", "send_back", "refuse"])
        told: dict[str, Any] = {"k": k}
        told |= {} if act == "grant" else {"reason": not self.rarely(data, 4)}
        if act != "grant_with_changes":
            self.do(act, self.by(data, "bea"), **told)
            return
        words = self.model.known.proposals[self.model.known.approvals[k].proposal].words
        place, word = data.draw(st.integers(0, PLACES - 1)), self.word()
        text = " ".join(word if n == place else one for n, one in enumerate(words))
        self.do(act, self.by(data, "bea"), system={**told, "text": text}, **told, place=place, word=word)

    @while_some("under_review")
    @precondition(lambda self: self.model.known.decisions)
    @rule(data=D)
    def reviews(self, data: st.DataObject) -> None:
        under = [d.number for d in self.model.known.decisions.values() if d.state == "under_review"]
        d = self.pick(data, under or list(self.model.known.decisions))
        self.do("review", self.by(data, "fay"), d=d, outcome=self.pick(data, ["keep", "drop", "evolve"]))

    # -- time ------------------------------------------------------------------------------------------------

    @rule(data=D)
    def time_passes(self, data: st.DataObject) -> None:
        by = hours(
            self.pick(data, [1, 12, 24, 48, 72, 72, 100, 168, 24 * 25, 24 * 370 if self.rarely(data) else 24])
        )
        if not self.driver.exact:
            by += timedelta(minutes=1)
        self._time_passes(by)
        if not self.rarely(data, 4):
            self._due()

    def _time_passes(self, by: timedelta) -> None:
        self.model.passes(by)
        self.driver.it_is(self.model.now)
        self.late = True

    @precondition(lambda self: self.late)
    @rule()
    def due_work_is_done(self) -> None:
        self._due()

    def _due(self) -> None:
        self.figures.due += 1
        self.late = False
        self.model.due()
        self.driver.due()
        self.compare("what was due")

    # -- what must always hold -------------------------------------------------------------------------------

    @invariant()
    def counts(self) -> None:
        self.figures.steps += 1


@st.composite
def profiles(draw: st.DrawFn) -> Rules:
    """Sound profiles; most decide by consent, in few rounds, so that a deadlock is not far."""
    silence = draw(st.sampled_from([False, False, True]))
    test = draw(st.sampled_from(["group", "group", "facilitator", "self"]))
    quorum = draw(st.sampled_from([(1, 2), (2, 3), (28, 100), (1, 1), (0, 1), (3, 5)]))
    second = draw(st.sampled_from([None, None, (quorum[0], quorum[1] * 2)]))
    answers = draw(
        st.sampled_from([ANSWERS, ANSWERS, ("consent", "object"), ("consent", "object", "abstain")])
    )
    ways = draw(
        st.sampled_from(
            [WAYS_OUT, WAYS_OUT, ("vote",), ("extra_round", "refer"), ("withdraw",), ("extra_round",)]
        )
    )
    return Rules(
        by_vote=draw(st.integers(0, 9)) == 9,
        quorum=quorum,
        second_call=second,
        minimum=draw(st.sampled_from([0, 1] if silence else [1, 1, 2])),
        silence=silence,
        max_rounds=draw(st.sampled_from([1, 2, 2, 3])),
        answers=answers,
        test=test,
        ways_out=ways,
        phases=draw(st.sampled_from([(), ("clarifying", "reacting"), ("reacting",)])),
        boxes=draw(st.sampled_from([{}, {"clarifying": 24}, {"reacting": 48, "clarifying": 12}])),
        majority=draw(
            st.sampled_from(
                [
                    (2, 3, "cast", False),
                    (1, 2, "cast", True),
                    (1, 2, "eligible", False),
                    (3, 5, "present", True),
                ]
            )
        ),
    )


def differences(expected: Any, found: Any, at: str = "", *, exact: bool) -> Any:
    """Where the two differ, one line each. Times are equal to the minute where the clocks are not one."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in expected.keys() | found.keys():
            yield from differences(
                expected.get(key, "nothing"), found.get(key, "nothing"), f"{at}/{key}", exact=exact
            )
    elif not exact and hasattr(expected, "tzinfo") and hasattr(found, "tzinfo"):
        if not timedelta(0) <= found - expected < timedelta(minutes=1):
            yield f"{at}: the model has {expected}, the system {found}"
    elif expected != found:
        yield f"{at}: the model has {expected!r}, the system {found!r}"
