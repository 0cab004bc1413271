"""A group's record as a service would keep it: what the random histories and the told stories are written with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from beraad.record.commitments import Committed, commitment
from beraad.record.entries import Log, Sealed
from beraad.record.merkle import Tree
from beraad.record.notes import SigningKey
from beraad_deliberation.domain.objection_states import ObjectionState
from beraad_deliberation.domain.objections import Objection
from beraad_deliberation.domain.profiles import DecisionProfile
from beraad_deliberation.domain.responding import Answer
from beraad_deliberation.domain.rounds import ConsentRound
from beraad_deliberation.domain.versions import Version
from beraad_deliberation.domain.votes import Choice, Vote
from beraad_deliberation.record import facts, proposal_facts, receipts
from beraad_deliberation.record.export import Closing, Roll, an_export, origin_of
from beraad_deliberation.record.facts import Fact, Leaves, append
from beraad_deliberation.record.leaves import Unsigned, a_ballot, a_contest, a_response, tree_of

AUTUMN = datetime(2017, 10, 2, 9, tzinfo=UTC)
SITE = "beraad.example.org/deliberation"
SEED = b"a key only tests know, 32 bytes."


class Standing(Objection):
    """An objection, and the pseudonym of who stands for it."""

    by: str = ""
    number: int = 0


@dataclass
class Proposal:
    """What a group considers."""

    id: UUID
    profile: DecisionProfile
    proposers: list[str]
    text: str
    version: int = 1
    rounds: int = 0
    granted: int | None = None
    objections: list[Standing] = field(default_factory=list)

    def open(self) -> list[Standing]:
        return [one for one in self.objections if one.is_open]


@dataclass
class Asked:
    """Those asked in one round or vote. `closes`: number of the entry → the leaves since the one before.

    `told`: where silence is consent, those who were told of the round.
    """

    run: ConsentRound | Vote
    electors: list[str]
    proposers: list[str]
    gone: set[str] = field(default_factory=set)
    closes: dict[int, list[Sealed]] = field(default_factory=dict)
    told: list[str] | None = None
    told_at: dict[int, list[str] | None] = field(default_factory=dict)
    waiting: list[Sealed] = field(default_factory=list)
    current: dict[str, Sealed] = field(default_factory=dict)

    @property
    def staying(self) -> list[str]:
        return [one for one in self.electors if one not in self.gone]

    @property
    def tree(self) -> Tree:
        closed = [sealed.leaf for leaves in self.closes.values() for sealed in leaves]
        return tree_of([*closed, *(sealed.leaf for sealed in self.waiting)])

    def answer_of(self, person: str) -> str | None:
        given = self.current.get(person)
        return None if given is None else given.entry["body"].get("answer", given.entry["body"].get("choice"))


class Chronicle:
    """One group's record as it grows, the same for the same seed."""

    def __init__(self, seed: int, people: int) -> None:
        self.rng = Random(seed)
        self.group = self.an_id()
        self.key = SigningKey.from_seed(origin_of(SITE, str(self.group)), SEED)
        self.log = Log(str(self.group))
        self.entries: list[Sealed] = []
        self.asked: list[Asked] = []
        self.objections: list[Standing] = []
        self.texts: list[Committed] = []
        self.people: list[Committed] = []
        self.now = AUTUMN
        self.decisions = 0
        self.join(people)

    # -- words ------------------------------------------------------------------------------------------------

    def an_id(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128))

    def bind(self, text: Any) -> Committed:
        salt = self.rng.randbytes(32)
        return Committed(commitment(text, salt), salt.hex(), text)

    def say(self, text: Any) -> str:
        self.texts.append(self.bind(text))
        return self.texts[-1].commitment

    def join(self, count: int) -> None:
        self.people += [self.bind(f"Person {len(self.people) + n} ✓") for n in range(count)]

    @property
    def everyone(self) -> list[str]:
        return [one.commitment for one in self.people]

    def someone(self) -> str:
        return self.rng.choice(self.everyone)

    def tell(self, fact: Fact, actor: str | None = None) -> Sealed:
        self.now += timedelta(minutes=self.rng.randint(1, 90))
        self.entries.append(append(self.log, fact, actor, self.now))
        return self.entries[-1]

    # -- asking and answering ---------------------------------------------------------------------------------

    def open_round(
        self, proposal: Proposal, electors: list[str], *, silence: bool = False, override: str | None = None
    ) -> Asked:
        proposal.rounds += 1
        run = ConsentRound(number=proposal.rounds, silence=silence, **self._run(proposal, electors))
        self.asked.append(Asked(run, electors, [*proposal.proposers], told=[] if silence else None))
        opened = facts.round_opened(
            run, text=proposal.text, electors=electors, proposers=proposal.proposers, override=override
        )
        self.tell(opened, self.someone())
        return self.asked[-1]

    def open_vote(self, proposal: Proposal, electors: list[str]) -> Asked:
        run = Vote(**self._run(proposal, electors))
        self.asked.append(Asked(run, electors, [*proposal.proposers]))
        self.tell(facts.vote_opened(run, text=proposal.text, electors=electors), self.someone())
        return self.asked[-1]

    def _run(self, proposal: Proposal, electors: list[str]) -> dict[str, Any]:
        ids = {"id": self.an_id(), "proposal_id": proposal.id, "group_id": self.group, "title": "A room"}
        told = {"version": proposal.version, "profile": proposal.profile, "opened_at": self.now}
        roster = {"electorate_hash": "", "electorate_epoch": 1, "electorate_position": self.log.size}
        return {**ids, **told, **roster, "closes_at": self.now + timedelta(days=7), "electors": len(electors)}

    def answer(
        self, asked: Asked, person: str, answer: Answer, *, concern: str | None = None, by: str | None = None
    ) -> Sealed:
        run = asked.run
        assert isinstance(run, ConsentRound)
        leaf = a_response(
            round_id=str(run.id),
            number=run.number,
            version=run.version,
            answer=answer,
            at=self.now if asked.closes else min(self.now, run.closes_at - timedelta(seconds=1)),
            concern=concern,
            by=by,
        )
        return self._keep(asked, leaf, person)

    def contest(self, asked: Asked, person: str) -> Sealed:
        """What was recorded for them is no answer of theirs."""
        run = asked.run
        assert isinstance(run, ConsentRound)
        leaf = a_contest(
            round_id=str(run.id),
            number=run.number,
            version=run.version,
            at=min(self.now, run.closes_at - timedelta(seconds=1)),
            reason=self.say("I did not say so"),
        )
        return self._keep(asked, leaf, person)

    def vote(self, asked: Asked, person: str, choice: Choice) -> Sealed:
        run = asked.run
        ids: dict[str, Any] = {"vote_id": str(run.id), "version": run.version}
        return self._keep(asked, a_ballot(**ids, choice=choice, at=self.now), person)

    def _keep(self, asked: Asked, leaf: Unsigned, person: str) -> Sealed:
        before = asked.current.get(person)
        sealed = leaf.sealed(str(self.group), person, before.leaf if before else None)
        asked.current[person] = sealed
        asked.waiting.append(sealed)
        return sealed

    def object(self, asked: Asked, proposal: Proposal, person: str) -> Standing:
        """The entry beside the answer."""
        ids: dict[str, Any] = {"round_id": asked.run.id, "proposal_id": proposal.id, "group_id": self.group}
        told: dict[str, Any] = {
            "reason": "the cost",
            "kind": "side_effect",
            "raised_at": self.now,
            "title": "A room",
        }
        nobody = UUID(int=0)
        objection = Standing(id=self.an_id(), objector_id=nobody, raised_by_id=nobody, **ids, **told)
        objection.raised(proposal.profile.objection_test)
        objection.by, objection.number = person, proposal.rounds
        proposal.objections.append(objection)
        self.objections.append(objection)
        self.tell_raised(objection)
        return objection

    def tell_raised(self, objection: Standing) -> None:
        reason = self.say(objection.reason)
        self.tell(
            proposal_facts.objection_raised(objection, elector=objection.by, reason=reason), objection.by
        )

    def publish(self, proposal: Proposal, amendment: UUID | None, *, editorial: bool = False) -> None:
        """Another text stands."""
        proposal.version += 1
        proposal.text = self.say({"text": f"version {proposal.version}", "lines": [1, 2, {"a": None}]})
        version = Version(
            proposal_id=proposal.id,
            number=proposal.version,
            text="",
            text_hash="",
            previous_hash=None,
            hash="",
            author_id=None,
            amendment_id=amendment,
            note="",
            published_at=self.now,
            editorial=editorial,
        )
        self.tell(proposal_facts.version_published(version, text=proposal.text), self.someone())

    def end(
        self,
        objection: Standing,
        state: ObjectionState,
        asked: Asked | None = None,
        answer: Sealed | None = None,
    ) -> None:
        objection.end(state, self.now)
        response = (asked.run.id, answer.leaf) if asked and answer else None
        self.tell(proposal_facts.objection_ended(objection, response=response), objection.by)

    def leaves(self, asked: Asked) -> Leaves:
        """What is written at a close."""
        closed = sum(map(len, asked.closes.values()))
        return Leaves(asked.tree.root, closed + len(asked.waiting))

    def closed(self, asked: Asked, fact: Fact) -> None:
        self.tell(fact)
        asked.closes[self.log.size], asked.waiting = asked.waiting, []
        asked.told_at[self.log.size] = None if asked.told is None else [*asked.told]

    # -- what leaves the service ------------------------------------------------------------------------------

    def checkpoint(self) -> str:
        return self.log.checkpoint(self.key.name).signed(self.key)

    def export(self) -> dict[str, Any]:
        known = {sealed.entry["actor"] for sealed in self.entries}.union(
            *(one.electors for one in self.asked)
        )
        return an_export(
            group=str(self.group),
            key=self.key.public,
            entries=[sealed.entry for sealed in self.entries],
            checkpoint=self.checkpoint(),
            rolls=[_roll(one) for one in self.asked],
            texts=self.texts,
            people=[one for one in self.people if one.commitment in known],
        )

    def receipt(self, asked: Asked, answer: Sealed) -> dict[str, Any]:
        """What the elector holds now: the promise, and the proof if it closed."""
        promise = receipts.Promise(self.key.name, str(asked.run.id), answer.leaf).signed(self.key)
        receipt = receipts.a_receipt(answer.entry, promise)
        for seq, leaves in asked.closes.items():
            if answer in leaves:
                return self._proved(receipt, asked, answer, seq)
        return receipt

    def _proved(self, receipt: dict[str, Any], asked: Asked, answer: Sealed, seq: int) -> dict[str, Any]:
        counted = [one.leaf for at, leaves in asked.closes.items() if at <= seq for one in leaves]
        index = sorted(counted).index(answer.leaf)
        return receipts.closed_receipt(
            receipt,
            closing=self.entries[seq - 1].entry,
            index=index,
            path=tree_of(counted).path(index),
            ledger_path=Tree([sealed.leaf for sealed in self.entries]).path(seq - 1),
            checkpoint=self.checkpoint(),
        )


def _roll(asked: Asked) -> Roll:
    return Roll(
        id=str(asked.run.id),
        electors=asked.electors,
        closes=[
            Closing(seq, [one.entry for one in leaves], asked.told_at[seq])
            for seq, leaves in asked.closes.items()
        ],
        later=[one.entry for one in asked.waiting] if asked.closes else [],
    )
