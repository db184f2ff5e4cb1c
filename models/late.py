"""Loads packages late that a plain start does not need."""

from importlib import import_module
from typing import Any


def late(name: str) -> Any:
    """The module of this name. A test lists all callers; other imports are at the top of files."""
    return import_module(name)
