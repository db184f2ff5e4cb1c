"""The command queue of a demo server: equal commands are merged, and three workers run them."""

from dataclasses import dataclass
from typing import Any

from jobs.demo import searches
from jobs.demo.state import State

WORKERS = 3
MEMORY = 5 * 60
KEPT = 24 * 3600


@dataclass(slots=True, eq=False)
class DemoCommand:
    """A command; `own` are its own properties, and moments are epoch seconds."""

    id: int
    name: str
    own: dict[str, Any]
    queued: float
    started: float | None = None
    ended: float | None = None
    message: str | None = None
    exception: str | None = None

    @property
    def status(self) -> str:
        if self.ended is not None:
            return "failed" if self.exception else "completed"
        return "queued" if self.started is None else "started"

    @property
    def equality(self) -> tuple[object, ...]:
        values = (
            frozenset(value) if isinstance(value, list) else value for value in self.own.values()
        )
        return (self.name, *values)


class Commands:
    def __init__(self, state: State) -> None:
        self.state = state
        self._known: dict[int, DemoCommand] = {}
        self._last = 1000

    def add(self, name: str, own: dict[str, Any], now: float) -> DemoCommand:
        """The new command, or the equal one that is queued or started."""
        command = DemoCommand(self._last + 1, name, own, now)
        for other in self._known.values():
            if other.ended is None and other.equality == command.equality:
                return other
        self._last = command.id
        self._known[command.id] = command
        return command

    def dispatch(self, now: float) -> None:
        """Gives queued commands to free workers, oldest first."""
        running = sum(c.started is not None and c.ended is None for c in self._known.values())
        for command in list(self._known.values()):
            if running >= WORKERS:
                return
            if command.started is None:
                running += 1
                self._start(command, now)

    def in_memory(self, now: float) -> list[DemoCommand]:
        self._forget(now)
        return [c for c in self._known.values() if c.ended is None or now - c.ended <= MEMORY]

    def find(self, id: int, now: float) -> DemoCommand | None:
        """A command of the last day; an older one than 5 minutes has no message any more."""
        self._forget(now)
        return self._known.get(id)

    def remembered(self, command: DemoCommand, now: float) -> bool:
        return command.ended is None or now - command.ended <= MEMORY

    def cancel(self, id: int) -> bool:
        """Cancels a command; False if it was no longer queued."""
        command = self._known.get(id)
        if command is None or command.started is not None:
            return False
        del self._known[id]
        return True

    def _start(self, command: DemoCommand, now: float) -> None:
        command.started = now
        plan = searches.plan(self.state, command.name, command.own)
        command.message = plan.message
        self.state.at(now + plan.seconds, lambda moment: self._end(command, moment))

    def _end(self, command: DemoCommand, now: float) -> None:
        try:
            command.message = searches.carry_out(self.state, command.name, command.own, now)
        except searches.Failed as failed:
            command.message, command.exception = "Failed", str(failed)
        command.ended = now
        self.dispatch(now)

    def _forget(self, now: float) -> None:
        old = [c.id for c in self._known.values() if c.ended is not None and now - c.ended > KEPT]
        for id in old:
            del self._known[id]
