"""What somebody kept must still be true of the record: an older copy, a checkpoint, a receipt."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from beraad.record.entries import leaf_of
from beraad.record.notes import PublicKey, SigningKey, sign
from beraad.record.reading import NotReadable
from beraad_deliberation.documents.judging import judge_document
from beraad_deliberation.domain.responding import Answer
from beraad_deliberation.record.older import Kept
from beraad_deliberation.record.receipts import Promise, check_receipt
from beraad_deliberation.record.verifying import verify
from deliberation.record.forging import Export, forged, signed
from deliberation.record.stories import Story, a_story

STORY = a_story()
NOW = STORY.chronicle.export()
KEY = STORY.chronicle.key
THEIRS = SigningKey.from_seed(KEY.name, bytes(32))
ELSEWHERE = SigningKey(KEY.name + "/else", KEY.private)


def earlier(size: int) -> Export:
    """A copy made when there were so many entries (at a moment when no round was half shown)."""
    copy = deepcopy(NOW)
    ledger = copy["ledger"]
    ledger["entries"] = ledger["entries"][:size]
    kept = {entry["body"].get("round") or entry["body"].get("vote") for entry in ledger["entries"]}
    ledger["rolls"] = [roll for roll in ledger["rolls"] if roll["id"] in kept]
    return signed(copy, KEY)


def found(export: Export, *kept: Kept, key: PublicKey | None = None) -> list[tuple[str, str]]:
    report = verify(export, judge=judge_document, against=kept, key=key)
    return [(finding.code, finding.where) for finding in report.findings]


def rewritten(export: Export, number: int) -> Export:
    """Another actor is said to have done it."""
    return forged(export, lambda ledger: ledger["entries"][number - 1].update(actor="00" * 32), KEY)


OLDER = earlier(12)


@pytest.mark.parametrize(
    "kept",
    [OLDER, NOW, OLDER["ledger"]["checkpoint"], NOW["ledger"]["checkpoint"]],
    ids=["older", "the same", "older checkpoint", "the same checkpoint"],
)
def test_a_record_that_grew_is_good(kept: Kept) -> None:
    assert found(NOW, kept) == []
    assert found(NOW, kept, key=KEY.public) == []


def test_the_older_copy_is_good_itself() -> None:
    report = verify(OLDER, judge=judge_document)
    assert {finding.code for finding in report.findings} <= {"NotRecorded"}  # texts that came later


def test_an_older_copy_lends_its_key() -> None:
    assert verify(NOW, judge=judge_document).key_is_trusted is False
    assert verify(NOW, judge=judge_document, against=[OLDER]).key_is_trusted is True
    assert verify(NOW, judge=judge_document, key=KEY.public).to_document()["key_is_trusted"] is True


@pytest.mark.parametrize("kept", [NOW, NOW["ledger"]["checkpoint"]], ids=["copy", "checkpoint"])
def test_a_truncated_record_is_noticed_though_signed_anew(kept: Kept) -> None:
    missing = len(NOW["ledger"]["entries"]) - 12
    report = verify(OLDER, judge=judge_document, against=[kept])
    told = [finding for finding in report.findings if finding.code == "EntriesAreMissing"]
    assert [finding.says.split()[0] for finding in told] == [str(missing)]


def test_a_rewritten_history_is_noticed_and_the_entry_named() -> None:
    assert found(rewritten(NOW, 9), OLDER) == [
        ("HistoryWasRewritten", "older"),
        ("HistoryWasRewritten", "entry 9"),
    ]
    assert found(rewritten(NOW, 9), OLDER["ledger"]["checkpoint"]) == [("HistoryWasRewritten", "older")]


def test_what_came_after_the_copy_is_beyond_it() -> None:
    assert found(rewritten(NOW, 13), OLDER) == []


def test_another_key_is_no_way_round() -> None:
    other = forged(NOW, lambda ledger: ledger.update(key=str(THEIRS.public)), THEIRS)

    assert found(other) == []  # by itself it is whole
    assert found(other, OLDER) == [("SignatureIsMissing", "checkpoint")]
    assert found(other, key=KEY.public) == [("SignatureIsMissing", "checkpoint")]
    assert found(other, OLDER["ledger"]["checkpoint"]) == [("AgainstIsUnusable", "older")]


def test_keys_change_over_with_two_signatures() -> None:
    log = STORY.chronicle.log.checkpoint(KEY.name)
    both = deepcopy(NOW)
    both["ledger"].update(key=str(THEIRS.public), checkpoint=log.signed(KEY, THEIRS))

    assert found(both, OLDER) == found(both, key=KEY.public) == found(both, key=THEIRS.public) == []


def test_a_checkpoint_of_another_log_is_no_use() -> None:
    note = signed(deepcopy(OLDER), KEY, origin="elsewhere")["ledger"]["checkpoint"]
    assert found(NOW, note) == [("AgainstIsUnusable", "older")]
    assert found(NOW, "no checkpoint") == [("AgainstIsUnusable", "older")]


@pytest.mark.parametrize(
    "kept",
    [
        {},
        [],
        7,
        {"format": "beraad.group/2"},
        {"format": ["beraad.group/1"]},
        {"format": "beraad.group/1", "ledger": {}},
        {"format": "beraad.receipt/1"},
        {**OLDER, "ledger": {**OLDER["ledger"], "key": "none"}},
    ],
    ids=str,
)
def test_what_nothing_can_be_compared_with_is_refused(kept: Any) -> None:
    with pytest.raises(NotReadable):
        found(NOW, kept)


def test_what_is_nested_without_end_is_refused() -> None:
    def endless(export: Export) -> Export:
        value: Any = 1
        for _ in range(100_000):
            value = [value]
        ledger = {**export["ledger"], "entries": [*export["ledger"]["entries"]]}
        first = ledger["entries"][0]
        profile = {**first["body"]["profile"], "endless": value}
        ledger["entries"][0] = {**first, "body": {**first["body"], "profile": profile}}
        return {**export, "ledger": ledger}

    with pytest.raises(NotReadable, match="nested too deep"):
        found(endless(NOW), endless(OLDER))


# -- receipts -----------------------------------------------------------------------------------------------------


def test_a_receipt_is_a_promise_and_then_a_proof() -> None:
    story = a_story()
    told, asked = story.chronicle, story.running
    answer = told.answer(asked, told.everyone[2], Answer.CONSENT)
    at_once = told.receipt(asked, answer)

    assert check_receipt(at_once, KEY.public) == (
        Promise(KEY.name, str(asked.run.id), answer.leaf),
        None,
    )
    assert found(told.export(), at_once) == []  # while the round runs nothing of it is shown


def receipts(story: Story) -> list[dict[str, Any]]:
    rolls = (story.judged_twice, story.stuck, story.voted)
    return [
        story.chronicle.receipt(asked, answer)
        for asked in rolls
        for answer in [*asked.waiting, *(one for leaves in asked.closes.values() for one in leaves)]
    ]


RECEIPTS = receipts(STORY)


@pytest.mark.parametrize("number", range(len(RECEIPTS)))
def test_every_answer_has_one_that_holds(number: int) -> None:
    assert found(NOW, RECEIPTS[number]) == []
    assert found(NOW, {**RECEIPTS[number], "closed": None}) == []


def test_a_lost_answer_is_noticed_by_whoever_kept_its_promise() -> None:
    """The answer is left out of the tree, everything sealed anew."""
    asked = STORY.voted
    answer = next(iter(asked.closes.values()))[0]
    promised = {**STORY.chronicle.receipt(asked, answer), "closed": None}

    def without(ledger: dict[str, Any]) -> None:
        for close in ledger["rolls"][2]["closes"]:
            close["leaves"].remove(answer.entry)

    assert found(forged(NOW, without, KEY, recount=True)) == []
    assert found(forged(NOW, without, KEY, recount=True), promised) == [
        ("ResponseIsMissing", f"leaf {answer.leaf.hex()}")
    ]
    assert found(forged(NOW, without, KEY, recount=True), RECEIPTS[-1])[0] == ("HistoryWasRewritten", "older")


def test_a_lost_round_is_noticed_too() -> None:
    promised = {**STORY.chronicle.receipt(STORY.voted, STORY.running.waiting[0])}
    lost = {**promised["entry"], "body": {**promised["entry"]["body"], "round": str(STORY.chronicle.an_id())}}
    promise = Promise(KEY.name, lost["body"]["round"], leaf_of(lost)).signed(KEY)
    told = found(NOW, {**promised, "entry": lost, "promise": promise})
    assert [code for code, _ in told] == ["ResponseIsMissing"]


def test_a_receipt_from_after_a_truncation_shows_it() -> None:
    codes = {code for code, _ in found(OLDER, RECEIPTS[-1])}
    assert {"EntriesAreMissing", "ResponseIsMissing"} <= codes


Change = Callable[[dict[str, Any]], object]
PROOF = next(receipt for receipt in RECEIPTS if receipt["closed"] and receipt["closed"]["path"])


@pytest.mark.parametrize(
    "change",
    [
        lambda receipt: receipt.update(promise="no note"),
        lambda receipt: receipt.update(promise=sign("not a promise\n", KEY)),
        lambda receipt: receipt.update(promise=sign("a\npromise\nb\nc\n", KEY)),
        lambda receipt: receipt.update(promise=Promise(KEY.name, "x", bytes(32)).signed(KEY)),
        lambda receipt: receipt.update(promise=Promise(KEY.name, "x", bytes(32)).signed(THEIRS)),
        lambda receipt: receipt["entry"]["body"].update(version=9),
        lambda receipt: receipt["entry"]["body"].update(share=0.5),
        lambda receipt: receipt["closed"].update(index=receipt["closed"]["index"] ^ 1),
        lambda receipt: receipt["closed"]["path"].pop(),
        lambda receipt: receipt["closed"]["ledger_path"].pop(),
        lambda receipt: receipt["closed"].update(checkpoint=OLDER["ledger"]["checkpoint"]),
        lambda receipt: receipt["closed"].update(checkpoint="no note"),
        lambda receipt: receipt["closed"]["entry"]["body"].update(count=1),
        lambda receipt: receipt["closed"]["entry"]["body"].update(reasons=[]),
        lambda receipt: receipt["closed"]["entry"]["body"].pop("count"),
        lambda receipt: receipt["closed"]["entry"]["body"].update(responses_root=1),
    ],
)
def test_a_broken_receipt_is_told_from_a_broken_record(change: Change) -> None:
    receipt = deepcopy(PROOF)
    change(receipt)

    assert found(NOW, receipt) == [("AgainstIsUnusable", "receipt")]


def test_a_receipt_of_another_log_is_no_use() -> None:
    entry = PROOF["entry"]
    promise = Promise("elsewhere", str(STORY.judged_twice.run.id), leaf_of(entry)).signed(KEY)
    assert found(NOW, {**PROOF, "promise": promise, "closed": None}) == [("AgainstIsUnusable", "receipt")]


def test_a_record_without_a_key_is_compared_with_nothing() -> None:
    broken = deepcopy(NOW)
    broken["ledger"]["key"] = "none"
    assert found(broken, OLDER["ledger"]["checkpoint"]) == [("KeyIsUnreadable", "key")]
