"""Carries out what a file says, in the transaction of the caller."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from models.database import database
from models.files.entries import FileEntry, FilePlan
from models.files.exclusions import write_exclusions
from models.files.servers import write_instance, write_prowlarr
from models.files.targets import write_target
from models.forms.history import NAMES, query_of
from models.instances import Instance
from models.people import User
from models.people.names import key_of
from models.queues import Queue
from models.searches.saved_views import SavedView


def apply(plan: FilePlan, user: User | None, at: datetime) -> None:
    """Writes the entries of a plan without faults, but not its settings of the household.

    New queues, the views and the exclusions become the user's; without a user they are left. No
    search begins by it: a queue that is to run does so at the next moment of its schedule.
    """
    assert not plan.faults
    for entry in plan.instances:
        write_instance(entry, at)
    for entry in plan.prowlarrs:
        write_prowlarr(entry, at)
    ids = {each.key: each.id for each in Instance.select() if not each.demo}
    for entry in plan.targets:
        write_target(entry, ids, at)
    for entry in plan.queues:
        if entry.row is not None or user is not None:
            _write_queue(entry, ids, user, at)
    if user is not None and plan.views:
        _write_views(plan.views, ids, user, at)
    if user is not None and plan.exclusions:
        write_exclusions(plan.exclusions, ids, user, at)
    database.notify("schedule")


def _write_queue(entry: FileEntry, ids: Mapping[str, int], user: User | None, at: datetime) -> None:
    queue, columns = entry.row, entry.draft.form.columns
    if queue is None:
        queue = Queue.create(owner=user, created_at=at, **columns)
        queue.serve(_instances(entry, ids))
        _begin(queue, entry.given.get("state", "waiting"), at)
        return
    if entry.differences:
        chosen = _instances(entry, ids) if "instances" in entry.given else None
        queue.alter(at, columns, chosen)


def _instances(entry: FileEntry, ids: Mapping[str, int]) -> list[int]:
    return list(dict.fromkeys(ids[key_of(name)] for name in entry.given["instances"]))


def _begin(queue: Queue, state: str, at: datetime) -> None:
    """Lets a new queue run from the next moment of its schedule on, unless it is to wait."""
    if state == "waiting":
        return
    queue.change(started_at=at)
    queue.reschedule(at)
    if state == "paused":
        queue.pause(at)


def _write_views(
    entries: Sequence[FileEntry], ids: Mapping[str, int], user: User, at: datetime
) -> None:
    queues = {each.key: each.id for each in Queue.select()}
    for entry in entries:
        values = {name: str(entry.given.get(name, "")) for name in NAMES}
        for name, known in (("instance", ids), ("queue", queues)):
            values[name] = str(known[key_of(values[name])]) if values[name] else ""
        SavedView.keep(user, entry.name, query_of(values), at)
