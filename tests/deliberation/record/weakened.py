"""Remove each check of the verifier in turn, from a copy: the tests must fail each time.

`python -m deliberation.record.weakened` (with PYTHONPATH=tests); a minute or two.
"""

from __future__ import annotations

import ast
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from importlib import invalidate_caches
from io import StringIO
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "services/deliberation/beraad_deliberation"
ASKED = ["test_forgeries.py", "test_against.py"]
EXCEPT = "not explained"  # the test that reads the code itself
ANEW = "deliberation"


class Removing(ast.NodeTransformer):
    """Leaves out the finding number `nth`, and remembers its code."""

    def __init__(self, nth: int) -> None:
        self.left = nth
        self.removed = ""

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        """`findings.add(…)` and `tell(…)`."""
        match node.value:
            case ast.Call(
                func=ast.Attribute(attr="add", value=ast.Name(id="findings")) | ast.Name(id="tell"),
                args=[ast.Constant(value=str(code)), *_],
            ):
                return self._out(node, code)
            case ast.Call(func=ast.Attribute(attr="add"), args=[ast.Constant(value="ShapeIsWrong"), *_]):
                return self._out(node, "ShapeIsWrong")
        return node

    def visit_Raise(self, node: ast.Raise) -> ast.stmt:
        """`raise ReceiptIsBroken(…)`."""
        match node.exc:
            case ast.Call(func=ast.Name(id="ReceiptIsBroken"), args=[ast.Constant(value=str(says))]):
                return self._out(node, f"ReceiptIsBroken: {says}")
        return node

    def _out(self, node: ast.stmt, what: str) -> ast.stmt:
        self.left -= 1
        if self.left != -1:
            return node
        self.removed = what
        return ast.copy_location(ast.Pass(), node)


def weakened(source: str) -> Iterator[tuple[str, str]]:
    """What was removed, and the module without it."""
    nth = 0
    while True:
        removing = Removing(nth)
        tree = removing.visit(ast.parse(source))
        if not removing.removed:
            return
        yield removing.removed, ast.unparse(tree)
        nth += 1


def is_noticed() -> bool:
    """Whether the tests fail on the copy as it is now, imported anew."""
    for name in [name for name in sys.modules if ANEW in name]:
        del sys.modules[name]
    invalidate_caches()
    tests = [str(ROOT / "tests/deliberation/record" / name) for name in ASKED]
    with redirect_stdout(StringIO()):
        code = pytest.main(["-x", "-q", "--noconftest", "-p", "no:cacheprovider", "-k", EXCEPT, *tests])
    return code == pytest.ExitCode.TESTS_FAILED


def main() -> int:
    """How many removals nobody noticed."""
    sys.dont_write_bytecode = True
    unnoticed, removals = [], 0
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / PACKAGE.name
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        sys.path.insert(0, name)
        if is_noticed():
            sys.exit("the tests fail on the code as it is")
        for path in sorted((copy / "record").glob("*.py")):
            source = path.read_text()
            for removed, text in weakened(source):
                path.write_text(text)
                noticed = is_noticed()
                removals += 1
                print(f"{path.name}: {removed}: {'noticed' if noticed else 'NOT NOTICED'}", flush=True)
                unnoticed += [] if noticed else [removed]
            path.write_text(source)
    print(f"{removals} checks removed, {len(unnoticed)} unnoticed")
    return len(unnoticed)


if __name__ == "__main__":
    sys.exit(main() != 0)
