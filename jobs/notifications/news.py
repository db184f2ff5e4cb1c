"""What the events say to people, with titles and without them."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from peewee import fn

from jobs.housekeeping.catalogue import JOBS
from jobs.wording import counted
from models.environment.network import place_of
from models.happenings import Happening
from models.instances import Instance
from models.notifications.events import PATIENCE
from models.people import User
from models.people.audit import CAME_IN, Event
from models.searches import Search, SearchItem

MOST_TITLES = 10
# This job has events of its own.
BACKUP = "backups"
GATES = {"budget": "budget-spent", "indexer": "budget-spent", "no_indexer": "no-indexer"}


class Headline(NamedTuple):
    """An event as it is told.

    `about` names the thing that it is about, `bare` is the text without titles and releases.
    `wait` is how long it may still turn out to be nothing.
    """

    event: str
    about: str
    text: str
    bare: str
    path: str
    instance: int | None = None
    wait: timedelta = timedelta(0)


class Happened(NamedTuple):
    """An event with what is known of it: the row, its details and the name of its instance."""

    row: Happening
    details: dict[str, Any]
    where: str

    @property
    def title(self) -> str:
        return str(self.details.get("title") or "Something")

    @property
    def release(self) -> str:
        return f": {found}" if (found := self.details.get("release")) else ""


def of(row: Happening, names: Mapping[int, str]) -> list[Headline]:
    """What there is to tell of an event; `names` are those of the instances."""
    make = MAKERS.get(row.kind)
    if make is None:
        return []
    where = names.get(row.instance, "an instance that was removed") if row.instance else ""
    return list(make(Happened(row, json.loads(row.details), where)))


def _grabbed(told: Happened) -> Iterator[Headline]:
    if told.details.get("outcome") == "grabbed":
        text = f"{told.title} on {told.where}{told.release}"
        yield _of_search(told, "grabbed", text, f"An item of {told.where}")


def _imported(told: Happened) -> Iterator[Headline]:
    text = f"{told.title} on {told.where}{told.release}"
    yield _of_search(told, "imported", text, f"An item of {told.where}")


def _failed(told: Happened) -> Iterator[Headline]:
    text = f"{told.title} on {told.where}{told.release}"
    yield _of_search(told, "download-failed", text, f"An item of {told.where}")


def _of_search(told: Happened, event: str, text: str, bare: str) -> Headline:
    about = f"search {told.row.search}"
    return Headline(event, about, text, bare, _item(told.row.search), told.row.instance)


def _item(search: int | None) -> str:
    """The page of the first item of a search."""
    if search is None:
        return "/searches"
    first = SearchItem.select(fn.MIN(SearchItem.item)).where(SearchItem.search == search).scalar()
    return f"/items/{first}" if first else "/searches"


def _run(told: Happened) -> Iterator[Headline]:
    """What a run grabbed, one message for each of its instances; and which gates held it."""
    run = told.details.get("run")
    yield from _gates(told)
    if told.row.kind == "run-held":
        return
    grabbed: dict[int, list[Search]] = {}
    for search in Search.select().where(Search.run == run, Search.outcome == "grabbed"):
        grabbed.setdefault(search.instance_id, []).append(search)
    for instance, searches in grabbed.items():
        first = searches[0]
        head = f"{first.queue_name} on {first.instance_name} grabbed"
        titles = "; ".join(each.title for each in searches[:MOST_TITLES])
        more = f"; {len(searches) - MOST_TITLES} more" if len(searches) > MOST_TITLES else ""
        bare = f"{head} {len(searches)}"
        text = f"{bare}: {titles}{more}"
        yield Headline("run-grabbed", f"run {run}", text, bare, f"/runs/{run}", instance)


def _gates(told: Happened) -> Iterator[Headline]:
    note, run = str(told.details.get("note") or ""), told.details.get("run")
    for code in str(told.details.get("gates") or "").split():
        name, _, instance = code.partition(":")
        if event := GATES.get(name):
            its = int(instance) if instance else None
            bare = "A run was held. Its page says why."
            yield Headline(event, f"instance {instance}", note or bare, bare, f"/runs/{run}", its)


def _faulty(told: Happened) -> Iterator[Headline]:
    bare = f"{told.where} cannot be used. Its page says why."
    text = str(told.details.get("sentence") or bare)
    path, about = f"/instances/{told.row.instance}", f"instance {told.row.instance}"
    yield Headline("unreachable", about, text, bare, path, told.row.instance, PATIENCE)


def _well(told: Happened) -> Iterator[Headline]:
    path, about = f"/instances/{told.row.instance}", f"instance {told.row.instance}"
    text = f"{told.where} works again."
    yield Headline("reachable", about, text, text, path, told.row.instance)


def _score(told: Happened) -> Iterator[Headline]:
    scores = f"from {told.details.get('before')} to {told.details.get('after')}"
    text = f"{told.title} on {told.where}: {scores}"
    bare, path = f"An item of {told.where}: {scores}", f"/instances/{told.row.instance}"
    yield Headline("score-improved", f"score {told.row.id}", text, bare, path, told.row.instance)


def _nothing(told: Happened) -> Iterator[Headline]:
    searches, weeks = told.details.get("searches") or 0, told.details.get("weeks") or 0
    long = counted(int(weeks), "week")
    text = f"{told.where}: {counted(int(searches), 'search', 'searches')} in {long}, and no grab"
    path, about = f"/instances/{told.row.instance}", f"instance {told.row.instance}"
    yield Headline("nothing-found", about, text, text, path, told.row.instance)


def _silent(told: Happened) -> Iterator[Headline]:
    name, searches = told.details.get("name"), told.details.get("searches") or 0
    often = counted(int(searches), "search", "searches")
    text = f"{name} gave nothing in its last {often}, though it used to."
    yield Headline("indexer-silent", f"indexer {name}", text, text, "/prowlarrs")


def _job(told: Happened) -> Iterator[Headline]:
    name = str(told.details.get("name"))
    if name == BACKUP:
        return
    title = JOBS[name].title if name in JOBS else name
    bare = f"{title}: the last run failed. Its page says why."
    text = f"{title}: {told.details.get('sentence')}"
    yield Headline("job-failed", f"job {name}", text, bare, "/jobs")


def _signed_in(told: Happened) -> Iterator[Headline]:
    """The news of a sign-in from a new place; none at the first one of a person."""
    row, address = told.row, str(told.details.get("address") or "")
    came = Event.select(Event.address).where(
        Event.user_id + 0 == row.person, Event.action.in_(CAME_IN), Event.at < row.at
    )
    before = {place_of(each.address) for each in came.distinct()}
    if not before or place_of(address) in before:
        return
    person = User.get_or_none(id=row.person)
    name = person.name if person else "Somebody"
    text = f"{name} signed in from {address}, for the first time from there."
    yield Headline("new-place", f"sign-in {row.id}", text, text, "/audit")


def _backup_failed(told: Happened) -> Iterator[Headline]:
    bare = "The last backup failed. The page of backups says why."
    text = str(told.details.get("sentence") or bare)
    yield Headline("backup-failed", "backup", text, bare, "/backups")


def _backup_old(told: Happened) -> Iterator[Headline]:
    days = told.details.get("days")
    age = "There is no backup." if days is None else f"The last is {counted(int(days), 'day')} old."
    yield Headline("backup-old", "backup", age, age, "/backups")


MAKERS: dict[str, Callable[[Happened], Iterator[Headline]]] = {
    "search-ended": _grabbed,
    "grab-imported": _imported,
    "grab-failed": _failed,
    "run-ended": _run,
    "run-held": _run,
    "instance-faulty": _faulty,
    "instance-well": _well,
    "score-improved": _score,
    "nothing-found": _nothing,
    "indexer-silent": _silent,
    "job-failed": _job,
    "signed-in": _signed_in,
    "backup-failed": _backup_failed,
    "backup-old": _backup_old,
}


def names_and_demos() -> tuple[dict[int, str], set[int]]:
    """The names of all instances by their ids, and the ids of those of the demo library."""
    rows = list(Instance.select(Instance.id, Instance.name, Instance.demo))
    return {row.id: row.name for row in rows}, {row.id for row in rows if row.demo}
