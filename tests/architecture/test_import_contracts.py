"""What may import what (docs: architecture). Every contract is seen to fail, so that none protects in name only."""

import tomllib
from pathlib import Path

import pytest

from architecture.lints import SERVICES
from architecture.tree import ROOT, copy_of_the_code, lint_imports, write_module

LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = {contract["id"]: contract["name"] for contract in LINTER["contracts"]}

UPWARDS = [
    ("domain", "use_cases"),
    ("use_cases", "storage"),
    ("storage", "queries"),
    ("queries", "api"),
    ("queries", "subscriptions"),
    ("api", "settings"),
    ("subscriptions", "settings"),
    ("settings", "app"),
    ("settings", "worker"),
    ("api", "app"),
    ("domain", "record"),
    ("record", "use_cases"),
    ("settings", "commands"),
    ("use_cases", "solver"),
    ("solver", "queries"),
]
SIDEWAYS = [
    ("api", "subscriptions"),
    ("subscriptions", "api"),
    ("app", "worker"),
    ("worker", "app"),
    ("app", "commands"),
    ("solver", "storage"),
    ("storage", "solver"),
]
OUTSIDE_A_DOMAIN = (
    "flask",
    "flask_smorest",
    "marshmallow",
    "sqlalchemy",
    "kombu",
    "pika",
    "beraad.perform",
    "beraad.contracts",
    "beraad.identifiers",
)

# contract, the module that breaks it, the module it imports
VIOLATIONS: list[tuple[str, str, str]] = [
    *(
        ("independence", f"services/{one}/beraad_{one}/intruder.py", f"beraad_{other}")
        for one in SERVICES
        for other in SERVICES
        if one != other
    ),
    *(("kernel", "shared/beraad/intruder.py", f"beraad_{name}") for name in SERVICES),
    *(
        ("layers", f"services/{name}/beraad_{name}/{lower}/intruder.py", f"beraad_{name}.{upper}")
        for name in SERVICES
        for lower, upper in [*UPWARDS, *SIDEWAYS]
        if lower not in {"settings", "app", "worker"}
    ),
    *(
        ("layers", f"services/{name}/beraad_{name}/{lower}.py", f"beraad_{name}.{upper}")
        for name in SERVICES
        for lower, upper in [*UPWARDS, *SIDEWAYS]
        if lower in {"settings", "app", "worker"}
    ),
    *(
        ("domain", f"services/{name}/beraad_{name}/domain/intruder.py", imported)
        for name in SERVICES
        for imported in OUTSIDE_A_DOMAIN
    ),
    ("domain", "shared/beraad/domain.py", "marshmallow"),
    ("domain", "shared/beraad/domain.py", "beraad.contracts"),
]


def test_the_tree_keeps_every_contract() -> None:
    linted = lint_imports(ROOT)

    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in linted.stdout


@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_contract_can_fail(contract: str, tmp_path: Path) -> None:
    """All its violations in one copy of the tree; each must be named."""
    root = copy_of_the_code(tmp_path)
    violations = [violation[1:] for violation in VIOLATIONS if violation[0] == contract]
    assert violations, f"no violation of {contract!r} is known: add one"
    for path, imported in violations:
        _ensure(root, imported)
        write_module(root, path, f"import {imported}")

    linted = lint_imports(root)

    assert linted.returncode == 1, linted.stdout + linted.stderr
    assert f"{CONTRACTS[contract]} BROKEN" in linted.stdout
    unnoticed = [v for v in violations if f"{_module(v[0])} -> {v[1]} (" not in linted.stdout]
    assert unnoticed == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_folder_that_no_layer_names_is_refused(service: str, tmp_path: Path) -> None:
    root = copy_of_the_code(tmp_path)
    write_module(root, f"services/{service}/beraad_{service}/helpers/__init__.py", "")

    linted = lint_imports(root)

    assert f"{CONTRACTS['layers']} BROKEN" in linted.stdout
    assert f"beraad_{service}.helpers" in linted.stdout


def test_a_domain_may_use_the_shared_words_of_the_domain(tmp_path: Path) -> None:
    root = copy_of_the_code(tmp_path)
    for service in SERVICES:
        write_module(root, f"services/{service}/beraad_{service}/domain/allowed.py", "import beraad.domain")

    linted = lint_imports(root)

    assert f"{CONTRACTS['domain']} KEPT" in linted.stdout


def test_every_service_is_under_contract() -> None:
    folders = {
        folder.name for folder in (ROOT / "services").iterdir() if (folder / "pyproject.toml").exists()
    }

    assert folders == set(SERVICES)
    assert set(LINTER["root_packages"]) == {"beraad", *(f"beraad_{name}" for name in SERVICES)}


def _module(path: str) -> str:
    parts = Path(path).with_suffix("").parts
    return ".".join(parts[1:] if parts[0] == "shared" else parts[2:])


def _ensure(root: Path, module: str) -> None:
    """Make the imported layer of a service where the tree has none yet."""
    package, _, layer = module.partition(".")
    if package.startswith("beraad_") and layer:
        folder = root / "services" / package.removeprefix("beraad_") / package
        if not (folder / layer).exists() and not (folder / f"{layer}.py").exists():
            write_module(root, str((folder / layer / "__init__.py").relative_to(root)), "")
