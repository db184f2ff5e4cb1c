"""A replica for tests: the real program, without one of its locks or with shorter pauses.

Started by `python -m tests.replicas.program`. It reads REPLICA_WITHOUT (what is switched off: names
of locks, CLOCK for the server's clock, or CLAIM for that of messages), REPLICA_PACE (how many times
shorter the pauses are), REPLICA_TURN (0/3 for the first third of the queues) and REPLICA_STILL (all
replicas write a search when the clock is a multiple of so many seconds).
"""

import os
import sys
import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

from peewee import fn

import app
from jobs import care, hooks, prowlarrs, searches, sync
from jobs.searches import following
from models import hooks as hook_rows
from models.database import fields, server
from models.database.locks import Lock
from models.notifications.outbox import Message
from models.queues import Queue

CLOCK = "CLOCK"
CLAIM = "CLAIM"
# A command is asked about more often than in the field, so that a run of the bench has more turns.
POLLS = (0.3, 0.3, 0.3, 0.5)
# What each method answers that does nothing.
METHODS = {"try_lock": True, "wait_for_lock": None, "lock_until_commit": None, "unlock": None}
PAUSES: tuple[tuple[ModuleType, str], ...] = (
    (care, "LOOK_EVERY"),
    (sync, "READ_EVERY"),
    (sync, "LOOK_AGAIN"),
    (prowlarrs, "FRESH"),
    (hooks, "SETTLE_SECONDS"),
    (hook_rows, "FOLLOW_EVERY"),
)


def main() -> int:
    following.POLLS = POLLS
    off = set(os.environ.get("REPLICA_WITHOUT", "").split(",")) - {""}
    if CLOCK in off:
        fields.follow = lambda *_: None
    if CLAIM in off:
        Message.take = _as_if_taken  # type: ignore[method-assign]
    leave_out({Lock[name] for name in off - {CLOCK, CLAIM}})
    if turn := os.environ.get("REPLICA_TURN"):
        take_only(*map(int, turn.split("/")))
    stand_still(float(os.environ.get("REPLICA_STILL", "0")))
    hasten(float(os.environ.get("REPLICA_PACE", "1")))
    return app.main()


def _as_if_taken(message: Message, replica: int, at: datetime) -> bool:
    """Without the claim whoever has read a message sends it."""
    message.change(tries=message.tries + 1)
    return True


def leave_out(locks: Collection[Lock]) -> None:
    """From now on everybody gets these at once."""
    for name, answer in METHODS.items():
        method = getattr(server.ServerDatabase, name)
        setattr(server.ServerDatabase, name, _but_for(locks, method, answer))


def _but_for(
    locks: Collection[Lock], method: Callable[..., Any], answer: Any
) -> Callable[..., Any]:
    def asked(self: Any, lock: Lock, *args: Any, **kwargs: Any) -> Any:
        return answer if lock in locks else method(self, lock, *args, **kwargs)

    return asked


def take_only(mine: int, of: int) -> None:
    """Begins no run of the other queues."""
    due = Queue.due
    Queue.due = lambda at: due(at).where(fn.MOD(Queue.id, of) == mine)  # type: ignore[method-assign]


def stand_still(seconds: float) -> None:
    """Between reading the budgets and writing a search: until the clock is a multiple of it.

    With a false clock nothing may sleep for no time: libfaketime refuses that.
    """
    if not seconds:
        return
    announce = searches.announce

    def late(*args: Any) -> Any:
        time.sleep(seconds - time.time() % seconds)
        return announce(*args)

    searches.announce = late


def hasten(pace: float) -> None:
    for module, name in PAUSES:
        pause: timedelta | float = getattr(module, name)
        setattr(module, name, pause / pace)


if __name__ == "__main__":
    sys.exit(main())
