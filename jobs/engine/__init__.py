"""What the jobs share while the server lives: clients, lanes, tasks and the clock."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

from jobs.arr import Client, Door, Fault, Target, connect, insist_on_clients
from jobs.clock import Clock
from jobs.demo import DEMO_KEY, SIMULATORS, household
from jobs.engine.health import HealthCounts
from jobs.engine.lanes import Lane
from jobs.engine.locks import held
from jobs.engine.retries import note_fault
from jobs.net import ASGIApp
from models.applications import insist
from models.database import LostConnection, database
from models.database.locks import Lock
from models.instances import Instance
from models.instances.proxies import Credentials
from models.logs.about import about as log_about
from models.version import VERSION

log = logging.getLogger(__name__)

USER_AGENT = f"Vibe-Quality-Searcharr/{VERSION}"
STOP_SECONDS = 25.0
# The second number of a lock is a signed one of 32 bits.
MOST_REPLICAS = 2**31 - 1
BROKEN = "Something went wrong in the program itself; its log says what."


class Engine:
    """The clients, lanes and tasks of all instances.

    A lane lets one command of ours at a time run on its instance.
    `replica` names this process among all that work on the database, until its connection is lost.
    `leads`: whether it does what only one of them does. `is_alone`: whether no other one lives.
    `backup_note` is a file that is touched by each backup of the server.
    `public_url` is where people reach the pages, without a slash at its end; "" if nobody said.
    `lost` is set when the connection of the database broke, and all locks with it.
    `unsaid` are notes of runs, by id, that could not be written when the run ended.
    Raises Incomplete when an application lacks its client or its simulator.
    """

    def __init__(
        self,
        *,
        ca_file: Path | None = None,
        clock: Clock | None = None,
        demo: Mapping[str, ASGIApp] | None = None,
        in_container: bool = False,
        backup_note: Path | None = None,
        public_url: str = "",
    ) -> None:
        insist_on_clients()
        insist("simulator", SIMULATORS)
        self.clock = clock or Clock()
        self.in_container = in_container
        self.backup_note = backup_note
        self.public_url = public_url
        self.replica = 1 + secrets.randbelow(MOST_REPLICAS)
        self.leads = True
        self.is_alone = True
        self.lost = asyncio.Event()
        self.unsaid: dict[int, str] = {}
        apps = demo or {name: _Later(make) for name, make in household().items()}
        self.door = Door(ca_file, USER_AGENT, apps, in_container=in_container)
        self.health = HealthCounts(self.clock)
        self._clients: dict[int, tuple[Target, Client]] = {}
        self._lanes: dict[int, Lane] = {}
        self._asking: dict[int, asyncio.Lock] = {}
        self._tasks: dict[str, asyncio.Task[Any]] = {}

    def client(self, instance: Instance) -> Client:
        """The instance's client; a new one after its address, key or transport has changed."""
        target = target_of(instance)
        known = self._clients.get(instance.id)
        if known and known[0].leads_where(target):
            known[1].describe(target)
            return known[1]
        if known:
            self.spawn(f"close-{id(known[1])}", self._close_in_turn(instance.id, known[1]))
        client = connect(self.door, target, self.health.of(instance.id))
        self._clients[instance.id] = target, client
        return client

    async def _close_in_turn(self, instance_id: int, client: Client) -> None:
        """Closes the client after the search that may still be using it."""
        async with self.lane(instance_id).turn():
            await client.close()

    def lane(self, instance_id: int) -> Lane:
        return self._lanes.setdefault(instance_id, Lane())

    def asking(self, instance_id: int) -> asyncio.Lock:
        """Lets one search by hand at a time ask the instance whether it can be searched."""
        return self._asking.setdefault(instance_id, asyncio.Lock())

    @asynccontextmanager
    async def turn(self, instance_id: int, share: float = 0.0) -> AsyncIterator[None]:
        """Lets one search at a time run on the instance, of all replicas."""
        with log_about(instance=instance_id):
            async with (
                self.lane(instance_id).turn(share),
                held(self.clock, Lock.INSTANCE, instance_id),
            ):
                yield

    def spawn(
        self, name: str, work: Coroutine[Any, Any, Any], *, about: Instance | None = None
    ) -> asyncio.Task[Any]:
        """Runs the work as a task; if a task of this name is running, that task goes on instead.

        If the task fails, `about` gets a fault and is not asked again for a while. Its lines of the
        log have its name, beside what those of the caller have.
        """
        running = self._tasks.get(name)
        if running is not None:
            work.close()
            return running
        with log_about(task=name, instance=about.id if about else 0):
            task = asyncio.create_task(work, name=name)
        self._tasks[name] = task
        task.add_done_callback(partial(self._ended, about))
        return task

    def runs(self, name: str) -> bool:
        return name in self._tasks

    @property
    def busy(self) -> bool:
        return bool(self._tasks)

    async def stop(self) -> None:
        """Keeps anything new from beginning and waits for searches in flight, for at most 25 s."""
        self.clock.stopping.set()
        if self._tasks:
            _, late = await asyncio.wait(list(self._tasks.values()), timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._close_clients()

    async def abandon(self) -> None:
        """Ends everything at once, as nothing that it holds is its own any more."""
        self.clock.stopping.set()
        while tasks := list(self._tasks.values()):
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await self._close_clients()

    async def _close_clients(self) -> None:
        for _, client in self._clients.values():
            await client.close()

    def _ended(self, about: Instance | None, task: asyncio.Task[Any]) -> None:
        self._tasks.pop(task.get_name(), None)
        if task.cancelled() or not (error := task.exception()):
            return
        if isinstance(error, LostConnection) or database.is_lost(error):
            self.lost.set()
            return
        log_failure(task.get_name(), error)
        if about is not None and not database.is_unwritable(error):
            note_fault(about, "program", Fault("broken", BROKEN), self.clock.now())


def log_failure(work: str, error: BaseException) -> None:
    """Says that the work failed, and where in the code, unless the database took nothing."""
    if why := database.why_unwritable(error):
        log.error("%s was not done, as the database could not be written: %s", work, why)
    else:
        log.error("%s failed", work, exc_info=error)


class _Later:
    """A demo library, built at its first request."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self._make = cache(make)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._make()(scope, receive, send)


def target_of(instance: Instance) -> Target:
    key = DEMO_KEY if instance.demo else instance.api_key.reveal()
    return Target(
        instance.application.name,
        instance.url,
        key,
        instance.verify_tls,
        instance.http2,
        Credentials.of(instance).sent,
        instance.name,
        known=instance.checked_at is not None,
    )
