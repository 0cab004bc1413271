"""A click group that knows its commands' names and help, and imports one only when it is called."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click


class LazyGroup(click.Group):
    """`commands_by_path`: name → (``module:attribute``, the line shown in the list).

    `contributed`: the entry point group under which installed distributions offer further commands.
    """

    def __init__(
        self,
        *args: Any,
        commands_by_path: Mapping[str, tuple[str, str]],
        contributed: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._paths = commands_by_path
        self._contributed = contributed

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table, then what others contribute."""
        return [*self._paths, *self._others()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name."""
        path = self._paths[cmd_name][0] if cmd_name in self._paths else self._others().get(cmd_name)
        if path is None:
            return None
        module, _, attribute = path.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table's own lines, and the first of each contributed docstring: nothing is imported to show them."""
        rows = [(name, line) for name, (_, line) in self._paths.items()]
        rows += [(name, first_line(path)) for name, path in self._others().items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def _others(self) -> dict[str, str]:
        """Name → path, sorted by name. A name of the table stays the table's."""
        found = entry_points(group=self._contributed) if self._contributed else ()
        others = {entry.name: entry.value for entry in found if entry.name not in self._paths}
        return dict(sorted(others.items()))


def first_line(path: str) -> str:
    """Of the docstring of `module:function`, read from its file: the module is not imported, its package is."""
    module, _, function = path.partition(":")
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        return ""
    for node in ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return (ast.get_docstring(node) or "").partition("\n")[0]
    return ""
