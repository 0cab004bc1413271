"""How long it takes to check a record: `python -m deliberation.record.speed [SIZE …]` (with PYTHONPATH=tests)."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from beraad.record.reading import read_document
from beraad_deliberation.documents.judging import judge_document
from beraad_deliberation.domain.responding import Answer
from beraad_deliberation.domain.rounds import ConsentRound
from beraad_deliberation.domain.verdict import Outcome, Verdict
from beraad_deliberation.record.facts import round_closed
from beraad_deliberation.record.verifying import verify
from deliberation.record.chronicle import Asked, Chronicle
from deliberation.record.endings import adopt
from deliberation.record.mutations import written
from deliberation.record.stories import a_proposal

ADOPTED = Verdict(Outcome.ADOPTED, ("ConsentGiven",))


def one_round(size: int) -> Chronicle:
    """So many are asked, and answer."""
    told = Chronicle(1, size)
    _closed(told, told.open_round(a_proposal(told), told.everyone))
    return told


def many_rounds(size: int) -> Chronicle:
    """So many entries: rounds of six, each with a decision and its review."""
    told = Chronicle(1, 6)
    while told.log.size < size:
        proposal = a_proposal(told)
        _closed(told, told.open_round(proposal, told.everyone))
        adopt(told, proposal, "keep")
    return told


def _closed(told: Chronicle, asked: Asked) -> None:
    assert isinstance(asked.run, ConsentRound)
    for person in asked.electors:
        told.answer(asked, person, Answer.CONSENT)
    told.closed(asked, round_closed(asked.run, ADOPTED, told.leaves(asked)))


def measured(make: Callable[[int], Chronicle], size: int) -> float:
    """Microseconds of processor time for each entry and answer, reading included."""
    told = make(size)
    data = written(told.export())
    answers = sum(len(leaves) for asked in told.asked for leaves in asked.closes.values())
    started = time.process_time()
    report = verify(read_document(data), judge=judge_document)
    spent = time.process_time() - started
    assert report.good, report.findings
    each = spent / (report.entries + answers) * 1e6
    print(f"{make.__name__}: {report.entries} entries, {answers} answers: {spent:.2f} s, {each:.0f} µs each")
    return each


if __name__ == "__main__":
    for size in map(int, sys.argv[1:] or ["1000", "10000", "100000"]):
        for make in (many_rounds, one_round):
            measured(make, size)
