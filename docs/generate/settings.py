"""docs/settings.md: every variable, its default as the code has it, and what it is for."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from beraad import settings as kernel
from docs.generate.descriptions import SECTIONS
from docs.generate.words import Undescribed, code, table

ROOT = Path(__file__).parents[2]
CODE = ("shared/beraad", *(f"services/{name}/beraad_{name}" for name in kernel.PUBLISHERS))
NAME = re.compile("BERAAD_[A-Z][A-Z_]*[A-Z]")
OF_A_SERVICE = re.compile(f"^BERAAD_({'|'.join(kernel.PUBLISHERS).upper()})_")
INTRODUCTION = """# Settings

All settings come from the environment, are read once when a process starts, and are checked there: a variable that is wrong is named, and
the process does not start. Those up to and including *Mail* (but for the administrator's) may be given as `NAME_FILE`, the path of a file
that holds the value; use that for secrets.
`<SERVICE>` stands for `MEMBERSHIP`, `MEETINGS`, `DELIBERATION` or `NOTIFICATIONS`.

`beraad up` (`make run`) sets what it needs and leaves alone what is set already: one variable after the other, PostgreSQL, RabbitMQ and
a real mail server take the place of what is embedded. Outside development a process refuses to start with a secret that was
never set."""
FOOTER = "An empty default means: none. Values in a list are separated by commas."


def page() -> str:
    """The whole page. Raises `Undescribed` for a variable nobody describes, or one described that nothing reads."""
    described = {name for section in SECTIONS.values() for name in section}
    if described != set(variables()):
        raise Undescribed(f"settings: {sorted(described ^ set(variables()))} (docs/generate/descriptions.py)")
    return "\n\n".join([INTRODUCTION, *map(_section, SECTIONS), FOOTER])


@cache
def variables() -> dict[str, str]:
    """Name → default, of every variable that the code reads."""
    named = [item for path in _modules() for item in _named_in(ast.parse(path.read_text()))]
    with_default = {name: default for name, default in named if default}
    return {**dict.fromkeys((name for name, _ in named), ""), **with_default, **_read_by_the_kernel()}


def _section(title: str) -> str:
    rows = ([code(name), _shown(variables()[name]), says] for name, says in SECTIONS[title].items())
    return f"## {title}\n\n{table(['Variable', 'Default', 'What it is'], rows)}"


def _shown(default: str) -> str:
    return code(default) if default else ""


def _modules() -> Iterator[Path]:
    for folder in CODE:
        yield from sorted((ROOT / folder).rglob("*.py"))


def _named_in(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Constants that are a variable's name, and the defaults that stand beside some of them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value):
            yield _general(node.value), ""
    for node in ast.walk(tree):
        match node:
            case ast.Call(args=[ast.Constant(value=str(name)), ast.Constant(value=default)]) if (
                NAME.fullmatch(name)
            ):
                yield _general(name), str(default)
            case ast.Call(keywords=keywords):
                given = {k.arg: k.value.value for k in keywords if isinstance(k.value, ast.Constant)}
                if "envvar" in given and given.get("default") is not None:
                    yield str(given["envvar"]), str(given["default"])


def _general(name: str) -> str:
    return OF_A_SERVICE.sub("BERAAD_<SERVICE>_", name)


def _read_by_the_kernel() -> dict[str, str]:
    watched = Watched()
    kernel._read(watched, "membership")  # type: ignore[arg-type]  # noqa: SLF001 - the reading itself is watched
    return watched.read


class Watched:
    """An environment with nothing in it: whatever type it is asked for, it notes the name and answers the default."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self.read: dict[str, str] = {}

    def __getattr__(self, _kind: str) -> Callable[..., Any]:
        """`env.str`, `env.int` and so on."""
        return self._note

    def _note(self, name: str, default: Any, **_options: Any) -> Any:
        general = _general(f"BERAAD_{name}")
        shown = ",".join(default) if isinstance(default, list) else str(default)
        if general.endswith("<SERVICE>_URL"):
            shown = shown.replace("/membership", "/<service>")
        self.read.setdefault(general, shown)
        return default
