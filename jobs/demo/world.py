"""The state of a demo server, with the commands that change it."""

from functools import cached_property

from jobs.demo.commands import Commands
from jobs.demo.state import State


class World(State):
    """A demo server's state; tests may set its attributes, as those of State."""

    @cached_property
    def commands(self) -> Commands:
        return Commands(self)
