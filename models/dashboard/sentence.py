"""The sentence at the top of the dashboard: whether everything is well, in a few clauses."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from models.dashboard.cards import Card
from models.dashboard.rows import only_demo
from models.household import Household
from models.instances import Instance
from models.prowlarrs.indexers import ProwlarrIndexer
from models.queues import Queue

# Troubles beyond these are counted.
MOST_TROUBLES = 3
SILENT = "has not answered"
FAULTY = "is not working"
# Faults by which an instance gave no answer at all.
WITHOUT_ANSWER = ("refused", "name_not_found", "timeout", "reset")


class Clause(NamedTuple):
    """A part of the sentence.

    `tone` is strong, good, soft or bad.
    `address` leads to more about it.
    `since` and `at` are moments that the page writes behind the text.
    """

    text: str
    tone: str
    address: str = ""
    since: datetime | None = None
    at: datetime | None = None
    name: str = ""


class Situation(NamedTuple):
    """What the sentence is made of.

    `idle` says why nothing is searched; "" where it is.
    `silent` are indexers that used to give something and give nothing any more.
    `failing` are the jobs of housekeeping that failed: their titles, by name.
    `outcomes` are the searches of the last 24 hours by outcome, "" for those under way.
    """

    household: Household
    cards: Sequence[Card]
    instances: Sequence[Instance]
    outcomes: dict[str, int]
    stuck: Sequence[Queue]
    failing: Mapping[str, str]
    idle: str
    silent: Sequence[ProwlarrIndexer] = ()


def sentence(situation: Situation) -> list[Clause]:
    """All clauses; queues of the demo library count only by themselves, as in the figures.

    A queue whose instances are deleted counts among the troubles alone.
    """
    is_demo = only_demo(situation.instances)
    counted = [
        card for card in situation.cards if card.queue.demo == is_demo and card.queue.instances
    ]
    situation = situation._replace(cards=counted)
    told = [*_brought(situation), *_next(situation), *_of_indexers(situation.silent)]
    return [_state(situation), *told, *_troubles(situation)]


def _state(situation: Situation) -> Clause:
    if not situation.instances:
        return Clause("Nothing is connected yet.", "strong")
    if situation.household.held_at:
        return Clause("On hold", "bad", since=situation.household.held_at)
    if situation.idle:
        return Clause(f"Nothing is searched. {situation.idle}", "bad")
    if any(card.active for card in situation.cards):
        return Clause("Searching.", "strong")
    if any(card.queue.runs_by_itself for card in situation.cards):
        return Clause("Working.", "strong")
    if any(card.queue.state == "waiting" for card in situation.cards):
        return Clause("Ready: a queue waits for your consent.", "strong", "/queues")
    return Clause("No queue is running.", "strong", "/queues")


def _brought(situation: Situation) -> list[Clause]:
    searches = sum(some for outcome, some in situation.outcomes.items() if outcome)
    if not situation.instances or not any(card.queue.started_at for card in situation.cards):
        return []
    if not searches:
        is_first = any(situation.outcomes.values())
        return [] if is_first else [Clause("No search since yesterday.", "soft")]
    grabbed = situation.outcomes.get("grabbed", 0)
    from_them = f"from {_count(searches, 'search', 'searches')}."
    if not grabbed:
        return [Clause(f"No release since yesterday, {from_them}", "strong", "/searches")]
    return [
        Clause(
            f"{_count(grabbed, 'release')} since yesterday,", "good", "/searches?outcome=grabbed"
        ),
        Clause(from_them, "strong"),
    ]


def _next(situation: Situation) -> list[Clause]:
    scheduled = [card.queue for card in situation.cards if card.queue.runs_by_itself]
    if situation.household.held_at or not scheduled:
        return []
    queue = min(scheduled, key=lambda each: each.due_at)
    text = "Next dry run" if queue.is_dry else "Next run"
    return [Clause(text, "soft", f"/queues/{queue.id}", at=queue.due_at, name=queue.name)]


def _troubles(situation: Situation) -> list[Clause]:
    found = [
        *_of_instances(situation.instances),
        *_of_queues(situation.stuck),
        *_of_jobs(situation.failing),
    ]
    more = len(found) - MOST_TROUBLES
    told = found[:MOST_TROUBLES]
    return [*told, Clause(f"And {_count(more, 'more trouble')}.", "bad")] if more > 0 else told


def _of_instances(instances: Iterable[Instance]) -> list[Clause]:
    return [
        Clause(
            SILENT if instance.fault_code in WITHOUT_ANSWER else FAULTY,
            "bad",
            f"/instances/{instance.id}",
            since=instance.faulty_since,
            name=instance.name,
        )
        for instance in instances
        if instance.fault and not instance.disabled_at
    ]


def _of_indexers(silent: Sequence[ProwlarrIndexer]) -> list[Clause]:
    """One clause for all of them: they hold nothing, so it is no trouble of ours."""
    if not silent:
        return []
    first, *others = silent
    address = f"/prowlarrs#indexer-{first.id}"
    if others:
        text = f"and {_count(len(others), 'more indexer')} have gone silent."
        return [Clause(text, "soft", address, name=first.name)]
    return [Clause("has gone silent", "soft", address, since=first.silent_since, name=first.name)]


def _of_queues(stuck: Iterable[Queue]) -> list[Clause]:
    return [
        Clause("does not run any more.", "bad", f"/queues/{queue.id}", name=queue.name)
        for queue in stuck
    ]


def _of_jobs(titles: Mapping[str, str]) -> list[Clause]:
    return [
        Clause("has failed.", "bad", f"#failing-{job}", name=f"“{title}”")
        for job, title in titles.items()
    ]


def _count(number: int, one: str, many: str = "") -> str:
    words = f"{number:,}".replace(",", "\u202f")
    return f"{words} {one if number == 1 else many or one + 's'}"
