"""What another batch, interval or pack setting of a queue would do."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from models.instances import Instance
from models.planning.outlooks import Outlook
from models.planning.plans import Plan, Served, plan_of
from models.planning.surveys import SEARCHABLE, Net, Survey
from models.queues import Queue
from models.schedules.oftener import oftener

# Beside a form that is being typed in, fewer weeks have to do.
DAYS = 21
LARGEST_BATCH = 50


class Change(NamedTuple):
    """`kind` is batch_size, schedule (in words) or packs; `value` is what it would be.

    `searches` are those that a round through all items takes.
    """

    kind: str
    value: int | str
    outlook: Outlook
    searches: int


class Draft(NamedTuple):
    """The plan with a queue as it stands in its form, and what else could stand there."""

    plan: Plan
    outlook: Outlook
    searches: int
    changes: list[Change]


def draft_of(
    one: Served,
    others: Iterable[Served],
    surveys: Mapping[int, Survey],
    instances: Iterable[Instance],
    now: datetime,
) -> Draft:
    """For a thread of its own: plays the house once, and once more for each change."""
    others, instances = list(others), list(instances)

    def planned(queue: Queue) -> Plan:
        served = [*others, one._replace(queue=queue)]
        return plan_of(served, surveys, instances, now, DAYS)

    plan, number = planned(one.queue), one.queue.id or 0
    changes = [
        Change(kind, value, planned(queue).outlooks[number], _searches(one, queue.packs, surveys))
        for kind, value, queue in _variants(one, surveys, now)
    ]
    searches = _searches(one, one.queue.packs, surveys)
    return Draft(plan, plan.outlooks[number], searches, changes)


def _variants(
    one: Served, surveys: Mapping[int, Survey], now: datetime
) -> Iterable[tuple[str, int | str, Queue]]:
    queue, schedule = one.queue, one.queue.plan
    if (more := min(queue.batch_size * 2, LARGEST_BATCH)) > queue.batch_size:
        yield "batch_size", more, _but(queue, batch_size=more)
    if more_runs := oftener(schedule, now):
        changed = _but(queue, schedule=more_runs.model_dump_json())
        yield "schedule", more_runs.words, rescheduled(changed, now)
    if queue.packs == "never":
        singly = _searches(one, "never", surveys)
        if _searches(one, "when", surveys) < singly:
            yield "packs", "when", _but(queue, packs="when")


def rescheduled(queue: Queue, at: datetime) -> Queue:
    """One that is not saved, as saving a changed schedule would leave it."""
    if queue.started_at and not queue.awaits_first:
        queue.next_run_at, queue.retry_at = queue.following(at), None
    return queue


def _but(queue: Queue, **values: object) -> Queue:
    return Queue(**queue.__data__ | values)


def _searches(one: Served, packs: str, surveys: Mapping[int, Survey]) -> int:
    """How many it takes until each item that may be searched was, once."""
    net, wants, found = Net.of(one.queue), one.queue.wants, 0
    for instance in one.instances:
        survey = surveys[instance.id]
        found += sum(
            group.items
            for group in survey.groups
            if group.reason in SEARCHABLE and group.kind.want in wants and net in group.kind.nets
        )
        found -= sum(
            round(each.items - each.seasons)
            for (want, nets, how, _), each in survey.packs.items()
            if how == packs and want in wants and net in nets
        )
    return found
