"""A replica for tests: the real program, without one of its locks or with shorter pauses.

Started by `python -m tests.replicas.program`. It reads REPLICA_WITHOUT (what is switched off: names
of locks, or CLOCK for the server's clock) and REPLICA_PACE (how many times shorter the pauses are).
"""

import os
import sys
from collections.abc import Callable, Collection
from datetime import timedelta
from types import ModuleType
from typing import Any

import app
from jobs import scheduler, sync
from jobs.searches import following
from models.database import fields, server
from models.database.locks import Lock

CLOCK = "CLOCK"
# A command is asked about more often than in the field, so that a run of the bench has more turns.
POLLS = (0.3, 0.3, 0.3, 0.5)
# What each method answers that does nothing.
METHODS = {"try_lock": True, "wait_for_lock": None, "lock_until_commit": None, "unlock": None}
PAUSES: tuple[tuple[ModuleType, str], ...] = (
    (scheduler, "LOOK_EVERY"),
    (scheduler, "READ_EVERY"),
    (sync, "LOOK_AGAIN"),
    (sync, "READ_AGAIN"),
)


def main() -> int:
    following.POLLS = POLLS
    off = set(os.environ.get("REPLICA_WITHOUT", "").split(",")) - {""}
    if CLOCK in off:
        fields.follow = lambda *_: None
    leave_out({Lock[name] for name in off - {CLOCK}})
    hasten(float(os.environ.get("REPLICA_PACE", "1")))
    return app.main()


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


def hasten(pace: float) -> None:
    for module, name in PAUSES:
        pause: timedelta = getattr(module, name)
        setattr(module, name, pause / pace)


if __name__ == "__main__":
    sys.exit(main())
