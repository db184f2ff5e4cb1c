"""A household's rows in bulk: instances, queues, runs, searches, and items in every state."""

import random
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from models.applications import WANTS
from models.backlog import Item, Tally
from models.backlog.eligibility import DAY_MS, HOUR_MS, MINUTE_MS, Reason
from models.backlog.snapshots import Snapshot
from models.backlog.tags import ItemTag
from models.database import Database, database, encryption
from models.database.fields import Table, now, to_ms
from models.environment import Environment
from models.instances import Instance, WantedList
from models.opening.schema import open_database
from models.opening.servers import open_server
from models.people import User
from models.queues import Queue, QueueInstance
from models.searches import OUTCOMES, Search, SearchItem
from models.searches.runs import Run
from tests.bench.program import NAME, PASSWORD
from tests.fakes.arr import FakeArr
from tests.people import account
from tests.timing import every

SEARCHES_A_RUN = 5
SERIES_LENGTH = 25
TAGS, RARE, USUAL = 300, 1 / 300, 0.9
A_CHUNK = 10_000
LOTS_OF_CACHE = -512 * 1024
WORDS = (
    "low",
    "water",
    "quarry",
    "river",
    "frozen",
    "salt",
    "north",
    "lantern",
    "harbour",
    "glass",
)
REASONS = (
    [Reason.ELIGIBLE] * 60
    + [Reason.COOLDOWN] * 25
    + [Reason.UNRELEASED] * 6
    + [Reason.UNMONITORED] * 4
    + [Reason.LEFT] * 5
)
ENDS = {Reason.COOLDOWN, Reason.UNRELEASED}


def fill(folder: Path, *, instances: int, items: int, searches: int) -> Database:
    """A database with so many rows in all, open in this process, its history 400 days long."""
    folder.mkdir()
    options = Environment(data_dir=folder)
    keyring, _ = encryption.load_or_create(options.secret_path)
    opened = open_database(options.database_path, keyring, now())
    usual = opened.execute_sql("PRAGMA cache_size").fetchone()[0]
    opened.execute_sql(f"PRAGMA cache_size = {LOTS_OF_CACHE}")
    stock(instances=instances, items=items, searches=searches)
    opened.execute_sql(f"PRAGMA cache_size = {usual}")
    opened.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.execute_sql("PRAGMA optimize")
    return opened


def fill_server(folder: Path, url: str, **numbers: int) -> Database:
    """The same on a server, under the master secret beside this data folder."""
    keyring, _ = encryption.load_or_create(Environment(data_dir=folder).secret_path)
    opened = open_server(url, keyring, now())
    stock(**numbers)
    opened.execute_sql("VACUUM ANALYZE")
    return opened


