"""The report of a month: its figures as Markdown, and every breach as a sentence."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import chain
from typing import NamedTuple

from models.household import Household
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.bench.figures import median
from tests.fakes.indexers import BusyProwlarr, most_used
from tests.month import indexers, moments, oracle, rows
from tests.month.month import START, Month
from tests.month.oracle import DAY, HOUR, Sent
from tests.month.outcomes import Compared, compared
from tests.month.sharing import shared

Row = tuple[object, ...]


class Verdict(NamedTuple):
    tables: list[str]
    faults: list[str]

    @property
    def text(self) -> str:
        return "\n".join(self.tables)


def judged(month: Month) -> Verdict:
    """After the month was lived, while its database is still open."""
    faults = list(rows.faults(month.program.database))
    told = compared(month.program.database, month.servers, month.days * DAY)
    faults += told.faults
    tables = [
        _overview(month),
        _bounds(month, faults),
        _queues(month, faults),
        _shares(month, faults),
        _requests(month),
        _truth(told),
    ]
    if month.prowlarr:
        tables.append(_limits(month.prowlarr, faults))
    return Verdict(tables, faults)


def _overview(month: Month) -> str:
    sent = [server.sent() for server in month.servers.values()]
    asked = list(chain.from_iterable(server.log for server in month.servers.values()))
    trouble = Counter(each.fault for each in asked if each.fault)
    spells = Counter(each.kind for server in month.servers.values() for each in server.spells)
    killed = sum(stop.killed for stop in month.stops)
    states = Counter(row.state for row in Run.select(Run.state))
    return _table(
        "What happened",
        ("", ""),
        [
            ("days, instances, queues", f"{month.days:g}, {len(sent)}, {len(month.plans)}"),
            ("searches that the servers took", f"{sum(map(len, sent)):,}"),
            ("requests", f"{len(asked):,}"),
            ("runs", _counted(states)),
            ("bad spells of servers", _counted(spells)),
            ("requests that met trouble", _counted(trouble)),
            ("ends of our program", f"{killed} killed, {len(month.stops) - killed} stopped"),
            ("it took", f"{month.took / 60:.1f} minutes, of them {month.busy / 60:.1f} at work"),
        ],
    )


def _bounds(month: Month, faults: list[str]) -> str:
    """Budgets, spacing, cooldowns and single commands, on the servers' logs alone."""
    sent = {server.name: server.sent() for server in month.servers.values()}
    household, all_sent = Household.current(), list(chain.from_iterable(sent.values()))
    breaches: list[list[str]] = [[] for _ in range(5)]
    hours, days, shortest = [], [], []
    for instance in Instance.select():
        mine = sent[instance.name]
        limits = (HOUR, instance.hourly_budget), (DAY, instance.daily_budget)
        for window, limit in limits:
            breaches[0] += oracle.over_budget(instance.name, mine, window, limit)
        hours.append(oracle.most_in(mine, HOUR) / instance.hourly_budget)
        days.append(oracle.most_in(mine, DAY) / instance.daily_budget)
        breaches[2] += oracle.too_close(instance.name, mine, instance.spacing_seconds)
        shortest += [gap / instance.spacing_seconds for gap, _ in oracle.gaps(mine)]
        breaches[3] += oracle.two_at_once(instance.name, mine)
        breaches[4] += oracle.too_soon(instance.name, mine)
    for window, limit in ((HOUR, household.hourly_budget), (DAY, household.daily_budget)):
        breaches[1] += oracle.over_budget("the household", all_sent, window, limit)
    faults += chain.from_iterable(breaches)
    again = sum(_again(each) for each in sent.values())
    measured = (
        f"{max(hours):.0%} in an hour, {max(days):.0%} in a day, at the fullest",
        f"{oracle.most_in(all_sent, HOUR)} of {household.hourly_budget} in an hour, "
        f"{oracle.most_in(all_sent, DAY)} of {household.daily_budget} in a day",
        f"the shortest is {min(shortest, default=0):.2f} of what is set",
        f"{len(all_sent):,} commands",
        f"{again:,} items searched again",
    )
    names = (
        "budgets of the instances, in any rolling window",
        "budget of the household, in any rolling window",
        "spacing between two searches on an instance",
        "one command outstanding on an instance",
        "cooldowns, reckoned from what the servers answered",
    )
    lines = zip(names, measured, map(_judgement, breaches), strict=True)
    return _table("What must hold, on the servers' logs", ("", "measured", "breaches"), lines)


