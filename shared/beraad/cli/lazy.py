"""A click group that knows its commands' names and help, and imports one only when it is called."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """`commands_by_path`: name → (``module:attribute``, the line shown in the list)."""

    def __init__(self, *args: Any, commands_by_path: Mapping[str, tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self._paths = commands_by_path

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table."""
        return list(self._paths)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name."""
        if cmd_name not in self._paths:
            return None
        module, _, attribute = self._paths[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table's own lines: nothing is imported to show them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self._paths.items()])
