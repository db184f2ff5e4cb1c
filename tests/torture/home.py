"""The household that is tortured: its rows, written while the program is down."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from models.database.encryption import Keyring, load_or_create
from models.database.fields import now
from models.environment import Environment
from models.household import Household
from models.instances import Instance
from models.opening.schema import open_database
from models.people import User
from models.queues import Queue
from tests.fakes.arr import FakeArr
from tests.people import account
from tests.timing import every

PLENTY = 1_000_000
SPACING_SECONDS = 1
# What is due before the program serves was missed, and would be made up for a minute later.
MARGIN = timedelta(seconds=0.3)


class Home:
    """Its files are in one folder; `places` are pairs of application and address."""

    def __init__(self, folder: Path, places: list[tuple[str, str]]) -> None:
        self.options = Environment(data_dir=folder / "data")
        self.options.data_dir.mkdir()
        self.keyring: Keyring = load_or_create(self.options.secret_path)[0]
        with self.opened():
            Household.current().change(hourly_budget=PLENTY, daily_budget=PLENTY)
            owner = account("Alice")
            instances = [_instance(*place, number) for number, place in enumerate(places, 1)]
            for instance in instances:
                _queue(owner, f"{instance.name} missing", [instance], strategy="missing")
            for instance in instances[:2]:
                _queue(owner, f"{instance.name} cutoff", [instance], strategy="cutoff")
            _queue(owner, "Seasons", instances[::2], strategy="missing", packs="always")
            _queue(owner, "Everything", instances, strategy="missing", order="random")

    @contextmanager
    def opened(self) -> Iterator[None]:
        """While the program is down."""
        database = open_database(self.options.database_path, self.keyring, now())
        try:
            yield
        finally:
            database.close_all()

    def make_due(self, rng: random.Random, start_up: float) -> None:
        """Some queues as soon as it serves, in `start_up` seconds, the others a little later.

        Now and then a backlog is to be read anew.
        """
        with self.opened():
            at = now()
            for queue in Queue.select():
                later = timedelta(seconds=rng.choice([0, 0, rng.uniform(0, 8)]))
                due = at + timedelta(seconds=start_up) + MARGIN + later
                queue.change(next_run_at=due, last_moment_at=None, retry_at=None)
            if rng.random() < 0.2:
                unlucky = rng.choice(list(Instance.select()))
                unlucky.change(synced_at=None, conditions_at=None)


def _instance(application: str, address: str, number: int) -> Instance:
    return Instance.create(
        name=f"{application.title()} {number}",
        key=f"{application} {number}",
        application=application,
        url=address,
        api_key=FakeArr.key,
        hourly_budget=PLENTY,
        daily_budget=PLENTY,
        spacing_seconds=SPACING_SECONDS,
        download_limit=PLENTY,
        created_at=now(),
    )


def _queue(owner: User, name: str, instances: list[Instance], **facts: str) -> None:
    queue = Queue.create(
        owner=owner,
        name=name,
        key=name.lower(),
        batch_size=5,
        schedule_json=every(15),
        created_at=now(),
        started_at=now(),
        next_run_at=now() + timedelta(seconds=2),
        **facts,
    )
    queue.serve(instances)
