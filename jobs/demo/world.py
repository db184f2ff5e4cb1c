"""A demo server behind its API: what it holds, and the commands that move it."""

from functools import cached_property

from jobs.demo.commands import Commands
from jobs.demo.state import State


class World(State):
    """Its attributes may be set while it lives, as those of State."""

    @cached_property
    def commands(self) -> Commands:
        return Commands(self)
