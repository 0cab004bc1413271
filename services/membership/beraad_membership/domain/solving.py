"""What composing needs of a solver: whole numbers within bounds, and weights with their prices.

A program: variables from 0 to `upper`, rows `low ≤ sum ≤ high`, and something to make as large as can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from beraad.domain import RuleBroken

UNBOUNDED = float("inf")


class SolverNotInstalled(RuleBroken):
    """Checking and drawing a composition needs a solver: install beraad-membership[selection]."""


class SolverRanOut(RuleBroken):
    """The solver found no answer in time; nothing is known about this composition."""


@dataclass(frozen=True)
class Row:
    """`low ≤ Σ weight · variable ≤ high`. Without `weights` each variable counts once."""

    low: float
    high: float
    over: tuple[int, ...]
    weights: tuple[float, ...] = ()


@dataclass(frozen=True)
class Program:
    """Find values from 0 to `upper` that keep every row and make Σ `maximize` · variable as large as can be."""

    upper: tuple[float, ...]
    rows: tuple[Row, ...]
    maximize: tuple[float, ...] = ()


@dataclass(frozen=True)
class Priced:
    """The best fractions of a program, and what one more of each row's binding side would bring (its dual value)."""

    best: float
    values: tuple[float, ...]
    prices: tuple[float, ...]


class Solver(Protocol):
    """Solves programs. The same program gets the same answer in every process. Raises `SolverRanOut` at its deadline."""

    def whole(self, program: Program) -> tuple[int, ...] | None:
        """The best whole numbers, checked against the rows exactly; None where no whole numbers keep them."""

    def fractions(self, program: Program) -> Priced:
        """The best fractions. The program has some."""
