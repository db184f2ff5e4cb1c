"""The household in which journeys are made."""

from dataclasses import dataclass, field

from jobs.engine import Engine
from models.instances import Instance
from models.people import User
from models.queues import Queue
from tests.conftest import PASSWORD, START
from tests.fakes.arr import FakeArr
from tests.fakes.browser import Browser
from tests.people import account
from tests.timing import every
from tests.views.journeys.person import Person
from tests.views.typed import settled


@dataclass
class Home:
    """Empty at first; `sonarr` is the server behind the instance that `stocked` has."""

    browser: Browser
    engine: Engine
    sonarr: FakeArr
    people: list[Person] = field(default_factory=list)

    async def settled(self) -> None:
        await settled(self.engine)

    def nobody(self) -> Person:
        """Somebody in a browser of their own, not signed in."""
        made = Person(Browser(self.browser.app))
        self.people.append(made)
        return made

    async def alice(self) -> Person:
        """The administrator, signed in."""
        if not User.select().exists():
            account("Alice", password=PASSWORD, time_zone="Europe/Berlin")
        return await self.signed_in("Alice")

    async def signed_in(self, name: str) -> Person:
        person = self.nobody()
        await person.open("/session/new")
        await person.submit("/session", name=name, password=PASSWORD)
        person.done.clear()
        return person

    async def stocked(self) -> Person:
        """Alice, where an instance was synced and a queue serves it."""
        alice = await self.alice()
        instance = Instance.create(
            name="Living room",
            key="living room",
            application="sonarr",
            url="demo://sonarr",
            api_key=FakeArr.key,
            created_at=START,
        )
        queue = Queue.create(
            owner=User.get(),
            name="Nightly",
            key="nightly",
            strategy="missing",
            batch_size=5,
            schedule_json=every(120),
            created_at=START,
        )
        queue.serve([instance])
        queue.start(START)
        await alice.open("/instances/1")
        await alice.submit("/instances/1/syncs")
        await self.settled()
        alice.done.clear()
        return alice

    async def searched(self) -> Person:
        """The same after a run of that queue."""
        alice = await self.stocked()
        await alice.open("/queues")
        await alice.submit("/queues/1/runs")
        await self.settled()
        alice.done.clear()
        return alice

    @property
    def done(self) -> set[str]:
        return set().union(*(person.done for person in self.people))

    async def leave(self) -> None:
        for person in self.people:
            await person.browser.http.aclose()
