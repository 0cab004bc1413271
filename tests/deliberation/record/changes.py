"""Changes of a ledger, by name: what a forger does before sealing anew."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from deliberation.record.forging import Edit, rechained

Ledger = dict[str, Any]


def entries(ledger: Ledger, type_: str) -> list[dict[str, Any]]:
    return [entry for entry in ledger["entries"] if entry["type"] == type_]


def body(type_: str, nth: int = 0, /, **changes: Any) -> Edit:
    """Of the nth entry of that type."""
    return lambda ledger: entries(ledger, type_)[nth]["body"].update(changes)


def append(type_: str, /, **told: Any) -> Edit:
    """One more entry."""
    return lambda ledger: ledger["entries"].append(
        {**deepcopy(ledger["entries"][-1]), "type": type_, "body": told}
    )


def again(type_: str, nth: int = 0, /, **changes: Any) -> Edit:
    """A copy of the nth entry of that type at the end."""

    def edit(ledger: Ledger) -> None:
        append(type_, **{**deepcopy(entries(ledger, type_)[nth]["body"]), **changes})(ledger)

    return edit


def replace(number: int, type_: str, /, **told: Any) -> Edit:
    """Another entry in the place of entry `number`."""
    return lambda ledger: ledger["entries"][number - 1].update(type=type_, body=told)


def roll(number: int, /, **changes: Any) -> Edit:
    """Members of what is shown of that round or vote."""
    return lambda ledger: ledger["rolls"][number].update(changes)


def answers(number: int, person: str, /, **changes: Any) -> Edit:
    """In all of one person's answers at the first close of a round or vote, changes of the body or of the frame."""

    def edit(leaf: dict[str, Any]) -> None:
        for name, value in changes.items():
            (leaf if name in leaf else leaf["body"])[name] = value

    return lambda ledger: rechained(leaves(ledger, number), person, edit)


def leaves(ledger: Ledger, number: int) -> list[dict[str, Any]]:
    """Of the first close of a round or vote."""
    found: list[dict[str, Any]] = ledger["rolls"][number]["closes"][0]["leaves"]
    return found


def of(ledger: Ledger, number: int, person: str) -> dict[str, Any]:
    """That person's one answer at the first close."""
    return next(leaf for leaf in leaves(ledger, number) if leaf["actor"] == person)


def both(*edits: Callable[[Ledger], object]) -> Edit:
    """One after the other."""

    def edit(ledger: Ledger) -> None:
        for one in edits:
            one(ledger)

    return edit


def reverse(name: str) -> Edit:
    """The order of a list of the ledger."""
    return lambda ledger: ledger[name].reverse()