def _again(sent: Sequence[Sent]) -> int:
    times = Counter(item for one in sent for item in one.wants)
    return sum(number - 1 for number in times.values())


def _queues(month: Month, faults: list[str]) -> str:
    """Whether each queue had its runs, and how long it had to wait for a search."""
    lines = []
    ends = START + timedelta(days=month.days)
    downs = [tuple(START + timedelta(seconds=each) for each in down) for down in month.downs]
    searched: dict[str, list[float]] = {}
    for search in Search.select(Search.queue_name, Search.created_at).where(Search.cost > 0):
        at = (search.created_at - START).total_seconds()
        searched.setdefault(search.queue_name, []).append(at)
    for plan in month.plans:
        queue = Queue.get(Queue.name == plan.name)
        runs = [
            moments.Ran(run.started_at, run.finished_at or ends, run.state)
            for run in Run.select().where(Run.queue == queue, Run.trigger != "person")
        ]
        kept = moments.kept(plan, queue.started_at, ends, runs, downs)
        faults += kept.faults
        when, mine = queue.schedule.words, searched.get(plan.name, [])
        begun = (queue.started_at - START).total_seconds()
        waited = oracle.longest(mine, begun, max(mine, default=begun)) / HOUR
        if not mine:
            faults.append(f"{plan.name} never searched anything.")
        lines.append(
            (
                plan.name,
                when,
                kept.moments,
                kept.met,
                kept.while_down,
                kept.while_running,
                len(mine),
                f"{waited:.1f} h",
            )
        )
    head = ("queue", "runs", "moments", "met", "down", "still running", "searches", "longest wait")
    return _table("Queues", head, lines)


def _shares(month: Month, faults: list[str]) -> str:
    lines = []
    for one in shared(month.places, month.plans, month.servers, month.days):
        mine = list(one.faults())
        faults += mine
        lines += [
            (one.instance, name, weight, searches, f"{searches / weight:.1f}", _judgement(mine))
            for name, (weight, searches) in one.queues.items()
        ]
    head = ("instance", "queue", "weight", "searches", "by weight", "breaches")
    return _table("Queues that all want more than there is, days 2 to 8", head, lines)


def _requests(month: Month) -> str:
    lines = []
    for server in month.servers.values():
        by_day = server.requests_by_day()
        numbers = [by_day[day] for day in range(int(month.days) or 1)]
        taken = len(server.world.taken)
        beside = len(server.log) / max(taken, 1)
        lines.append(
            (server.name, taken, min(numbers), int(median(numbers)), max(numbers), f"{beside:.1f}")
        )
    head = ("instance", "searches", "fewest", "median", "most", "requests a search")
    return _table("Requests a day", head, lines)


def _truth(told: Compared) -> str:
    searches = [
        (truth, said, number) for (truth, said), number in sorted(told.told.items()) if number
    ]
    fates = [(f"download {truth}", said, n) for (truth, said), n in sorted(told.fates.items())]
    return _table("What was, and what we say", ("was", "said", "times"), [*searches, *fates])


def _limits(prowlarr: BusyProwlarr, faults: list[str]) -> str:
    broken = indexers.breaches(prowlarr)
    faults += broken
    lines = [
        (number, most_used(prowlarr, number), limit.queries or "none", _judgement(broken))
        for number, limit in prowlarr.limits.items()
    ]
    return _table("Limits of the indexers", ("indexer", "most used", "limit", "breaches"), lines)


def _judgement(breaches: Sequence[str]) -> str:
    return f"**{len(breaches)}**" if breaches else "none"


def _counted(numbers: Counter[str]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in numbers.most_common())


def _table(title: str, head: Row, lines: Iterable[Row]) -> str:
    texts = [[str(cell) for cell in row] for row in (head, *lines)]
    widths = [max(len(row[column]) for row in texts) for column in range(len(head))]
    shown = [
        "| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |"
        for row in texts
    ]
    shown.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join([f"### {title}", "", *shown, ""])
