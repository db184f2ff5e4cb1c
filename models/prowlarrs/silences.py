"""Which indexers have gone silent: they used to give something, and give nothing any more."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from models import happenings
from models.database import database
from models.prowlarrs import Prowlarr
from models.prowlarrs.indexers import IndexerLink, ProwlarrIndexer
from models.prowlarrs.league import answers_of
from models.searches import Search
from models.yields.intervals import wilson

# An indexer that gave less often before cannot be said to have gone silent.
GAVE_ENOUGH = 5
# How likely an indexer that is well may be to have such a silent stretch in its whole past.
CHANCE = 0.001


class Answered(NamedTuple):
    """What an indexer had for searches that followed each other for one title.

    `application` is the name of the one that asked, and `about` the page of the title there.
    `at` is when the first search asked, by Prowlarr's clock in epoch ms.
    `searches` counts them; `had` says whether any of them got something.
    """

    application: str
    about: str | None
    at: int
    had: bool
    searches: int = 1


def together(past: Iterable[Answered]) -> list[Answered]:
    """The same, with searches that one application made in a row for one title as one.

    An indexer has a series or not: twenty episodes of it in vain say no more than one.
    """
    found: dict[int, Answered] = {}
    latest: dict[str, int] = {}
    for number, each in enumerate(past):
        before = found.get(latest.get(each.application, -1))
        if before and each.about and before.about == each.about:
            del found[latest[each.application]]
            had, searches = before.had or each.had, before.searches + each.searches
            each = before._replace(had=had, searches=searches)
        found[number] = each
        latest[each.application] = number
    return list(found.values())


def quiet_for(past: Sequence[Answered]) -> int:
    """How many of these an indexer has been silent for; 0 while that may be chance.

    The oldest comes first. Silence is a stretch at the end that is less than `CHANCE` likely to be
    anywhere in its past: after each time that it gave, such a stretch could have begun. Each
    application counts by its own share: who had series, and never a movie, may go on so.
    """
    quiet = next((number for number, each in enumerate(reversed(past)) if each.had), len(past))
    chance: float = sum(each.had for each in past)
    if chance < GAVE_ENOUGH:
        return 0
    before, silent = past[: len(past) - quiet], past[len(past) - quiet :]
    for application, many in Counter(each.application for each in silent).items():
        own = [each.had for each in before if each.application == application]
        # By the least that its past allows, as it may have been lucky.
        usual = wilson(sum(own), len(own))
        chance *= (1 - usual.low) ** many if usual else 1
    return quiet if chance < CHANCE else 0


def silences(prowlarr: Prowlarr) -> dict[int, tuple[int, int]]:
    """Which indexers of a Prowlarr are silent: for how many searches, and when the first was.

    The moments are by Prowlarr's clock, epoch ms. It reads 30 days of searches. A request that
    could be of several counts for the latest: else searches that overlap would hide a silence.
    """
    each = answers_of(surely=False).alias("answers")
    its = ProwlarrIndexer.select(ProwlarrIndexer.id).where(ProwlarrIndexer.prowlarr == prowlarr)
    rows = (
        Search.select(each.c.indexer, Search.application, Search.link, each.c.at, each.c.had)
        .join(each, on=(each.c.search == Search.id))
        .where(each.c.indexer.in_(its), Search.state == "done")
        .order_by(each.c.at, Search.id)
    )
    found: dict[int, list[Answered]] = {}
    for indexer, application, link, at, had in database.execute(rows).fetchall():
        found.setdefault(indexer, []).append(Answered(application, link, at, bool(had)))
    silent = {}
    for indexer, answers in found.items():
        past = together(answers)
        if quiet := quiet_for(past):
            stretch = past[-quiet:]
            first = min(answer.at for answer in stretch)
            silent[indexer] = (sum(answer.searches for answer in stretch), first)
    return silent


def note_silences(prowlarr: Prowlarr, found: Mapping[int, tuple[int, int]], now: datetime) -> None:
    """Writes which indexers of a Prowlarr are silent, where that has changed.

    That one has gone silent, or gives something again, is an event.
    """
    for row in ProwlarrIndexer.select().where(ProwlarrIndexer.prowlarr == prowlarr):
        quiet, at = found.get(row.id, (0, None))
        since = None if at is None else prowlarr.our_time(at)
        if (row.silent_searches, row.silent_since) == (quiet, since):
            continue
        told = {"name": row.name, "prowlarr": prowlarr.name}
        was_silent = row.silent_since is not None
        with database.atomic():
            row.change(silent_searches=quiet, silent_since=since)
            if since and not was_silent:
                happenings.note("indexer-silent", now, told | {"searches": quiet})
            elif was_silent and not since:
                happenings.note("indexer-well", now, told)


def silent_on(instance_id: int | None, at: datetime) -> list[str]:
    """The names of the silent indexers that searches on the instance ask."""
    silent = ProwlarrIndexer.silent(at)
    if instance_id is None or not silent:
        return []
    links = IndexerLink.matches().links
    return [
        each.name
        for each in silent
        if any(link.automatic and link.instance_id == instance_id for link in links[each.id])
    ]
