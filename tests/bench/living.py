"""A whole day of a household in which there is nothing to search: work, memory and the log."""

import asyncio
import gc
import random
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from jobs.demo.sizes import Size
from models.household import Household
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.bench.arr import Prompt
from tests.bench.figures import Figure
from tests.bench.program import KILOBYTE, MEGABYTE, data_folder
from tests.fakes.arr import NOON, FakeArr, Message, Send
from tests.fakes.log import kept_log
from tests.month.loop import VirtualClock, VirtualLoop
from tests.month.program import Program
from tests.people import account
from tests.timing import every

TITLE = "A simulated day without a search, 20 instances with 500 items each and 20 queues"
INSTANCES = 20
# Every item was searched lately, so that all of them rest.
ITEMS = Size(missing=350, upgrade=150, searched=1.0, history=0)
DAY = 24 * 3600.0
SETTLED = 4 * 3600.0
# Half a hundredth of a core; a day of lines of level info.
MOST_WORK, MOST_GROWTH, MOST_LOG = 432, 8, 2


class Timed:
    """A server, and the seconds of processor time that it took itself."""

    spent = 0.0

    def __init__(self, inner: Prompt) -> None:
        self.inner = inner

    async def __call__(
        self, scope: dict[str, Any], receive: Callable[[], Awaitable[Message]], send: Send
    ) -> None:
        began = time.process_time()
        await self.inner(scope, receive, send)
        Timed.spent += time.process_time() - began


def measure() -> list[Figure]:
    random.seed(7)
    with data_folder() as folder, asyncio.Runner(loop_factory=VirtualLoop) as runner:
        folder.mkdir()
        with kept_log(folder / "logs"):
            return runner.run(_live(folder))


async def _live(folder: Path) -> list[Figure]:
    clock = VirtualClock(NOON)
    servers = {f"nas-{n}": _server(n, clock) for n in range(INSTANCES)}
    program = Program(folder, lambda: VirtualClock(NOON), servers)  # type: ignore[arg-type]
    _settle_in()
    program.start()
    await asyncio.sleep(600)
    began, spent = time.process_time(), Timed.spent
    await _let_pass(SETTLED, servers)
    early = _resident()
    await _let_pass(DAY - SETTLED, servers)
    worked = time.process_time() - began - (Timed.spent - spent)
    grown = _resident() - early
    asked = sum(server.inner.asked for server in servers.values())
    await program.stop()
    searches = Search.select().count()
    runs = Run.select().count()
    program.database.close_all()
    return [
        Figure("processor time", worked, "s", MOST_WORK),
        Figure("memory after 4 and after 24 hours: growth", grown, "MB", MOST_GROWTH),
        Figure("lines of the log", _size_of(folder / "logs"), "MB", MOST_LOG),
        Figure("requests to all instances", asked, "requests"),
        Figure("runs with nothing to do", runs, ""),
        Figure("searches", searches, "", 0),
    ]


async def _let_pass(seconds: float, servers: dict[str, Timed]) -> None:
    """The servers forget each hour what they were asked, so that their memory is not ours."""
    for _ in range(int(seconds // 3600)):
        await asyncio.sleep(3600)
        for server in servers.values():
            server.inner.fake.log.clear()


def _server(number: int, clock: VirtualClock) -> Timed:
    fake = FakeArr(_application(number), size=ITEMS, now=clock.now)
    return Timed(Prompt(fake))


def _application(number: int) -> str:
    return ("sonarr", "radarr")[number % 2]


def _settle_in() -> None:
    # By its library, each item was searched within the last half year.
    rests = {f"{which}_cooldown_days": 365 for which in ("missing", "upgrade", "longest")}
    Household.current().change(fresh_days=0, **rests)
    owner = account("Alice", at=NOON)
    for number in range(INSTANCES):
        name = f"NAS {number}"
        instance = Instance.create(
            name=name,
            key=name.lower(),
            application=_application(number),
            url=f"demo://nas-{number}",
            api_key=FakeArr.key,
            created_at=NOON,
        )
        queue = Queue.create(
            owner=owner,
            name=name,
            key=name.lower(),
            strategy="missing",
            batch_size=5,
            schedule_json=every(120),
            created_at=NOON,
        )
        queue.serve([instance])
        queue.start(NOON + timedelta(minutes=number))


def _resident() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4 * KILOBYTE / MEGABYTE


def _size_of(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.iterdir()) / MEGABYTE
