"""Reads the figures of the household, in queries that do not grow with items or searches."""

from collections.abc import Iterable
from datetime import datetime

from models.applications import WANTS
from models.backlog.eligibility import Reason
from models.budgets import Allowance
from models.dashboard.figures import Figures, InstanceFigures
from models.instances import Instance
from models.jobs import Job
from models.metrics import Samples
from models.yields.keys import EVER, instance_want_key
from models.yields.table import OUTCOME_COLUMNS, Yield


def household_samples(at: datetime, backup_at: datetime | None) -> Samples:
    """What the replica that leads tells; `backup_at` is when the latest backup was made."""
    figures, found = Figures.now(at), Samples()
    for each in figures.instances:
        _of_instance(found, each)
    _searches(found, [each.instance for each in figures.instances], demo=figures.is_demo)
    _queues(found, figures)
    _budgets(found, "all", figures.ledger.overall(), "")
    for each in figures.instances:
        name, ledger = each.instance.name, figures.ledger
        _budgets(found, "instance", ledger.of_instance(each.instance), name)
    for meter in figures.ledger.meters.all:
        prowlarr = meter.indexer.prowlarr
        if meter.left is not None and prowlarr.demo == figures.is_demo:
            found.tell("vqs_indexer_budget_left", meter.left, meter.indexer.name, prowlarr.name)
    found.tell("vqs_paused", float(figures.rows.household.held_at is not None))
    found.tell("vqs_failing_jobs", Job.failing().count())
    if backup_at is not None:
        found.tell("vqs_backup_timestamp_seconds", backup_at.timestamp())
    return found


def labels_of(instance: Instance) -> tuple[str, str]:
    return instance.name, instance.application.name


def _of_instance(found: Samples, figures: InstanceFigures) -> None:
    instance, labels = figures.instance, labels_of(figures.instance)
    if not instance.disabled_at:
        found.tell("vqs_up", float(instance.fault is None), *labels)
    for want in WANTS:
        found.tell("vqs_wanted_items", figures.wanted(want), *labels, want)
    waiting = (figures.tally.get((want, Reason.ELIGIBLE), 0) for want in WANTS)
    found.tell("vqs_waiting_items", sum(waiting), *labels)
    if instance.downloads is not None:
        found.tell("vqs_queue_items", instance.downloads, *labels)


def _searches(found: Samples, instances: Iterable[Instance], *, demo: bool) -> None:
    """Counted with each search, and never taken back: an import is final."""
    columns = [getattr(Yield, name) for name in (*OUTCOME_COLUMNS, "imported")]
    rows = Yield.select(Yield.key, *columns).where(
        Yield.demo == demo, Yield.dimension == "instance_want", Yield.period == EVER
    )
    known = {key: figures for key, *figures in rows.tuples()}
    nothing = [0] * len(columns)
    for instance in instances:
        labels = labels_of(instance)
        for want in WANTS:
            *outcomes, imported = known.get(instance_want_key(instance.id, "", want), nothing)
            for outcome, number in zip(OUTCOME_COLUMNS, outcomes, strict=True):
                found.tell("vqs_searches_total", number, *labels, want, outcome)
            found.tell("vqs_grabs_total", outcomes[0], *labels, want)
            found.tell("vqs_imports_total", imported, *labels, want)


def _queues(found: Samples, figures: Figures) -> None:
    is_held = figures.rows.household.held_at is not None
    for queue in figures.queues:
        if run := figures.last_runs.get(queue.id):
            began = run.started_at.timestamp()
            found.tell("vqs_last_run_timestamp_seconds", began, queue.name)
        if queue.runs_by_itself and not is_held:
            due = queue.due_at.timestamp()
            found.tell("vqs_next_run_timestamp_seconds", due, queue.name)


def _budgets(found: Samples, scope: str, windows: Iterable[Allowance], instance: str) -> None:
    for each in windows:
        found.tell("vqs_budget_limit", each.limit, scope, each.span, instance)
        found.tell("vqs_budget_used", each.spent, scope, each.span, instance)
