"""Check an export: offline, believing nothing but a signature's key and what somebody kept.

In this order: the form; the chain and its seal; what was kept; the story the entries tell; those asked, what they
answered, and every outcome once more; the texts. Only a wrong form ends it early.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from beraad.record.findings import Finding
from beraad.record.notes import PublicKey
from beraad.record.reading import NotReadable
from beraad_deliberation.record import objecting, running, settling
from beraad_deliberation.record.answered import answers_at_closes
from beraad_deliberation.record.asked import check_electorate, shown_rolls
from beraad_deliberation.record.beside import check_names, check_texts
from beraad_deliberation.record.forms import check_form
from beraad_deliberation.record.history import Findings, replay
from beraad_deliberation.record.judged import Judge, Shown, check_outcome
from beraad_deliberation.record.older import Kept, Record, check_against, expect_kept, key_of
from beraad_deliberation.record.seals import check_chain, check_checkpoint, own_key

STEPS = {**running.STEPS, **objecting.STEPS, **settling.STEPS}


@dataclass(frozen=True)
class Report:
    """What was found, and what was looked at. `erased`: texts that are bound and no longer there, which is no fault."""

    findings: tuple[Finding, ...]
    entries: int = 0
    outcomes: int = 0
    erased: int = 0
    key: str | None = None
    key_is_trusted: bool = False

    @property
    def good(self) -> bool:
        """Nothing was found."""
        return not self.findings

    def to_document(self) -> dict[str, Any]:
        """For programs."""
        told = {"entries": self.entries, "outcomes": self.outcomes, "erased": self.erased}
        found = [{"code": one.code, "where": one.where, "says": one.says} for one in self.findings]
        return {
            "good": self.good,
            **told,
            "key": self.key,
            "key_is_trusted": self.key_is_trusted,
            "findings": found,
        }


def verify(
    export: Any, *, judge: Judge, against: Sequence[Kept] = (), key: PublicKey | None = None
) -> Report:
    """Check an export, parsed by `read_document`.

    `key`: whose signature is believed; else that of an older copy; else the one the export names itself, which
    proves no more than that it is whole. Raises `NotReadable` where `against` is nothing to compare with, or where
    something is nested too deep.
    """
    for kept in against:
        expect_kept(kept)
    findings = Findings()
    check_form(export, findings)
    if findings:
        return Report(tuple(findings))
    try:
        return _verified(export, judge, against, key, findings)
    except RecursionError as error:
        raise NotReadable("nested too deep") from error


def _verified(
    export: Any, judge: Judge, against: Sequence[Kept], key: PublicKey | None, findings: Findings
) -> Report:
    ledger: Mapping[str, Any] = export["ledger"]
    trusted = [one for one in (key, *map(key_of, against)) if one is not None]
    leaves = check_chain(ledger, findings)
    own = own_key(ledger, findings)
    keys = dict.fromkeys([*trusted, *([own] if own else [])])
    check_checkpoint(ledger, leaves, keys, findings)
    if keys:
        _check_kept(against, Record(ledger, leaves, next(iter(keys))), findings)
    outcomes = _check_story(ledger, judge, findings)
    erased = check_texts(ledger, findings)
    check_names(ledger, findings)
    told = str(next(iter(keys))) if keys else None
    return Report(tuple(findings), len(ledger["entries"]), outcomes, erased, told, bool(trusted))


def _check_kept(against: Iterable[Kept], record: Record, findings: Findings) -> None:
    for kept in against:
        check_against(kept, record, findings)


def _check_story(ledger: Mapping[str, Any], judge: Judge, findings: Findings) -> int:
    """How many outcomes were judged again."""
    outcomes = 0
    history = replay(ledger["entries"], STEPS, findings)
    for roll, part in shown_rolls(ledger, history, findings):
        check_electorate(roll, part, findings)
        named = history.replacements.get(roll.id, {})
        closes = answers_at_closes(roll, part, ledger["group"], named, findings)
        for (close, answers), told in zip(closes, part["closes"], strict=True):
            shown = Shown(part["electors"], told["notified"])
            check_outcome(roll, close, shown, answers, judge, findings)
            outcomes += close.judged
    return outcomes
