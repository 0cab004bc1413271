"""Figures from interleaved rounds: every round measures each participant once, and only ratios of one round count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median
from typing import Any, Literal, TypeVar

F = TypeVar("F")


@dataclass(frozen=True)
class Target:
    """What a median must be."""

    value: float
    direction: Literal["at least", "at most"]

    def __str__(self) -> str:
        return f"{self.direction} {self.value:g}"

    def met_by(self, figure: float) -> bool:
        """Whether the figure is good enough."""
        return figure >= self.value if self.direction == "at least" else figure <= self.value


def interleave(participants: Mapping[str, Callable[[], F]], rounds: int) -> dict[str, list[F]]:
    """Each participant's figures, one of each round; every round begins with the next participant.

    So a machine that slows down while it is measured slows all of them down.
    """
    figures: dict[str, list[F]] = {name: [] for name in participants}
    names = list(participants)
    for number in range(rounds):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            figure = participants[name]()
            figures[name].append(figure)
            told = f"{figure:,.1f}" if isinstance(figure, float) else str(figure)
            print(f"round {number + 1} of {rounds}: {name} {told}", flush=True)
    return figures


def percentile(figures: Sequence[float], share: float) -> float:
    """The smallest of the figures that at least this share of them does not exceed (nearest rank)."""
    return sorted(figures)[max(0, ceil(share * len(figures)) - 1)]


def summary(figures: list[float], target: Target | None, unit: str) -> dict[str, Any]:
    """Rounds, their median and spread (largest less smallest, of the median), and whether the target, if any, is met."""
    middle = median(figures)
    aim = {"target": str(target), "met": target.met_by(middle)} if target else {}
    return {
        "unit": unit,
        "rounds": [round(figure, 3) for figure in figures],
        "median": round(middle, 3),
        "spread": round((max(figures) - min(figures)) / middle, 3),
        **aim,
    }


def ratio(
    ours: list[float], theirs: list[float], target: Target | None, of: str = "per_second"
) -> dict[str, Any]:
    """Ours divided by theirs, round by round, with what it was made from and what that counts (`of`)."""
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    made_from = {"ours": [round(one, 2) for one in ours], "theirs": [round(one, 2) for one in theirs]}
    return {**summary(ratios, target, "×"), of: made_from}
