"""The families of metrics that the program gives, with their labels.

Labels are names that people gave to instances, queues and indexers, or words of a closed list: the
number of series grows with those, and never with items or searches. No label holds a title.
"""

from collections.abc import Mapping
from typing import NamedTuple

from models.metrics.histograms import Histogram

Labels = tuple[str, ...]
Value = float | Histogram


class MetricFamily(NamedTuple):
    """`kind` is gauge, counter or histogram. A counter's name ends in _total."""

    kind: str
    words: str
    labels: Labels = ()


INSTANCE = ("instance_name", "app")
BUDGET = ("scope", "window", "instance_name")

# What every replica tells of itself.
OF_PROCESS = {
    "vqs_build_info": MetricFamily("gauge", "The version of the program.", ("version",)),
    "vqs_leader": MetricFamily("gauge", "1 if this replica tells the household's figures."),
    "vqs_database_up": MetricFamily("gauge", "1 if the database answered."),
    "vqs_requests_total": MetricFamily(
        "counter", "Requests to instances, by class of answer.", (*INSTANCE, "code_class")
    ),
    "vqs_request_duration_seconds": MetricFamily(
        "histogram", "Time until an instance began to answer.", INSTANCE
    ),
    "vqs_run_duration_seconds": MetricFamily("histogram", "Time that a run worked until it ended."),
}
# What only the replica that leads tells.
OF_HOUSEHOLD = {
    "vqs_up": MetricFamily("gauge", "1 if the instance works, 0 if it has a fault.", INSTANCE),
    "vqs_wanted_items": MetricFamily("gauge", "Items on wanted lists.", (*INSTANCE, "want")),
    "vqs_waiting_items": MetricFamily("gauge", "Items that may be searched now.", INSTANCE),
    "vqs_searches_total": MetricFamily(
        "counter", "Searches that ended, by outcome.", (*INSTANCE, "want", "outcome")
    ),
    "vqs_grabs_total": MetricFamily(
        "counter", "Searches that grabbed a release.", (*INSTANCE, "want")
    ),
    "vqs_imports_total": MetricFamily(
        "counter", "Searches whose release was imported.", (*INSTANCE, "want")
    ),
    "vqs_budget_limit": MetricFamily("gauge", "Searches that a budget allows.", BUDGET),
    "vqs_budget_used": MetricFamily("gauge", "Searches of a budget that are spent.", BUDGET),
    "vqs_last_run_timestamp_seconds": MetricFamily(
        "gauge", "When the latest run of a queue began.", ("queue_name",)
    ),
    "vqs_next_run_timestamp_seconds": MetricFamily(
        "gauge", "When the next run of a queue is due.", ("queue_name",)
    ),
    "vqs_queue_items": MetricFamily(
        "gauge", "Downloads in the instance's queue when it was last asked.", INSTANCE
    ),
    "vqs_indexer_budget_left": MetricFamily(
        "gauge", "Requests left of an indexer's limit.", ("indexer", "prowlarr_name")
    ),
    "vqs_paused": MetricFamily("gauge", "1 while everything is on hold."),
    "vqs_failing_jobs": MetricFamily("gauge", "Jobs of housekeeping that failed last."),
    "vqs_backup_timestamp_seconds": MetricFamily("gauge", "When the latest backup was made."),
}
FAMILIES: Mapping[str, MetricFamily] = OF_PROCESS | OF_HOUSEHOLD


class Samples:
    """Values by family and labels, each label set once."""

    def __init__(self) -> None:
        self.of: dict[str, dict[Labels, Value]] = {}

    def tell(self, name: str, value: Value, *labels: str) -> None:
        assert len(labels) == len(FAMILIES[name].labels), name
        self.of.setdefault(name, {})[labels] = value

    def join(self, others: "Samples") -> None:
        """Adds the families of `others`, which have none of these."""
        self.of |= others.of
