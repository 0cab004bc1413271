"""Tables for people; programs get JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

NEVER_WRAPPED = 10_000


def show_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print it, as wide as the terminal; piped into a program, each row is one whole line. Without rows, nothing."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    if table.row_count:
        Console(width=None if sys.stdout.isatty() else NEVER_WRAPPED).print(table)
