"""Every check has a forgery that only it catches: the log's key changes one thing and makes all other seals anew."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from architecture.tree import ROOT
from beraad.record.commitments import Committed
from beraad.record.entries import leaf_of
from beraad.record.merkle import root_of
from beraad.record.notes import SigningKey
from beraad_deliberation.documents.judging import judge_document
from beraad_deliberation.record.pseudonyms import electorate_hash
from beraad_deliberation.record.verifying import verify
from deliberation.record.changes import (
    Ledger,
    again,
    answers,
    append,
    body,
    both,
    entries,
    leaves,
    of,
    replace,
    reverse,
    roll,
)
from deliberation.record.forging import Edit, Export, forged, signed
from deliberation.record.stories import a_story

STORY = a_story()
EXPORT = STORY.chronicle.export()
KEY = STORY.chronicle.key
ANNA, BRAM, CHLOE, DRIES, ELS, FIEN = STORY.chronicle.everyone
FIRST, STUCK, VOTED, RUNNING = range(4)
RUNS, CLOSED = str(STORY.running.run.id), str(STORY.stuck.run.id)
NOBODY, NEW = "00" * 32, "00000000-0000-0000-0000-000000000000"
_, MERGED, WITHDRAWN = (one["body"] for one in entries(EXPORT["ledger"], "objection.ended"))
STANDS = entries(EXPORT["ledger"], "objection.raised")[2]["body"]["objection"]
FAR = "2030-01-01T00:00:00.000000Z"
Forgery = Callable[[], Export]


def sealed(edit: Edit) -> Forgery:
    """Numbers, chain and checkpoint made to fit."""
    return lambda: forged(EXPORT, edit, KEY)


def counted(edit: Edit) -> Forgery:
    """The trees of answers too."""
    return lambda: forged(EXPORT, edit, KEY, recount=True)


def unsealed(edit: Edit) -> Forgery:
    """Nothing made to fit."""

    def make() -> Export:
        copy = deepcopy(EXPORT)
        edit(copy["ledger"])
        return copy

    return make


def signed_as(**changes: Any) -> Forgery:
    """Signed for something else."""
    return lambda: signed(deepcopy(EXPORT), KEY, **changes)


def last(**changes: Any) -> Forgery:
    """In the last entry; only the checkpoint is made to fit."""

    def make() -> Export:
        copy = deepcopy(EXPORT)
        copy["ledger"]["entries"][-1].update(changes)
        return signed(copy, KEY)

    return make


def named(name: str, **changes: Any) -> Forgery:
    """By a key of that name."""
    other = SigningKey(name, KEY.private)
    return lambda: forged(EXPORT, lambda ledger: ledger.update(key=str(other.public), **changes), other)


def a_share_that_is_no_integer() -> Export:
    """In a last entry, which has no leaf then; the others are sealed."""
    opened = both(
        again("round.opened", 2, round=NEW, proposal=NEW),
        lambda ledger: ledger["rolls"].append({**ledger["rolls"][RUNNING], "id": NEW}),
    )
    copy = forged(EXPORT, opened, KEY)
    entries = copy["ledger"]["entries"]
    entries[-1]["body"]["profile"]["share"] = 0.5
    root = root_of(map(leaf_of, entries[:-1]))
    return signed(copy, KEY, root=root, size=len(entries))


def a_signature_of_something_else() -> Export:
    copy = signed(deepcopy(EXPORT), KEY, size=3)
    text, signature = EXPORT["ledger"]["checkpoint"], copy["ledger"]["checkpoint"]
    copy["ledger"]["checkpoint"] = text.partition("\n\n")[0] + "\n\n" + signature.partition("\n\n")[2]
    return copy


def add_answer(where: str) -> Edit:
    """Chloe votes once more: beside her vote, or after the close."""

    def edit(ledger: Ledger) -> None:
        first = of(ledger, VOTED, CHLOE)
        more = {**first, "at": "2017-10-03T00:00:00.000000Z"}
        if where == "later":
            ledger["rolls"][VOTED]["later"] = [{**more, "prev": leaf_of(first).hex()}]
        else:
            leaves(ledger, VOTED).append(more)

    return edit


def take_back(ledger: Ledger) -> None:
    """Chloe is said to contest what she answered herself."""
    first = of(ledger, STUCK, CHLOE)
    asked = {name: first["body"][name] for name in ("round", "number", "version")}
    leaves(ledger, STUCK).append(
        {
            **first,
            "type": "response.contested",
            "body": {**asked, "reason": NOBODY},
            "prev": leaf_of(first).hex(),
        }
    )


def proposal_of(round_id: str) -> str:
    opened = entries(EXPORT["ledger"], "round.opened")
    return next(str(one["body"]["proposal"]) for one in opened if one["body"]["round"] == round_id)


def vote_over(round_id: str) -> Edit:
    """A vote was opened over the proposal of that round."""

    def edit(ledger: Ledger) -> None:
        again("vote.opened", vote=NEW, proposal=proposal_of(round_id))(ledger)
        ledger["rolls"].append({**ledger["rolls"][VOTED], "id": NEW, "closes": []})

    return edit


def told_of(number: int, people: list[str]) -> Edit:
    """Those who were told, as shown at the first close."""
    return lambda ledger: ledger["rolls"][number]["closes"][0].update(notified=people)


def object_before(ledger: Ledger) -> None:
    """Chloe's first answer, which she replaced, is said to have been an objection."""
    first = next(leaf for leaf in leaves(ledger, FIRST) if (leaf["actor"], leaf["prev"]) == (CHLOE, None))
    second = next(leaf for leaf in leaves(ledger, FIRST) if leaf["actor"] == CHLOE and leaf["prev"])
    first["body"]["answer"] = "object"
    second["prev"] = leaf_of(first).hex()


