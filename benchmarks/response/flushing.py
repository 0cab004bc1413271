"""Does anything make responses wait for each other? The product's statement where a flush takes 2 ms, 64 at once."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from functools import partial
from typing import Any, LiteralString

from benchmarks.response.seed import open_round, plain
from benchmarks.response.stage import LONGEST, LOOP, SAME_SQL, MeasurementFailed, Stage
from benchmarks.rounds import Target, interleave, ratio
from servers.programs import postgresql_bin

CLIENTS, ELECTORS, FLUSH_MICROSECONDS = 64, 10_000, 2_000
SHORTEST = 3
"""Seconds; 64 connections have to be made within them."""
MARK = re.compile(r"(?<![\\:]):(\w+)")
RATE, SENT = re.compile(r"tps = ([\d.]+)"), re.compile(r"actually processed: (\d+)")
WRITTEN: Mapping[str, LiteralString] = {
    SAME_SQL: "SELECT count(*) FROM responses",
    LOOP: "SELECT count(*) FROM outbox",
}
BARE = """WITH put AS (
    INSERT INTO responses (round_id, person_id, version, answer, concern, given_at)
    VALUES ({round}, {person}, 1, 'consent', NULL, now())
    ON CONFLICT (round_id, person_id) DO UPDATE SET version = excluded.version, answer = excluded.answer,
    concern = excluded.concern, given_at = excluded.given_at RETURNING *)
  INSERT INTO outbox (event_id, stream, type, subject, revision, headers, body, written_at)
  SELECT gen_random_uuid(), 'bench', 'bench.response.given.v1', 'responses/' || person_id, 1, '{{}}',
    to_jsonb(put), now() FROM put"""
PERSON = "lpad(:elector::text, 32, '0')::uuid"


def measure(stage: Stage, rounds: int) -> dict[str, dict[str, Any]]:
    """The one figure, by its name."""
    found = interleave({"ours": _ours(stage), "bare": _bare(stage)}, rounds)
    return {"slow_flush_vs_bare": ratio(found["ours"], found["bare"], Target(0.8, "at least"))}


def filled_in(
    text: str, given: Mapping[str, str], values: Mapping[str, str], fixed: Mapping[str, Any]
) -> str:
    """The overheard statement (`our_sql.py`) with SQL in the place of its parameters, as pgbench sends it."""

    def value(mark: re.Match[str]) -> str:
        name = mark[1]
        return values[given[name]] if name in given else literal(fixed[name])

    return MARK.sub(value, text).replace("\\:", ":").replace("\n", " ")


def literal(value: Any) -> str:
    """As SQL spells it."""
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'"
    if isinstance(value, int | float):
        return str(value)
    told = (
        str(value).replace("\\", "\\\\").replace("'", "''").replace(":", r"\072")
    )  # pgbench takes :word for a variable
    return f"E'{told}'"


def _ours(stage: Stage) -> partial[float]:
    record = stage.seeded.our_sql["record"]
    values = {
        "round_id": f"'{_round(stage, SAME_SQL)}'",
        "person_id": PERSON,
        "number": "1",
        "version": "1",
        "answer": "'consent'",
        "word": "' consent '",
        "now": "now()",
    }
    statement = filled_in(record["text"], record["given"], values, record["fixed"])
    return partial(_rate, stage, SAME_SQL, statement)


def _bare(stage: Stage) -> partial[float]:
    statement = BARE.format(round=f"'{_round(stage, LOOP)}'", person=PERSON)
    return partial(_rate, stage, LOOP, statement.replace("\n", " "))


def _round(stage: Stage, name: str) -> str:
    with stage.connection(name) as connection:
        return str(open_round(connection, stage.seeded, ELECTORS))


def _rate(stage: Stage, name: str, statement: str) -> float:
    """Answers written per second by pgbench: of two by one elector at the same moment ours writes one, and the other is sent again."""
    stage.rest(name)
    ((before,),) = stage.execute(name, WRITTEN[name])
    script = stage.folder / "flush.sql"
    script.write_text(f"\\set elector random(1, {ELECTORS})\n{statement};\n")
    options = ["--no-vacuum", "--protocol=prepared", f"--client={CLIENTS}", "--jobs=2"]
    options += [f"--time={max(SHORTEST, round(stage.seconds))}", f"--file={script}"]
    done = subprocess.run(
        [postgresql_bin() / "pgbench", *options, plain(stage.database(name))],
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
        env={**os.environ, "PGOPTIONS": f"-c commit_delay={FLUSH_MICROSECONDS}"},
    )
    told, sent = RATE.search(done.stdout), SENT.search(done.stdout)
    if done.returncode or told is None or sent is None or "failed transactions: 0 " not in done.stdout:
        raise MeasurementFailed(done.stdout + done.stderr)
    ((after,),) = stage.execute(name, WRITTEN[name])
    share: float = (after - before) / int(sent[1])
    return float(told[1]) * share
