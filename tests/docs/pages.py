"""Reads pieces of the documents."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

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


class Yaml(yaml.SafeLoader):
    """YAML in which Home Assistant may name its secrets."""


Yaml.add_constructor("!secret", lambda loader, node: f"secret {node.value}")


def yaml_of(block: str) -> Iterator[Any]:
    """The documents of a block of YAML. Raises yaml.YAMLError."""
    return yaml.load_all(block, Yaml)  # nosec B506 # it builds no objects


def example(name: str, kind: str) -> str:
    """The first example of a document in this language."""
    found = re.search(rf"```{kind}\n(.*?)```", text(name), re.DOTALL)
    assert found, kind
    return found[1]