def objection(**changes: Any) -> dict[str, Any]:
    told = entries(EXPORT["ledger"], "objection.raised")[0]["body"]
    return {**told, "objection": NEW, "round": RUNS, "elector": BRAM, **changes}


def merged(into: str) -> dict[str, Any]:
    return {**MERGED, "objection": STANDS, "into": into}


def beside(name: str, /, **row: Any) -> Edit:
    """One more text or name, in its place."""

    def edit(ledger: Ledger) -> None:
        ledger[name].append(row)
        ledger[name].sort(key=lambda one: str(one.get("commitment") or one.get("person")))

    return edit


WITHOUT_QUORUM = {**entries(EXPORT["ledger"], "vote.opened")[0]["body"]["profile"], "quorum": [1, 0]}
AMENDMENT = entries(EXPORT["ledger"], "amendment.proposed")[0]["body"]["amendment"]
EDITED = {"proposal": proposal_of(RUNS), "version": 1, "text": NOBODY, "amendment": None, "editorial": True}
ANOTHER = {**EDITED, "proposal": proposal_of(CLOSED), "version": 2, "editorial": False}
EXTRA = Committed.to("a text of nothing")
UNNAMED = {"objection": STANDS, "state": "withdrawn", "into": None}
DRIES_OBJECTS = objection(round=str(STORY.judged_twice.run.id), elector=DRIES)

