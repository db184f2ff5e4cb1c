"""The household of the replicas: its rows on the server, made before one of them starts."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from jobs.demo import DEMO_KEY
from models.database.encryption import Keyring
from models.database.fields import now
from models.database.hashes import hash_of
from models.hooks import Hook
from models.household import Household
from models.instances import Instance
from models.late import late
from models.notifications import NoticeTarget
from models.notifications.outbox import Bookmark
from models.prowlarrs import Prowlarr
from models.queues import Queue
from tests.conftest import PASSWORD
from tests.fakes.arr import FakeArr
from tests.people import account
from tests.replicas.servers import BASE, HOOK
from tests.timing import every

PLENTY = 1_000_000
# Each wants other items first, so that two replicas do not meet on the same item by chance: then
# the second one would leave it out, and no search would show that both had the turn.
ORDERS = ("newest", "oldest", "title", "random")


class Terms(NamedTuple):
    """`spacing` in seconds; `budget` is the household's for an hour; `batch` a queue's.

    `limited`: the indexers come from a Prowlarr with limits. `apart`: each queue serves one
    instance, the first queue the first one. `told`: a target is told of every grab. `hooked`:
    instance n sends webhooks, with the secret `secret_of(n)`.
    """

    spacing: int = 2
    budget: int = PLENTY
    batch: int = 2
    queues: Sequence[str] = ORDERS
    limited: bool = False
    apart: bool = False
    told: bool = False
    hooked: bool = False


def secret_of(number: int) -> str:
    return f"the secret of instance {number}".replace(" ", "-")


def settle_in(address: str, keyring: Keyring, places: list[tuple[str, str]], terms: Terms) -> None:
    """`places` are pairs of application and address."""
    opened = late("models.opening.servers").open_server(address, keyring, now())
    household = Household.current()
    household.change(hourly_budget=terms.budget, daily_budget=PLENTY)
    owner = account("Alice", password=PASSWORD)
    instances = [_instance(*place, each, terms) for each, place in enumerate(places, 1)]
    if terms.hooked:
        for instance in instances:
            told = hash_of(secret_of(instance.id))
            Hook.create(instance=instance, token_hash=told, created_at=now())
    if terms.limited:
        url = f"{places[0][1]}{BASE}"
        Prowlarr.create(name="P", key="p", url=url, api_key=DEMO_KEY, created_at=now())
    if terms.told:
        _target(f"{places[0][1]}/{HOOK}")
    for number, order in enumerate(terms.queues):
        queue = Queue.create(
            owner=owner,
            name=order,
            key=order,
            strategy="missing",
            order=order,
            batch_size=terms.batch,
            schedule_json=every(15),
            created_at=now(),
            started_at=now(),
            next_run_at=now() + timedelta(seconds=10),
        )
        mine = instances[number % len(instances)]
        queue.serve([mine] if terms.apart else instances)
    opened.close_all()


def _target(address: str) -> None:
    NoticeTarget.create(
        name="T",
        key="t",
        kind="webhook",
        settings=json.dumps({"webhook_url": address}),
        at_once='["grabbed"]',
        gap_seconds=0,
        created_at=now() - timedelta(minutes=5),
    )
    Bookmark.create(last=0)


def _instance(application: str, address: str, number: int, terms: Terms) -> Instance:
    return Instance.create(
        name=f"{application.title()} {number}",
        key=f"{application} {number}",
        application=application,
        url=address,
        api_key=FakeArr.key,
        hourly_budget=PLENTY,
        daily_budget=PLENTY,
        spacing_seconds=terms.spacing,
        download_limit=PLENTY,
        created_at=now(),
    )
