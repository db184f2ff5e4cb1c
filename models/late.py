"""Packages that a plain start does not need, loaded when somebody does."""

from importlib import import_module
from typing import Any


def late(name: str) -> Any:
    """The module of this name. A test lists who calls this: everything else stands at the top."""
    return import_module(name)
