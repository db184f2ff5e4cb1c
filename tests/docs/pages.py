"""Reads pieces of the documents."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def text(name: str) -> str:
    return (ROOT / name).read_text()


def section(name: str, title: str) -> str:
    """The part of a document below a heading of the second level."""
    found = re.search(rf"^## {title}\n(.+?)(?=^## |\Z)", text(name), re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def rows(part: str) -> list[list[str]]:
    """The cells of all table rows, without code marks."""
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]
