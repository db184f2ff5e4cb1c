"""Memory of the program while twenty runs go on at the same time."""

import time

from models.database.fields import now
from models.household import Household
from models.instances import Instance
from models.people import User
from models.queues import Queue
from models.searches.runs import Run
from tests.bench.arr import server
from tests.bench.figures import Figure
from tests.bench.program import beside, data_folder, program
from tests.timing import every

TITLE = "Twenty runs at once, 2,000 items on each of their instances"
RUNS = 20
ITEMS = 2_000
LONGEST_SECONDS = 90


def measure() -> list[Figure]:
    with server("sonarr", ITEMS) as remote, data_folder() as folder, program(folder) as running:
        running.sign_up()
        with beside(folder):
            _fill(remote.url, remote.key)
        time.sleep(2)
        idle = running.resident()
        running.forget_peak()
        with beside(folder):
            Queue.update(next_run_at=now()).execute()
            most = _watched()
        peak = running.peak()
    return [
        Figure("runs active at the same time, at the most", most, ""),
        Figure("memory before (RSS)", idle, "MB"),
        Figure("peak above that", peak - idle, "MB"),
    ]


def _fill(url: str, key: str) -> None:
    """Twenty instances, all at the same server, and a queue for each."""
    Household.update(hourly_budget=10_000, daily_budget=10_000).execute()
    for number in range(RUNS):
        instance = Instance.create(
            name=f"Instance {number}",
            key=f"instance {number}",
            application="sonarr",
            url=url,
            api_key=key,
            spacing_seconds=5,
            created_at=now(),
        )
        queue = Queue.create(
            owner=User.get(),
            name=f"Queue {number}",
            key=f"queue {number}",
            strategy="missing",
            batch_size=3,
            schedule_json=every(600),
            created_at=now(),
        )
        queue.serve([instance])


def _watched() -> int:
    """The most runs that were seen active, until all have ended."""
    most, began = 0, time.perf_counter()
    while time.perf_counter() - began < LONGEST_SECONDS:
        active = Run.active().count()
        most = max(most, active)
        if most and not active:
            break
        time.sleep(0.2)
    return most
