"""Our own lints: what ruff and import-linter cannot say. Each takes the root of a tree and yields findings `path:line what`.

An exception to a lint stands in EXCEPTIONS, with its reason. One that is no longer needed fails a test.
"""

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

SERVICES = ("membership", "meetings", "deliberation", "notifications")

# (lint, path or class) -> why
EXCEPTIONS: dict[tuple[str, str], str] = {
    ("commits", "shared/beraad/perform.py"): "one command, one transaction: the place that commits",
    (
        "commits",
        "shared/beraad/storage/migrate.py",
    ): "a migration is its own transaction, before any command runs",
    ("class_names", "Service"): "one of the four services: the product's own word",
    ("class_names", "UnknownService"): "says that there is no such service",
    ("class_names", "StaleBase"): "the base version an amendment was written against: the word of the field",
}

VAGUE_PACKAGES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers"}
VAGUE_SUFFIXES = ("Manager", "Helper", "Helpers", "Utils", "Base", "Data", "Info", "Service")
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "monotonic"),
    ("clock", "now"),
}


@dataclass(frozen=True)
class Finding:
    lint: str
    subject: str  # what an exception names
    where: str

    def __str__(self) -> str:
        return f"{self.where}: {self.lint}: {self.subject}"


def commits(root: Path) -> Iterator[Finding]:
    """`perform` alone commits. `.begin()` as a context manager commits on leaving; savepoints do not."""
    for path, tree in _modules(root):
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Attribute(attr="commit" | "begin")):
                    yield _finding("commits", path, root, node)


def clocks(root: Path) -> Iterator[Finding]:
    """In the domain and in use cases time is an argument."""
    for path, tree in _modules(root):
        if not {"domain", "use_cases"} & {*path.relative_to(root).parts, path.stem}:
            continue
        for node in ast.walk(tree):
            match node:
                case ast.Attribute(attr=what, value=ast.Name(id=of) | ast.Attribute(attr=of)) if (
                    of,
                    what,
                ) in CLOCKS:
                    yield _finding("clocks", path, root, node)
                case ast.ImportFrom(module=str(module), names=names):
                    if any((module.rpartition(".")[2], name.name) in CLOCKS for name in names):
                        yield _finding("clocks", path, root, node)


def package_names(root: Path) -> Iterator[Finding]:
    """A package or module is named after what it is about."""
    for path, _ in _modules(root):
        parts = path.relative_to(root).with_suffix("").parts
        if VAGUE_PACKAGES & set(parts):
            yield Finding("package_names", "/".join(parts), f"{path.relative_to(root)}:1")


def class_names(root: Path) -> Iterator[Finding]:
    """A class is named after what it is, not after how classes are used."""
    for path, tree in _modules(root):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name.endswith(VAGUE_SUFFIXES):
                yield Finding("class_names", node.name, f"{path.relative_to(root)}:{node.lineno}")


def domain_imports(root: Path) -> Iterator[Finding]:
    """A domain imports the standard library, itself and `beraad.domain`; the latter only the standard library.

    import-linter's contract names what is forbidden; this one names what is allowed.
    """
    for path, tree in _modules(root):
        module = ".".join(path.relative_to(root).with_suffix("").parts[-_depth(path, root) :])
        package, _, inner = module.partition(".")
        if inner.split(".")[0] != "domain":
            continue
        for node in ast.walk(tree):
            for name in _imported(node):
                own = f"{name}.".startswith((f"{package}.domain.", "beraad.domain."))
                if not own and name.partition(".")[0] not in sys.stdlib_module_names:
                    yield _finding("domain_imports", path, root, node, name)


LINTS: dict[str, Callable[[Path], Iterator[Finding]]] = {
    lint.__name__: lint for lint in (commits, clocks, package_names, class_names, domain_imports)
}


def _modules(root: Path) -> Iterator[tuple[Path, ast.Module]]:
    for folder in ("shared/beraad", *(f"services/{name}/beraad_{name}" for name in SERVICES)):
        for path in sorted((root / folder).rglob("*.py")):
            yield path, ast.parse(path.read_text(), filename=str(path))


def _depth(path: Path, root: Path) -> int:
    """How many of the last parts of the path are its module name: without shared/ or services/<name>/."""
    parts = path.relative_to(root).parts
    return len(parts) - (1 if parts[0] == "shared" else 2)


def _imported(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [name.name for name in names]
        case ast.ImportFrom(module=str(module), names=names, level=0):
            # `from beraad import domain` imports beraad.domain
            return [f"{module}.{name.name}" for name in names]
        case ast.ImportFrom():
            return ["(relative import)"]
    return []


def _finding(lint: str, path: Path, root: Path, node: ast.AST, what: str = "") -> Finding:
    relative = path.relative_to(root).as_posix()
    return Finding(lint, relative, f"{relative}:{getattr(node, 'lineno', 1)}{' ' + what if what else ''}")
