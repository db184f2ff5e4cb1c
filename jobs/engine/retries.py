"""How long to wait before asking again something that failed."""

import logging
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from jobs.clock import Clock
from jobs.net import Fault
from models.instances import Instance
from models.instances.faults import InstanceFault, failed

log = logging.getLogger(__name__)

T = TypeVar("T")

TRIES = 3
FIRST_WAIT = 2.0
LONGEST_WAIT = 30.0
PASSING = frozenset(
    {"refused", "timeout", "reset", "starting", "rate_limited", "server_error", "malformed"}
)
PROBE_FIRST = timedelta(seconds=30)
PROBE_LONGEST = timedelta(minutes=30)
# An instance that asks for a longer rest (Retry-After) is asked again after this all the same.
OBEYED_FOR = timedelta(days=1)


def _always(fault: Fault) -> bool:
    return True


async def patiently(
    clock: Clock,
    ask: Callable[[], Awaitable[T]],
    may_repeat: Callable[[Fault], bool] = _always,
) -> T:
    """Asks up to three times, as long as the fault may pass. Raises the last Fault.

    `may_repeat` must allow a POST only after a fault that says that nothing was begun.
    """
    for attempt in range(1, TRIES + 1):
        try:
            return await ask()
        except Fault as fault:
            passing = fault.code in PASSING and may_repeat(fault)
            if not passing or attempt == TRIES:
                raise
            wait = fault.retry_after
            if wait is None:
                wait = random.uniform(0, FIRST_WAIT * 2**attempt)
            if wait > LONGEST_WAIT or not await clock.sleep(wait):
                raise
    raise AssertionError("the last try either returned or raised")


def note_fault(instance: Instance, kind: str, fault: Fault, at: datetime) -> None:
    """Records on the instance what is wrong with one part of it, and when to ask again.

    `kind` is one of KINDS. The wait is 30 s, doubled with each failure in a row, at most 30 min.
    """
    before = InstanceFault.of(instance, kind)
    is_new = before is None or before.sentence != fault.sentence
    if is_new and instance.is_there:
        log.warning("%s: %s", instance.name, fault.sentence)
    wait = min(PROBE_FIRST * 2 ** min(before.failures if before else 0, 10), PROBE_LONGEST)
    if fault.retry_after is not None:
        wait = max(wait, min(timedelta(seconds=fault.retry_after), OBEYED_FOR))
    failed(instance, kind, code=fault.code, sentence=fault.sentence, at=at, retry_at=at + wait)
