"""Whether those asked are those frozen, and what they answered is what the tree holds: one effective answer each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from beraad.record.entries import leaf_of
from beraad.record.merkle import root_of
from beraad_deliberation.domain.responding import Answer
from beraad_deliberation.record.history import Close, Findings, RecordedRoll
from beraad_deliberation.record.kinds import roll_of

Leaf = Mapping[str, Any]
Link = tuple[str, str | None]
"""An elector, and the leaf of theirs that another follows (None: the first follows nothing)."""


@dataclass
class Answers:
    """What was answered up to a close. `latest`: elector → their leaf that nothing follows."""

    leaves: list[bytes] = field(default_factory=list)
    latest: dict[str, tuple[str, Leaf]] = field(default_factory=dict)
    objected: set[str] = field(default_factory=set)

    def effective(self) -> dict[str, str]:
        """Elector → their answer or choice. One that is contested is none."""
        told = {elector: answer_of(leaf) for elector, (_, leaf) in self.latest.items()}
        return {elector: answer for elector, answer in told.items() if answer is not None}


def answer_of(leaf: Leaf) -> str | None:
    """An answer or a choice; None where it takes back what was recorded for the elector."""
    body: Mapping[str, str] = leaf["body"]
    return body.get("answer") or body.get("choice")


def answers_at_closes(
    roll: RecordedRoll, part: Mapping[str, Any], group: str, named: Mapping[str, int], findings: Findings
) -> Iterator[tuple[Close, dict[str, str]]]:
    """Each close with the answers that were effective then; what is wrong with its leaves is found on the way.

    `named`: the leaves that came in with a withdrawn objection; after a close there are no others.
    """
    answers = Answers()
    for close, shown in zip(roll.closes, part["closes"], strict=True):
        leaves = _sealed(shown["leaves"], f"entry {close.seq}", findings)
        if close is roll.closes[0]:
            _check_deadline(close, leaves, named, findings)
        else:
            _check_named(leaves, named, findings)
        _take_in(answers, roll, leaves, group, findings)
        _check_tree(answers, close, findings)
        yield close, answers.effective()
    later = _sealed(part["later"], f"{roll.kind} {roll.id}", findings)
    _check_named(later, named, findings)
    _take_in(answers, roll, later, group, findings)
    if roll.closes:
        _check_complete(roll, answers, named, findings)


def _sealed(leaves: Sequence[Leaf], where: str, findings: Findings) -> list[tuple[str, Leaf]]:
    """Each with its hash. A leaf of the right form always has one."""
    sealed = [(leaf_of(leaf).hex(), leaf) for leaf in leaves]
    told = [leaf for leaf, _ in sealed]
    if told != sorted(set(told)):
        findings.add("NotInOrder", where, "leaves are sorted, and none is there twice")
    return sealed


def _check_deadline(
    close: Close, leaves: Sequence[tuple[str, Leaf]], named: Mapping[str, int], findings: Findings
) -> None:
    """Until somebody closes it, an objection can be withdrawn, and a recorded answer taken back."""
    for told, leaf in leaves:
        late = leaf["at"] >= close.closes_at
        if late and told not in named and leaf["type"] != "response.contested":
            findings.add("LeafIsLate", f"leaf {told}", f"the deadline was {close.closes_at}")


def _check_named(leaves: Sequence[tuple[str, Leaf]], named: Mapping[str, int], findings: Findings) -> None:
    for told, _ in leaves:
        if told not in named:
            findings.add(
                "LeafAfterClose", f"leaf {told}", "it came after the close, with no objection withdrawn"
            )


def _take_in(
    answers: Answers, roll: RecordedRoll, leaves: Sequence[tuple[str, Leaf]], group: str, findings: Findings
) -> None:
    """Each new leaf must answer this round or vote, after its elector's leaf before."""
    asked = (group, roll.kind, roll.id, roll.body.get("number"))
    after: dict[Link, tuple[str, Leaf]] = {}
    for told, leaf in leaves:
        if _question_of(leaf) != asked or leaf["body"]["version"] not in roll.versions:
            findings.add(
                "LeafIsElsewhere", f"leaf {told}", f"it does not answer this {roll.kind} and version"
            )
        if answer_of(leaf) == Answer.OBJECT:
            answers.objected.add(leaf["actor"])
        link = (leaf["actor"], leaf["prev"])
        if link in after:
            findings.add(
                "TwoEffective", f"leaf {told}", "another answer of this elector follows the same leaf"
            )
        after.setdefault(link, (told, leaf))
        answers.leaves.append(bytes.fromhex(told))
    _check_contests(answers, after, findings)
    for elector, prev in after.keys() - _followed(answers, after):
        told = after[elector, prev][0]
        findings.add("LeafIsNotChained", f"leaf {told}", "it does not follow its elector's last answer")


def _check_contests(answers: Answers, after: Mapping[Link, tuple[str, Leaf]], findings: Findings) -> None:
    """Only what somebody recorded for an elector is taken back so."""
    given = dict([*answers.latest.values(), *after.values()])
    for told, leaf in after.values():
        before = given.get(leaf["prev"] or "")
        if leaf["type"] == "response.contested" and (before is None or before["body"].get("by") is None):
            findings.add(
                "ContestIsWrong", f"leaf {told}", "it takes back what nobody recorded for the elector"
            )


def _question_of(leaf: Leaf) -> tuple[Any, ...]:
    body, kind = leaf["body"], "vote" if leaf["type"] == "ballot.cast" else "round"
    return leaf["group"], kind, roll_of(leaf), body.get("number")


def _followed(answers: Answers, after: Mapping[Link, tuple[str, Leaf]]) -> set[Link]:
    """Go from each elector's last leaf to the one that follows it, as far as that leads."""
    followed = set()
    for elector in {elector for elector, _ in after}:
        last = answers.latest.get(elector)
        link = (elector, last[0] if last else None)
        while link in after:
            followed.add(link)
            answers.latest[elector] = after[link]
            link = (elector, after[link][0])
    return followed


def _check_tree(answers: Answers, close: Close, findings: Findings) -> None:
    where = f"entry {close.seq}"
    if close.body["responses_root"] != root_of(sorted(answers.leaves)).hex():
        findings.add("ResponsesRootIsWrong", where, "the leaves shown are not those that were counted")
    elif close.body["count"] != len(answers.leaves):
        findings.add("CountIsWrong", where, f"{len(answers.leaves)} leaves are in its tree")


def _check_complete(
    roll: RecordedRoll, answers: Answers, named: Mapping[str, int], findings: Findings
) -> None:
    """What the entries say of answers, the answers show, and the other way round."""
    where = f"{roll.kind} {roll.id}"
    for elector in sorted(answers.objected - roll.raised_by - roll.adopted_by):
        findings.add("ObjectionIsMissing", where, f"{elector} objects, and no objection is recorded")
    for elector in sorted(roll.raised_by - answers.objected):
        findings.add("ObjectionWithoutResponse", where, f"{elector} is said to object, and did not answer so")
    for told in sorted(named.keys() - {leaf.hex() for leaf in answers.leaves}):
        findings.add("LeafIsMissing", f"entry {named[told]}", f"the answer {told} is not shown")
