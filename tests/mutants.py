"""Change measures and rules of verdicts in small ways, and see whether their tests notice.

``make mutants`` draws changes at random from all places of ``measures/`` and ``claims/`` where a
number, a comparison, a sign, a condition or a choice of rows could be wrong, runs the tests of
that module on each changed copy, and prints those that no test noticed. The draw goes by a hash of
each change, so that the same changes are drawn again when code elsewhere has been edited.
``tests/survivors.yml`` gives a reason for survivors that do not matter; a survivor without
a reason makes the command end with status 1.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import yaml

PROJECT = Path(__file__).parents[1]
PACKAGE = PROJECT / "src" / "turkic_ties"
TIMEOUT_SECONDS = 900

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
WORDS = {
    "min": "max",
    "max": "min",
    "first": "last",
    "last": "first",
    "idxmin": "idxmax",
    "idxmax": "idxmin",
    "head": "tail",
    "tail": "head",
    "any": "all",
    "all": "any",
    "nlargest": "nsmallest",
    "ffill": "bfill",
}


@dataclass(frozen=True)
class Mutant:
    """One small change: where, what stood there, and the text of the changed module."""

    path: Path
    line: int
    before: str
    after: str
    source: str

    @property
    def name(self) -> str:
        return f"{self.path.relative_to(PACKAGE)}: {self.before} -> {self.after}"


def mutants(path: Path) -> Iterator[Mutant]:
    """Yield every change of one module."""
    source = path.read_text(encoding="utf-8")
    for number in range(sum(1 for _ in _places(ast.parse(source)))):
        tree = ast.parse(source)
        node = next(node for i, node in enumerate(_places(tree)) if i == number)
        statement = _statement(tree, node)
        before = ast.unparse(statement)
        _change(node)
        after = ast.unparse(statement)
        if before != after:
            shown = _difference(before, after)
            yield Mutant(path, node.lineno, *shown, ast.unparse(tree))


def _places(tree: ast.AST) -> Iterator[ast.expr]:
    """Find what can be changed; annotations, docstrings, imports and messages are left alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Raise | ast.JoinedStr | ast.Import | ast.ImportFrom | ast.ClassDef):
            if isinstance(node, ast.ClassDef):
                yield from _places(
                    ast.Module([n for n in node.body if not isinstance(n, ast.AnnAssign)], [])
                )
            continue
        if isinstance(node, ast.arguments):
            yield from (default for default in node.defaults if _is_changeable(default))
            continue
        if isinstance(node, ast.keyword) and node.arg in ("observed", "kind", "strict"):
            continue
        if isinstance(node, ast.AnnAssign):
            yield from _places(ast.Expression(node.value)) if node.value else ()
            continue
        if isinstance(node, ast.expr) and _is_changeable(node):
            yield node
        yield from _places(node)


def _is_changeable(node: ast.expr) -> bool:
    match node:
        case ast.Compare(ops=[op]):
            return type(op) in COMPARISONS
        case ast.BinOp(op=op):
            is_text = any(isinstance(side, ast.JoinedStr) for side in (node.left, node.right))
            return type(op) in OPERATORS and not is_text
        case ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
            return True
        case ast.Constant(value=bool() | int() | float()):
            return True
        case ast.Attribute(attr=attr):
            return attr in WORDS
    return False


def _change(node: ast.expr) -> None:
    match node:
        case ast.Compare():
            node.ops = [COMPARISONS[type(node.ops[0])]()]
        case ast.BinOp():
            node.op = OPERATORS[type(node.op)]()
        case ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.UnaryOp():
            node.op = ast.UAdd()
            node.operand = ast.Call(ast.Name("bool"), [node.operand], [])
        case ast.Constant(value=bool()):
            node.value = not node.value
        case ast.Constant(value=int()):
            node.value += 1
        case ast.Constant(value=float()):
            node.value = node.value * 1.5 + 0.1
        case ast.Attribute():
            node.attr = WORDS[node.attr]


def _statement(tree: ast.AST, wanted: ast.expr) -> ast.AST:
    """Find the smallest statement around an expression, to show it."""
    around: ast.AST = tree
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and any(child is wanted for child in ast.walk(node)):
            around = node
    return around


