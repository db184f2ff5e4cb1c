"""The events that a target may be told of."""

from datetime import timedelta
from typing import NamedTuple


class EventKind(NamedTuple):
    """An event that people ask for.

    `label` stands beside its box, and `many` is the headline of several of it.
    `tone` is success, info, warning or error.
    `first` is where a new target has it: at_once, digest or nowhere ("").
    `rests` is how long nothing more is told of the same thing.
    """

    name: str
    label: str
    many: str
    tone: str
    first: str
    rests: timedelta = timedelta(0)


DAY = timedelta(days=1)
# An instance that only starts anew is not worth a message.
PATIENCE = timedelta(minutes=10)

EVENTS = {
    event.name: event
    for event in (
        EventKind("grabbed", "Something was grabbed", "Grabbed", "success", "digest"),
        EventKind("run-grabbed", "A run grabbed something, in one message", "Runs", "success", ""),
        EventKind("imported", "A grab was imported", "Imported", "success", "digest"),
        EventKind(
            "download-failed", "A grab of ours failed", "Downloads that failed", "warning", "digest"
        ),
        EventKind("score-improved", "A score improved", "Better scores", "success", "digest"),
        EventKind(
            "nothing-found",
            "Nothing was found for weeks",
            "Nothing found for weeks",
            "info",
            "digest",
        ),
        EventKind("budget-spent", "A budget is spent", "Budgets spent", "info", "digest", DAY),
        EventKind(
            "unreachable", "An instance cannot be used", "Instances not working", "error", "at_once"
        ),
        EventKind(
            "reachable", "An instance works again", "Instances well again", "success", "at_once"
        ),
        EventKind(
            "no-indexer",
            "An instance has no indexer",
            "No indexer to search",
            "warning",
            "at_once",
            DAY,
        ),
        EventKind(
            "indexer-silent", "An indexer has gone silent", "Silent indexers", "warning", "at_once"
        ),
        EventKind("job-failed", "A job failed", "Jobs that failed", "error", "at_once", DAY),
        EventKind(
            "new-place",
            "A sign-in from a new address",
            "Sign-ins from new addresses",
            "warning",
            "at_once",
        ),
        EventKind(
            "backup-failed", "A backup failed", "Backups that failed", "error", "at_once", DAY
        ),
        EventKind("backup-old", "The last backup is old", "Old backups", "warning", "at_once", DAY),
    )
}
TONES = ("info", "success", "warning", "error")


def first_events(where: str) -> list[str]:
    """The events that a new target has there."""
    return [event.name for event in EVENTS.values() if event.first == where]