def stock(*, instances: int, items: int, searches: int) -> None:
    rng, at = random.Random(7), to_ms(now())
    owner = _person()
    made = [_instance(number, at) for number in range(1, instances + 1)]
    queues = [queue for instance in made for queue in _queues(instance, owner, at)]
    for instance in made:
        _bulk(Item, _items(instance, items // instances, rng, at))
        Tally.recount(instance)
    runs = searches // SEARCHES_A_RUN
    _bulk(Run, _runs(queues, runs, at))
    _bulk(Search, _searches(queues, searches, runs, rng, at))
    _bulk(SearchItem, ({"search_id": n, "item_id": 1 + n % items} for n in range(1, searches + 1)))


def _bulk(table: type[Table], rows: Iterable[dict[str, Any]]) -> None:
    """Peewee's own way takes minutes for a million rows."""
    rows = iter(rows)
    first = next(rows)
    names, marks = ", ".join(first), ", ".join("?" for _ in first)
    statement = f"INSERT INTO {table._meta.table_name} ({names}) VALUES ({marks})"
    values = (tuple(row[name] for name in first) for row in chain([first], rows))
    with database.atomic():
        while some := list(islice(values, A_CHUNK)):
            database.many(statement, some)


def _person() -> User:
    return account(NAME, password=PASSWORD, time_zone="Europe/Berlin")


def _instance(number: int, at: int) -> Instance:
    """Sonarr and Radarr in turn; what nobody answers at is never asked, being just synced."""
    application = ("radarr", "sonarr")[number % 2]
    row = Instance.create(
        name=f"{application} {number}",
        key=f"{application} {number}",
        application=application,
        url=f"http://127.0.0.1:{number}",
        api_key=FakeArr.key,
        version="4.0.15.2941",
        created_at=at,
        checked_at=at,
        synced_at=at,
        looked_at=at,
    )
    for want in WANTS:
        WantedList.create(instance=row, want=want, looked_at=at, synced_at=at)
    return row


def _queues(instance: Instance, owner: User, at: int) -> Iterator[Queue]:
    """Two for each instance, due later than any measurement lasts."""
    for strategy in ("missing", "cutoff"):
        name = f"{strategy} of {instance.name}"
        row = Queue.create(
            owner=owner,
            name=name,
            key=name,
            strategy=strategy,
            batch_size=5,
            schedule_json=every(240),
            created_at=at,
            started_at=at,
            next_run_at=at + 3 * HOUR_MS,
        )
        QueueInstance.create(queue=row, instance=instance)
        yield row


def _items(instance: Instance, number: int, rng: random.Random, at: int) -> Iterator[dict]:
    for arr_id in range(1, number + 1):
        reason = rng.choice(REASONS)
        searched = at - rng.randrange(90 * DAY_MS) if rng.random() < 0.6 else None
        row = {
            "instance_id": instance.id,
            "arr_id": arr_id,
            "want": "missing" if arr_id % 10 < 7 else "upgrade",
            "external_id": 1_000_000 + arr_id,
            "title": _title(rng),
            "year": 1990 + arr_id % 35,
            "aired_at": at - rng.randrange(4000 * DAY_MS),
            "available": True,
            "monitored": reason is not Reason.UNMONITORED,
            "profile_id": 1 + arr_id % 4,
            "root_folder": "/data/media",
            "first_seen_at": at - 400 * DAY_MS,
            "left_at": at - DAY_MS if reason is Reason.LEFT else None,
            "searched_at": searched,
            "streak": arr_id % 4,
            "attempts": arr_id % 6,
            "random_key": rng.getrandbits(31),
            "downloading": False,
            "reason": int(reason),
            "reason_at": at - DAY_MS,
            "eligible_at": at + HOUR_MS + rng.randrange(60 * DAY_MS) if reason in ENDS else None,
        }
        kind = instance.application.kind
        row |= {"kind": kind.name}
        yield row | (_episode(arr_id) if kind.group else _movie(arr_id, row["title"]))


def tag_items(instance_id: int) -> None:
    """The instance has 300 tags: two of 298 on every item, the 299th on few, the 300th on most."""
    numbers = range(1, TAGS + 1)
    about = {"instance": instance_id, "kind": "tag", "fingerprint": ""}
    Snapshot.insert_many(about | {"arr_id": n, "name": f"t{n}"} for n in numbers).execute()
    rng, links = random.Random(7), []
    for (item_id,) in Item.select(Item.id).where(Item.instance == instance_id).tuples():
        tags = set(rng.choices(numbers[:-2], k=2))
        tags |= {TAGS - 1} if rng.random() < RARE else set()
        tags |= {TAGS} if rng.random() < USUAL else set()
        links += [{"item_id": item_id, "tag_id": tag} for tag in tags]
    _bulk(ItemTag, links)


def _episode(arr_id: int) -> dict[str, Any]:
    number, episode = divmod(arr_id, SERIES_LENGTH)
    title = f"The {WORDS[number % len(WORDS)]} {number}"
    return {
        "sort_title": title.lower(),
        "series_id": number,
        "series_title": title,
        "season": 1 + number % 9,
        "episode": episode,
        "series_status": "ended",
        "series_type": "standard",
        "slug": f"the-series-{number}",
    }


def _movie(arr_id: int, title: str) -> dict[str, Any]:
    nothing = dict.fromkeys(
        ("series_id", "series_title", "season", "episode", "series_status", "series_type")
    )
    return nothing | {"sort_title": title.lower(), "slug": str(arr_id)}


def _runs(queues: list[Queue], number: int, at: int) -> Iterator[dict[str, Any]]:
    for n in range(number):
        began = _moment(n, number, at)
        yield {
            "queue_id": queues[n % len(queues)].id,
            "queue_name": queues[n % len(queues)].name,
            "trigger": "schedule",
            "started_by_name": "",
            "state": "finished",
            "step": "",
            "note": "",
            "ignores_cooldown": False,
            "planned": SEARCHES_A_RUN,
            "started_at": began,
            "finished_at": began + 4 * MINUTE_MS,
        }


def _searches(
    queues: list[Queue], number: int, runs: int, rng: random.Random, at: int
) -> Iterator[dict[str, Any]]:
    served = {queue.id: queue.instances[0] for queue in queues}
    outcomes = rng.choices(list(OUTCOMES), (30, 60, 2, 5, 3), k=number)
    for n, outcome in enumerate(outcomes):
        run = n // SEARCHES_A_RUN
        queue = queues[run % len(queues)]
        instance, began = served[queue.id], _moment(n, number, at)
        yield {
            "run_id": min(run + 1, runs),
            "queue_id": queue.id,
            "instance_id": instance.id,
            "queue_name": queue.name,
            "instance_name": instance.name,
            "demo": False,
            "application": instance.application.name,
            "kind": instance.application.kind.name,
            "want": queue.wants[0],
            "title": f"{_title(rng)} - 1x{n % 20:02d} - {_title(rng)}",
            "link": f"{instance.url}/series/{n}",
            "cost": 1,
            "attempt": 1 + n % 7,
            "age_days": n * 7 % 4000,
            "strategy": queue.strategy,
            "item_order": queue.order,
            "state": "done",
            "outcome": outcome,
            "message": "",
            "release": f"{_title(rng)}.1080p.WEB-GROUP" if outcome == "grabbed" else None,
            "indexer": f"Indexer {n % 12}" if outcome == "grabbed" else None,
            "fate": "imported" if outcome == "grabbed" and n % 5 else None,
            "command_id": n,
            "created_at": began,
            "sent_at": began,
            "began_at": began,
            "finished_at": began + 20_000,
        }


def _moment(n: int, number: int, at: int) -> int:
    """Evenly over 400 days, the last of them a few minutes ago."""
    return at - 5 * MINUTE_MS - (number - 1 - n) * (400 * DAY_MS // number)


def _title(rng: random.Random) -> str:
    return " ".join(rng.choices(WORDS, k=3)).title()