def _difference(before: str, after: str) -> tuple[str, str]:
    pairs = zip(before.splitlines(), after.splitlines(), strict=False)
    return next((old.strip(), new.strip()) for old, new in pairs if old != new)


def tests_of(path: Path) -> list[str]:
    """List the test files that name a module; a topic's name stands for its modules."""
    name = path.stem
    facade = re.compile(rf"from turkic_ties\.measures\.{name} import")
    topics = [each.stem for each in PACKAGE.glob("*.py") if facade.search(each.read_text("utf-8"))]
    if path.parent.name == "claims":
        topics = ["claims"]
    words = re.compile(rf"\b({'|'.join([name, *topics])})\b")
    files = sorted((PROJECT / "tests").glob("test_*.py"))
    own = [
        file for file in files if words.search(file.stem.removeprefix("test_").replace("_", " "))
    ]
    own += [file for file in files if file.stem.removeprefix("test_").startswith((name, *topics))]
    if path.parent.name == "measures":
        own.append(PROJECT / "tests" / "test_measures.py")
    # Tests that run whole notebooks take a minute each; what only they notice counts as unnoticed.
    return [str(file) for file in dict.fromkeys(own) if not file.stem.endswith("_pairs")]


def survives(mutant: Mutant) -> bool:
    """Run the tests on a copy of the package with the change in it."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        copy = Path(folder) / "src" / "turkic_ties"
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        # The package reads titles and the order of the topics from the notebooks of its project.
        (Path(folder) / "notebooks").symlink_to(PROJECT / "notebooks")
        (copy / mutant.path.relative_to(PACKAGE)).write_text(mutant.source, encoding="utf-8")
        environment = os.environ | {
            "PYTHONPATH": str(copy.parent),
            "TURKIC_TIES_DATA": str(PROJECT / "data"),
            "TURKIC_TIES_CACHE": "",  # each change would leave entries of its own
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-x",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
        ]
        command += ["--doctest-modules", str(copy / mutant.path.relative_to(PACKAGE))]
        try:
            answer = subprocess.run(
                [*command, *tests_of(mutant.path)],
                cwd=PROJECT,
                env=environment,
                capture_output=True,
                timeout=TIMEOUT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False
    return answer.returncode == 0


def main() -> int:
    """Draw mutants, try each, and print the survivors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="how many mutants to draw")
    parser.add_argument("--module", default="", help="only modules whose path contains this text")
    options = parser.parse_args()
    reasons = yaml.safe_load((PROJECT / "tests" / "survivors.yml").read_text("utf-8")) or {}
    modules = sorted([*(PACKAGE / "measures").glob("*.py"), *(PACKAGE / "claims").glob("*.py")])
    every = [m for path in modules if options.module in str(path) for m in mutants(path)]
    drawn = sorted(every, key=lambda mutant: hashlib.sha256(mutant.name.encode()).digest())
    drawn = drawn[: options.count]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        # Modules with the same tests are tried once.
        used = sorted({tuple(tests_of(mutant.path)): mutant.path for mutant in drawn}.values())
        unchanged = [Mutant(path, 0, "", "", path.read_text(encoding="utf-8")) for path in used]
        for mutant, passes in zip(unchanged, pool.map(survives, unchanged), strict=True):
            if not passes:
                print(f"the tests of {mutant.path} fail without any change: fix them first")
                return 2
        survived = []
        for mutant, alive in zip(drawn, pool.map(survives, drawn), strict=True):
            if alive:
                survived.append(mutant)
                reason = reasons.get(mutant.name, "NO REASON GIVEN")
                print(f"survived, line {mutant.line}: {mutant.name}\n  {reason}", flush=True)
    explained = [mutant for mutant in survived if mutant.name in reasons]
    killed = len(drawn) - len(survived)
    print(
        f"{killed} of {len(drawn)} mutants killed ({len(every)} places), {len(explained)} explained"
    )
    return int(len(survived) > len(explained))


if __name__ == "__main__":
    sys.exit(main())
