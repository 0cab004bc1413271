"""What the benchmarks reckon with: rounds, ratios, processor time, the end of an answer, overheard statements."""

import os
import time
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from benchmarks.response import closing, flushing, our_sql
from benchmarks.response.cpu import TICKS, Process, family_ticks, read, seconds_of
from benchmarks.response.load import Refused, read_answer
from benchmarks.response.stage import Measured
from benchmarks.rounds import Target, interleave, percentile, ratio, summary


def test_every_round_measures_all_and_begins_with_the_next() -> None:
    asked: list[str] = []

    def participant(name: str, figure: float) -> float:
        asked.append(name)
        return figure

    found = interleave({"a": lambda: participant("a", 1.0), "b": lambda: participant("b", 2.0)}, 3)

    assert asked == ["a", "b", "b", "a", "a", "b"]
    assert found == {"a": [1.0] * 3, "b": [2.0] * 3}


def test_a_ratio_is_taken_within_each_round_and_says_what_it_was_made_from() -> None:
    figure = ratio([10, 30, 20], [10, 10, 10], Target(2, "at least"), of="microseconds")
    assert figure["rounds"] == [1, 3, 2]
    assert figure["median"] == 2
    assert figure["met"]
    assert figure["spread"] == 1
    assert figure["microseconds"] == {"ours": [10, 30, 20], "theirs": [10, 10, 10]}
    assert not ratio([10], [9.9], Target(1, "at most"))["met"]
    assert "target" not in summary([1.0], None, "µs")


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, 50), (0.99, 99), (0.991, 100), (1.0, 100), (0.0, 1), (0.011, 2)]
)
def test_a_percentile_is_a_figure_that_was_measured(share: float, expected: float) -> None:
    assert percentile([float(one) for one in range(100, 0, -1)], share) == expected
    assert percentile([7.0], share) == 7.0


def test_a_line_of_proc_is_read_whatever_the_process_is_called() -> None:
    line = "42 (post) gres: a (b) S 7 42 42 0 -1 4194560 99 88 0 0 30 12 5 3 20 0 1 0 4000 0 0"
    assert read(line) == Process(parent=7, own=42, waited=8)


def test_a_family_is_everybody_it_started_and_nobody_else() -> None:
    processes = {
        1: Process(0, 1000, 1000),
        10: Process(1, 5, 40),
        11: Process(10, 7, 0),
        12: Process(11, 2, 1),
        20: Process(1, 500, 0),
    }
    assert family_ticks(processes, 10) == 5 + 40 + 7 + 3
    assert family_ticks(processes, 99) == 0


def test_processor_time_that_was_used_is_seen() -> None:
    before = seconds_of({"me": os.getpid()})["me"]
    began = time.process_time()
    while time.process_time() - began < 0.2:
        pass
    assert seconds_of({"me": os.getpid()})["me"] - before >= 0.2 - 2 / TICKS


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (b"HTTP/1.1 20", (0, False)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc", (200, False)),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\nX: y\r\n\r\nabcd", (200, True)),
        (b"HTTP/1.1 304 NOT MODIFIED\r\nETag: x\r\n\r\n", (304, True)),
        (b"HTTP/1.1 304 NOT MODIFIED\r\nContent-Length: 90\r\n\r\n", (304, True)),
    ],
)
def test_an_answer_ends_where_it_says(received: bytes, expected: tuple[int, bool]) -> None:
    assert read_answer(received) == expected


def test_an_answer_whose_end_nobody_knows_is_not_counted() -> None:
    with pytest.raises(Refused):
        read_answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc")


def test_a_statement_that_was_overheard_says_what_its_parameters_are() -> None:
    me, session = uuid4(), uuid4()
    heard = our_sql.as_text(
        "SELECT %(a)s::UUID, %(b_1)s::UUID, %(c)s, %(d)s::TIMESTAMP WITH TIME ZONE, '50 %%'",
        {"a": me, "b_1": session, "c": "open", "d": datetime.now(UTC)},
        {me: "person_id"},
    )
    assert heard.text == r"SELECT :a\:\:UUID, :b_1\:\:UUID, :c, :d\:\:TIMESTAMP WITH TIME ZONE, '50 %'"
    assert heard.given == {"a": "person_id", "b_1": "session_id", "d": "now"}
    assert heard.fixed == {"c": "open"}


def test_pgbench_sends_it_with_sql_in_the_place_of_parameters() -> None:
    text = "SELECT :a\\:\\:UUID,\n:b, :c, :d, :e, :f"
    fixed = {"b": "it's", "c": None, "d": 3, "e": b"\x01\xff", "f": True}
    assert (
        flushing.filled_in(text, {"a": "person_id"}, {"person_id": "lpad(:n::text)"}, fixed)
        == "SELECT lpad(:n::text)::UUID, E'it''s', NULL, 3, '\\x01ff', True"
    )
    assert flushing.literal(UUID(int=1)) == "E'00000000-0000-0000-0000-000000000001'"
    assert (
        flushing.literal('{"by":null}\\') == "E'{\"by\"\\072null}\\\\'"
    )  # pgbench would take :null for a variable


def test_growth_is_one_where_time_grows_with_the_electors() -> None:
    assert closing.growth({10: [1.0, 2.0], 1000: [100.0, 50.0]}, 10, 1000) == [1.0, 0.25]


def test_what_was_measured_tells_its_parts() -> None:
    assert str(Measured(1234.5)) == "1,234/s"
    told = str(Measured(1000, 1500, 1200, 20.25, 40))
    assert told == "1,000/s, CPU 1,500 µs (application 1,200, PostgreSQL 300; driver 40), p99 20.2 ms"
