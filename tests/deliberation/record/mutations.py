"""Single mutations of an export: a bit, a value, a place in a list, the end, an old entry, another key, a new seal.

`python -m deliberation.record.mutations 500 5000` (with PYTHONPATH=tests) checks so many good exports and mutations.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import islice
from random import Random
from typing import Any

from beraad.record.notes import SigningKey
from beraad.record.reading import NotReadable, read_document
from beraad_deliberation.documents.judging import judge_document
from beraad_deliberation.record.verifying import Report, verify
from deliberation.record.forging import Export, resealed, signed
from deliberation.record.histories import History, a_history

Place = tuple[Any, Any]
"""A list or object, and an index or name in it."""
Mutation = Callable[[Export, Random], bytes]
OTHER_KEY = bytes(range(32))


def written(export: Export) -> bytes:
    """As a file."""
    return json.dumps(export, ensure_ascii=False, separators=(",", ":")).encode()


def places(value: Any, within: Callable[[Any], bool]) -> list[Place]:
    """Everything inside for whose container `within` holds."""
    found: list[Place] = []
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in inside:
        if within(value):
            found.append((value, name))
        found += places(item, within)
    return found


def a_flipped_bit(export: Export, rng: Random) -> bytes:
    data = bytearray(written(export))
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def a_changed_value(export: Export, rng: Random) -> bytes:
    container, name = rng.choice(
        [
            (container, name)
            for container, name in places(export, lambda _: True)
            if not isinstance(container[name], dict | list)
        ]
    )
    container[name] = _another(container[name], rng)
    return written(export)


def _another(value: Any, rng: Random) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + rng.choice([-1, 1, 2])
    if isinstance(value, str) and value:
        at = rng.randrange(len(value))
        return value[:at] + rng.choice("0123456789abcdef") + value[at + 1 :]
    return rng.choice(["", 0, "00" * 32, [], {}])


def a_deletion(export: Export, rng: Random) -> bytes:
    """Of an item or a member; not of a text or a name, which is erasing."""
    ledger = export["ledger"]
    erasable = (ledger["texts"], ledger["people"])
    kept = [place for place in places(export, lambda _: True) if not any(place[0] is one for one in erasable)]
    container, name = rng.choice(kept)
    del container[name]
    return written(export)


def a_swap(export: Export, rng: Random) -> bytes:
    lists = {
        id(place[0]): place[0] for place in places(export, lambda one: isinstance(one, list) and len(one) > 1)
    }
    items = rng.choice(list(lists.values()))
    one, two = rng.sample(range(len(items)), 2)
    items[one], items[two] = items[two], items[one]
    return written(export)


def a_truncation(export: Export, rng: Random) -> bytes:
    """Of the file, or of a list in it."""
    if rng.random() < 0.3:
        data = written(export)
        return data[: rng.randrange(len(data))]
    entries = export["ledger"]["entries"]
    del entries[rng.randrange(len(entries)) :]
    return written(export)


def a_replay(export: Export, rng: Random) -> bytes:
    """An older entry, or answer, once more: somewhere else, or in the place of another."""
    ledger = export["ledger"]
    lists = [ledger["entries"], *(close["leaves"] for roll in ledger["rolls"] for close in roll["closes"])]
    items = rng.choice([one for one in lists if one])
    again = deepcopy(rng.choice(items))
    at = rng.randrange(len(items) + 1)
    items[at : at + rng.randrange(2)] = [again]
    return written(export)


def another_key(export: Export, rng: Random) -> bytes:
    """Somebody else seals it, changed or not."""
    key = SigningKey.from_seed(export["ledger"]["origin"], OTHER_KEY)
    export["ledger"]["key"] = str(key.public)
    if rng.random() < 0.5:
        entry = rng.choice(export["ledger"]["entries"])
        entry["actor"] = "00" * 32
    return written(resealed(export, key))


def a_new_seal(export: Export, rng: Random, key: SigningKey, kept: int) -> bytes:
    """The log's own key seals a history that lost or changed what a kept checkpoint covers."""
    entries = export["ledger"]["entries"]
    at = rng.randrange(kept)
    if rng.random() < 0.5:
        del entries[at:]
        return written(signed(export, key))
    entries[at]["actor"] = "00" * 32
    return written(resealed(export, key))


MUTATIONS: dict[str, Mutation] = {
    one.__name__: one
    for one in (a_flipped_bit, a_changed_value, a_deletion, a_swap, a_truncation, a_replay, another_key)
}


def mutated(export: Export, kept: int, key: SigningKey, rng: Random) -> tuple[str, bytes]:
    """The name and the bytes of one mutation that makes the export say something else."""
    while True:
        name = rng.choice([*MUTATIONS, "a_new_seal"])
        copy = deepcopy(export)
        data = a_new_seal(copy, rng, key, kept) if name == "a_new_seal" else MUTATIONS[name](copy, rng)
        if _read(data) != export:
            return name, data


def _read(data: bytes) -> Any:
    try:
        return read_document(data)
    except NotReadable:
        return None


def checked(data: bytes, *kept: Any) -> Report | None:
    """None where it cannot be read."""
    try:
        return verify(read_document(data), judge=judge_document, against=kept)
    except NotReadable:
        return None


def growing(seed: int) -> tuple[History, str, int]:
    """A history that somebody kept a checkpoint of (its size), some texts and names erased."""
    history = a_history(seed)
    kept = history.checkpoint(), history.log.size
    history.deliberate()
    history.erase(history.rng.choice([0, 0.2, 1]))
    return history, *kept


def good_exports(count: int) -> Iterator[tuple[History, Report | None]]:
    """So many, each read back from its bytes and compared with what was kept."""
    for seed in range(count):
        history, note, _ = growing(seed)
        yield history, checked(written(history.export()), note)


def mutations(count: int, of: int) -> Iterator[tuple[str, Report | None]]:
    """So many, of so many exports; the older checkpoint is compared with."""
    for seed in range(of):
        history, note, size = growing(seed)
        export, rng = read_document(written(history.export())), Random(seed)
        for _ in range(count // of):
            name, data = mutated(export, size, history.key, rng)
            yield name, checked(data, note)


def main(exports: int, count: int) -> int:
    """How many good exports were accused and mutations missed; 0 is right."""
    accused = sum(report is None or not report.good for _, report in good_exports(exports))
    print(f"{exports} good exports, {accused} accused", flush=True)
    caught, missed, codes = Counter[str](), Counter[str](), Counter[str]()
    for name, report in islice(mutations(count, max(1, count // 50)), count):
        (missed if report is not None and report.good else caught)[name] += 1
        codes.update({"cannot be read"} if report is None else {finding.code for finding in report.findings})
    print(
        f"{caught.total()} mutations caught, {missed.total()} missed: {dict(caught)}; missed {dict(missed)}"
    )
    print(f"found: {dict(codes.most_common())}")
    return accused + missed.total()


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])) != 0)
