"""The page of evidence names tests that exist, for every finding of the public review."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/explanation/evidence.md").read_text()
# The rules of docs/explanation/security.md that answer the review.
FOUND_THERE = (1, 2, 3, 5, 8, 10, 11, 12, 14, 16, 18, 19, 20, 21, 24, 25, 26, 27, 28, 29, 32, 35)


def named() -> list[tuple[str, str]]:
    return re.findall(r"^- `(tests/[\w/]+\.py)::(test_\w+)`$", PAGE, re.MULTILINE)


@cache
def _defined_in(path: str) -> set[str]:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    nodes = ast.walk(ast.parse((ROOT / path).read_text()))
    return {node.name for node in nodes if isinstance(node, kinds)}


def test_every_test_that_is_named_exists() -> None:
    assert [f"{path}::{name}" for path, name in named() if name not in _defined_in(path)] == []
    assert len(named()) > 40


def test_every_finding_that_has_tests_names_one_of_them() -> None:
    for number in FOUND_THERE:
        row = f"S{number:02d}"
        part = re.search(rf"^## {row} .+?(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
        files = [path.name for path in (ROOT / "tests/security").glob(f"test_{row.lower()}_*.py")]
        if files:
            assert part and any(f"/{name}::" in part[0] for name in files), row
        else:
            assert f"**{row}.**" in PAGE, row
