"""The household in one short document, for start pages and home automation."""

import math
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from jobs.housekeeping.standing import failing
from models.budgets import Allowance
from models.dashboard.figures import Figures, InstanceFigures
from models.dashboard.idle import why_idle
from models.dashboard.standing import standing
from models.database.fields import to_ms
from models.happenings import Happening
from models.searches import Search
from models.version import VERSION
from views.api.answers import Moment, Title
from views.api.endpoints import Call, read

SCHEMA = 1
# A summary is at most so old, and as new as the latest event.
KEPT_FOR = timedelta(seconds=10)
RECENT = 10
UPGRADES = ("upgrade", "score")
NO_SLUG = re.compile("[^a-z0-9]+")


class TotalsAnswer(msgspec.Struct, frozen=True):
    """Numbers of items, of searches and of what they brought.

    `queue` is how many downloads the instances had in their queues when they were last asked.
    `searches_7d`, `grabs_7d` and `imports_7d` are of seven days with today.
    """

    missing: int
    upgrades: int
    eligible: int
    cooldown: int
    excluded: int
    unreleased: int
    searches_today: int
    searches_7d: int
    grabs_7d: int
    imports_7d: int
    queue: int


class SpendingAnswer(msgspec.Struct, frozen=True):
    """The daily budget of all instances together; `percent` of it is used.

    `next_free_in_seconds` is 0 while there is room, also in the budget of an hour.
    """

    used: int
    limit: int
    left: int
    percent: float
    next_free_in_seconds: int


class InstanceSummaryAnswer(msgspec.Struct, frozen=True):
    """An instance; `cutoff` are items below their cutoff, or below the best score seen."""

    id: int
    slug: str
    name: str
    app: str
    status: str
    missing: int
    cutoff: int
    searches_today: int
    grabs_7d: int
    last_run_at: Moment | None


class RecentAnswer(msgspec.Struct, frozen=True):
    """One of the latest searches that have ended."""

    title: Title
    instance: str
    outcome: str
    at: Moment


class SummaryAnswer(msgspec.Struct, frozen=True):
    """The household in one document, at most ten seconds old.

    `status` is ok, warning, error or paused. `by_slug` are the instances once more, each under its
    slug. `recent` is empty for a key that reads numbers only.
    """

    schema: int
    version: str
    generated_at: Moment
    status: str
    status_message: str
    totals: TotalsAnswer
    budget: SpendingAnswer
    next_run_at: Moment | None
    last_run_at: Moment | None
    instances: list[InstanceSummaryAnswer]
    by_slug: dict[str, InstanceSummaryAnswer]
    recent: list[RecentAnswer]


@read("/summary", answer=SummaryAnswer, scope="totals")
def show(call: Call) -> SummaryAnswer:
    """Sums up everything in one short document, for a dashboard of other programs."""
    kept = call.request.app.state.kept
    latest = "summary", Happening.latest_id(), to_ms(call.at) // (KEPT_FOR.seconds * 1000)
    answer: SummaryAnswer | None = kept.find(latest)
    if answer is None:
        answer = _summary(call.at)
        kept.keep(latest, answer)
    return answer if call.veil.shows_titles else msgspec.structs.replace(answer, recent=[])


def _summary(at: datetime) -> SummaryAnswer:
    figures = Figures.now(at)
    state = standing(figures.rows, why_idle(), [each.title for each, _ in failing()])
    slugs = _slugs(figures.instances)
    instances = [_instance(slugs[each.instance.id], each) for each in figures.instances]
    due = [each.due_at for each in figures.queues if each.runs_by_itself]
    runs = [figures.last_runs[each.id] for each in figures.queues if each.id in figures.last_runs]
    return SummaryAnswer(
        schema=SCHEMA,
        version=VERSION,
        generated_at=at,
        status=state.word,
        status_message=state.sentence,
        totals=_totals(figures),
        budget=_budget(figures.ledger.overall(), at),
        next_run_at=None if figures.rows.household.held_at else min(due, default=None),
        last_run_at=max((run.started_at for run in runs), default=None),
        instances=instances,
        by_slug={each.slug: each for each in instances},
        recent=_recent(demo=figures.is_demo),
    )


def _totals(figures: Figures) -> TotalsAnswer:
    counted, brought = figures.instances, figures.brought
    groups = {
        group: sum(each.in_group(group) for each in counted)
        for group in ("eligible", "cooldown", "excluded", "unreleased")
    }
    return TotalsAnswer(
        missing=sum(each.wanted("missing") for each in counted),
        upgrades=sum(each.wanted(*UPGRADES) for each in counted),
        searches_today=brought.searches_today,
        searches_7d=brought.searches_week,
        grabs_7d=brought.grabs_week,
        imports_7d=brought.imports_week,
        queue=sum(each.instance.downloads or 0 for each in counted),
        **groups,
    )


def _budget(windows: list[Allowance], at: datetime) -> SpendingAnswer:
    day = windows[-1]
    waits = [(each.free_at - at).total_seconds() for each in windows if each.free_at]
    return SpendingAnswer(
        used=day.spent,
        limit=day.limit,
        left=day.left,
        percent=round(min(day.spent / day.limit, 1) * 100, 1) if day.limit else 100.0,
        next_free_in_seconds=max(map(math.ceil, waits), default=0),
    )


def _instance(slug: str, figures: InstanceFigures) -> InstanceSummaryAnswer:
    instance = figures.instance
    return InstanceSummaryAnswer(
        id=instance.id,
        slug=slug,
        name=instance.name,
        app=instance.application.name,
        status=instance.state,
        missing=figures.wanted("missing"),
        cutoff=figures.wanted(*UPGRADES),
        searches_today=figures.brought.searches_today,
        grabs_7d=figures.brought.grabs_week,
        last_run_at=figures.last_run_at,
    )


def _slugs(instances: Iterable[InstanceFigures]) -> dict[int, str]:
    """The slugs by instance id: "Sonarr 4K" is sonarr-4k. An id is added to a slug in use."""
    found: dict[int, str] = {}
    for instance in sorted((each.instance for each in instances), key=lambda one: one.id):
        slug = NO_SLUG.sub("-", instance.name.lower()).strip("-") or instance.application.name
        while slug in found.values():
            slug = f"{slug}-{instance.id}"
        found[instance.id] = slug
    return found


def _recent(*, demo: bool) -> list[RecentAnswer]:
    ended = Search.outcome.is_null(False) & (Search.demo == demo) & ~Search.is_trial
    return [
        RecentAnswer(each.title, each.instance_name, each.outcome, each.created_at)
        for each in Search.recent().where(ended).limit(RECENT)
    ]
