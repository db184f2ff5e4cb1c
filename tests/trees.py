"""The syntax trees of files, each read once however many tests look at it."""

import ast
from functools import cache
from pathlib import Path


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All nodes of the tree, the outer ones first."""
    return tuple(ast.walk(tree(path)))