FORGERIES: dict[str, list[Forgery]] = {
    "FormatIsUnknown": [lambda: {**EXPORT, "format": "beraad.group/2"}, dict],
    "ShapeIsWrong": [
        unsealed(lambda ledger: ledger.pop("texts")),
        unsealed(lambda ledger: ledger["entries"][3].update(seq="4")),
        unsealed(body("round.closed", outcome="extended")),
        unsealed(body("vote.opened", profile={"preset": "majority"})),
        unsealed(lambda ledger: leaves(ledger, VOTED)[0]["body"].update(choice="perhaps")),
        unsealed(lambda ledger: ledger["rolls"][STUCK]["later"][0]["body"].update(number=0)),
    ],
    "TypeIsUnknown": [sealed(append("round.hidden"))],
    # the seals
    "NotCanonical": [a_share_that_is_no_integer],
    "SeqIsWrong": [last(seq=99)],
    "PrevIsWrong": [last(prev=NOBODY), last(prev=None)],
    "GroupIsWrong": [last(group=NEW)],
    "KeyIsUnreadable": [unsealed(lambda ledger: ledger.update(key="beraad"))],
    "OriginIsWrong": [
        named(KEY.name + "0", origin=KEY.name + "0"),
        named(f"elsewhere/groups/{EXPORT['ledger']['group']}"),
        signed_as(origin="elsewhere"),
    ],
    "SizeIsWrong": [signed_as(size=3)],
    "RootIsWrong": [
        signed_as(root=bytes(32)),
        unsealed(lambda ledger: ledger["entries"][-1].update(actor=ANNA)),
    ],
    "CheckpointIsUnreadable": [unsealed(lambda ledger: ledger.update(checkpoint="so it is\n"))],
    "SignatureIsMissing": [lambda: signed(deepcopy(EXPORT), SigningKey.from_seed(KEY.name, bytes(32)))],
    "SignatureIsWrong": [a_signature_of_something_else],
    # the story
    "OpenedTwice": [sealed(again("vote.opened"))],
    "NotOpened": [
        sealed(again("round.extended", round=NEW)),
        sealed(again("round.extended", round=str(STORY.voted.run.id))),
        sealed(again("electorate.changed", roll=NEW)),
        sealed(append("round.contested", round=RUNS, elector=ANNA, reason=NOBODY)),
        sealed(append("objection.ended", **UNNAMED, response={"round": NEW, "leaf": NOBODY})),
    ],
    "AlreadyClosed": [
        sealed(again("vote.closed")),
        sealed(again("round.closed", 1)),
        sealed(again("electorate.changed", elector=CHLOE)),
        sealed(again("round.extended", round=CLOSED, closes_at=FAR)),
        sealed(append("round.abandoned", round=CLOSED, reason="Tired", responses_root=NOBODY, count=0)),
        sealed(both(vote_over(CLOSED), again("round.closed", 2))),
        sealed(both(append("version.published", **ANOTHER), again("round.closed", 2))),
    ],
    "DeadlineMovedBack": [sealed(again("round.extended"))],
    "ObjectionOutsideRound": [
        sealed(append("objection.raised", **objection(round=CLOSED))),
        sealed(append("objection.raised", **objection(round=NEW))),
        sealed(append("objection.raised", **objection(round=str(STORY.voted.run.id)))),
        sealed(body("objection.ended", 1, into=None)),
        sealed(body("objection.ended", 1, into=STANDS)),
        sealed(body("objection.ended", 2, state="resolved")),
        sealed(again("objection.raised", 1)),
    ],
    "ObjectionOutOfOrder": [
        sealed(
            both(
                append("objection.raised", **objection()),
                append("objection.raised", **objection(elector=CHLOE)),
            )
        ),
        sealed(append("objection.adopted", objection=STANDS, elector=CHLOE)),
        sealed(append("objection.orphaned", objection=NEW, until=FAR)),
        sealed(append("objection.appealed", objection=STANDS)),
        sealed(again("objection.tested")),
        sealed(append("objection.adopted", objection=NEW, elector=CHLOE)),
        sealed(body("objection.raised", 4, elector=BRAM)),
        sealed(append("objection.ended", **merged(STANDS))),
        sealed(append("objection.ended", **merged(NEW))),
        sealed(append("objection.ended", **merged(WITHDRAWN["objection"]))),
        sealed(
            both(append("objection.raised", **objection()), append("objection.ended", **merged(NEW))),
        ),
    ],
    "AmendmentOutOfOrder": [
        sealed(again("amendment.proposed")),
        sealed(append("amendment.declined", amendment=NEW, state="withdrawn")),
        sealed(append("amendment.contested", amendment=AMENDMENT, reason=NOBODY)),
        sealed(append("amendment.promoted", amendment=AMENDMENT, proposal=NEW)),
        sealed(both(*[append("amendment.accepted", amendment=AMENDMENT, version=2)] * 2)),
    ],
    "VersionIsWrong": [sealed(append("version.published", **EDITED))],
    "ApprovalWithoutVerdict": [
        sealed(again("approval.requested", approval=NEW)),
        sealed(append("proposal.referred", proposal=proposal_of(CLOSED), version=1, text=NOBODY)),
        sealed(append("proposal.referred", proposal=NEW, version=1, text=NOBODY)),
    ],
    "ApprovalOutOfOrder": [
        sealed(again("approval.granted")),
        sealed(again("approval.granted", approval=NEW)),
    ],
    "DecisionWithoutVerdict": [
        sealed(body("decision.adopted", 1, version=2)),
        sealed(body("decision.adopted", 1, text=NOBODY)),
        sealed(again("decision.adopted", 1, number=3)),
    ],
    "BeganLate": [sealed(append("record.began", group=EXPORT["ledger"]["group"], decisions=2))],
    "DecisionNumberIsWrong": [
        sealed(body("decision.adopted", 1, number=3)),
        sealed(body("decision.adopted", 1, number=1)),
    ],
    "DecisionOutOfOrder": [
        sealed(again("decision.in_force")),
        sealed(again("decision.under_review", decision=NEW)),
        sealed(again("decision.reviewed")),
    ],
    # those asked, and what they answered
    "RollIsMissing": [sealed(lambda ledger: ledger["rolls"].pop())],
    "CloseIsMissing": [
        sealed(roll(VOTED, closes=[])),
        sealed(roll(RUNNING, later=[leaves(EXPORT["ledger"], STUCK)[0]])),
    ],
    "ElectorateIsWrong": [sealed(lambda ledger: ledger["rolls"][RUNNING]["electors"].pop())],
    "NotAnElector": [
        sealed(again("electorate.changed", roll=RUNS, elector=NOBODY)),
        sealed(append("objection.raised", **objection(elector=NOBODY))),
        counted(answers(VOTED, CHLOE, actor=NOBODY)),
    ],
    "NotifiedIsWrong": [
        sealed(told_of(VOTED, [CHLOE])),
        sealed(told_of(STUCK, [])),
        sealed(body("round.closed", 2, notified=NOBODY)),
    ],
    "NotInOrder": [
        sealed(reverse("texts")),
        sealed(reverse("people")),
        sealed(reverse("rolls")),
        sealed(lambda ledger: ledger["rolls"].append({**ledger["rolls"][RUNNING], "id": NEW})),
        sealed(lambda ledger: ledger["rolls"][RUNNING]["electors"].reverse()),
        sealed(lambda ledger: leaves(ledger, VOTED).reverse()),
        sealed(
            both(
                body("round.closed", 2, notified=electorate_hash([ANNA, BRAM])),
                told_of(STUCK, sorted([ANNA, BRAM], reverse=True)),
            )
        ),
    ],
    "LeafIsElsewhere": [
        counted(answers(VOTED, CHLOE, version=9)),
        counted(answers(VOTED, CHLOE, group=NEW)),
        counted(answers(VOTED, CHLOE, vote=NEW)),
        counted(answers(FIRST, DRIES, number=2)),
    ],
    "LeafIsLate": [counted(answers(VOTED, CHLOE, at=FAR))],
    "LeafAfterClose": [counted(add_answer("later"))],
    "ContestIsWrong": [counted(take_back)],
    "TwoEffective": [counted(add_answer("beside"))],
    "LeafIsNotChained": [counted(lambda ledger: of(ledger, VOTED, CHLOE).update(prev=NOBODY))],
    "LeafIsMissing": [sealed(roll(STUCK, later=[]))],
    "ResponsesRootIsWrong": [
        sealed(body("vote.closed", responses_root=NOBODY)),
        sealed(lambda ledger: leaves(ledger, VOTED).remove(of(ledger, VOTED, CHLOE))),
    ],
    "CountIsWrong": [sealed(body("vote.closed", count=99))],
    "ObjectionIsMissing": [counted(object_before)],
    "ObjectionWithoutResponse": [
        sealed(
            both(
                replace(3, "objection.raised", **DRIES_OBJECTS),
                replace(4, "objection.ended", objection=NEW, state="withdrawn", response=None, into=None),
            )
        )
    ],
    # the outcome
    "RuleIsUnknown": [sealed(body("vote.closed", rule="beraad.vote/9"))],
    "CannotBeJudged": [
        sealed(body("vote.opened", profile=WITHOUT_QUORUM)),
    ],
    "OutcomeIsWrong": [
        sealed(body("round.closed", 2, outcome="deadlocked")),
    ],
    "ReasonsAreWrong": [sealed(body("vote.closed", reasons=[]))],
    # beside the record
    "TextIsWrong": [
        sealed(lambda ledger: ledger["texts"][0].update(text="something else")),
        sealed(lambda ledger: ledger["texts"][0].update(salt=None)),
        sealed(lambda ledger: ledger["texts"][0].update(text=None)),
        sealed(lambda ledger: ledger["people"][0].update(name="Somebody else")),
    ],
    "NotRecorded": [
        sealed(beside("texts", commitment=EXTRA.commitment, salt=EXTRA.salt, text=EXTRA.text)),
        sealed(beside("people", person=EXTRA.commitment, salt=EXTRA.salt, name=EXTRA.text)),
    ],
}
CASES = [
    pytest.param(code, forgery, id=f"{code}-{number}")
    for code, forgeries in FORGERIES.items()
    for number, forgery in enumerate(forgeries)
]
AGAINST_ONLY = {"AgainstIsUnusable", "EntriesAreMissing", "HistoryWasRewritten", "ResponseIsMissing"}


def test_the_story_is_good() -> None:
    report = verify(EXPORT, judge=judge_document)

    assert report.findings == ()
    assert (report.entries, report.outcomes, report.erased) == (len(EXPORT["ledger"]["entries"]), 4, 0)


@pytest.mark.parametrize(("code", "forgery"), CASES)
def test_only_this_check_catches_it(code: str, forgery: Forgery) -> None:
    report = verify(forgery(), judge=judge_document)

    assert {finding.code for finding in report.findings} == {code}
    assert not report.good


def test_every_finding_has_a_forgery_and_is_explained() -> None:
    folder = ROOT / "services/deliberation/beraad_deliberation/record"
    text = "".join(path.read_text() for path in folder.glob("*.py"))
    told = set(re.findall(r"(?:tell|add)\(\s*\"([A-Z]\w+)\"", text))

    assert told == FORGERIES.keys() | AGAINST_ONLY
    page = (ROOT / "docs/record.md").read_text()
    assert {code for code in told if f"`{code}`" not in page} == set()
