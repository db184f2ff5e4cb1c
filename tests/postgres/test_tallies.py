"""An instance's items are counted by two replicas at the same moment."""

import time
from concurrent.futures import ThreadPoolExecutor

from models.backlog import Tally
from models.database import database
from models.instances import Instance
from tests.wanted import wanted

WAITING = "SELECT count(*) FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"


def test_who_counts_meanwhile_waits(living_room: Instance) -> None:
    for _ in range(3):
        wanted(living_room)

    def as_another_replica() -> None:
        try:
            Tally.recount(living_room)
        finally:
            database.close()

    with ThreadPoolExecutor(1) as another:
        with database.atomic():
            Tally.recount(living_room)
            theirs = another.submit(as_another_replica)
            while not theirs.done() and not database.execute_sql(WAITING).fetchone()[0]:
                time.sleep(0.01)
        theirs.result(10)
    assert sum(tally.items for tally in Tally.select()) == 3
