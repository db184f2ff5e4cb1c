"""Matches events of an instance's history with our grabs, and writes what follows."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from models.database import database
from models.database.fields import from_ms
from models.instances import Instance
from models.searches import Search, fates
from models.searches.fates import Ending
from models.searches.grabs import Grab
from models.yields import Yield, departures

Mark = tuple[int, str]


class Following:
    """The grabs of an instance while its history is read.

    A download is known by its id, in upper or lower case. A grab without an id, as from a download
    client that only fills a folder, is known by the name of its release.
    """

    def __init__(self, instance: Instance, grabs: Iterable[Grab]) -> None:
        self._instance_id = instance.id
        self._ahead_ms = instance.clock_ahead_ms
        self._by_id: dict[Mark, list[Grab]] = defaultdict(list)
        self._by_release: dict[Mark, list[Grab]] = defaultdict(list)
        for grab in grabs:
            marks = self._by_id if grab.download_id else self._by_release
            marks[grab.arr_id, (grab.download_id or grab.release).casefold()].append(grab)

    def of(self, ending: Ending) -> list[Grab]:
        """The grabs that an event ends; an event before a grab belongs to an earlier one."""
        by_id = self._by_id.get((ending.arr_id, (ending.download_id or "").casefold()), [])
        by_release = self._by_release.get((ending.arr_id, ending.release.casefold()), [])
        at = from_ms(ending.at - self._ahead_ms) + fates.CLOCKS_AGREE
        return [grab for grab in (*by_id, *by_release) if grab.grabbed_at <= at]

    def learn(self, endings: Iterable[Ending], at: datetime) -> int:
        """Writes the fates of grabs, of their searches and of departed items, in one transaction.

        Returns the number of searches whose fate has changed.
        """
        with database.atomic():
            changed = self._end(endings)
            searches = {grab.search_id for grab in changed}
            learnt = sum(_tell(search_id, at) for search_id in searches)
            departures.judge_again(self._instance_id, [grab.arr_id for grab in changed])
        return learnt

    def _end(self, endings: Iterable[Ending]) -> list[Grab]:
        changed = []
        for ending in endings:
            for grab in self.of(ending):
                if fates.follows(grab.fate, ending.fate):
                    grab.change(fate=ending.fate, fate_at=from_ms(ending.at - self._ahead_ms))
                    changed.append(grab)
        return changed


def _tell(search_id: int, at: datetime) -> bool:
    """Writes a search's fate on its row and in the yield; returns whether it changed."""
    search = Search.get_by_id(search_id)
    ended = list(search.grabs)
    before, fate = search.fate, fates.together(grab.fate for grab in ended)
    if fate is None or fate == before:
        return False
    moments = [grab.fate_at for grab in ended if grab.fate == fate]
    search.change(fate=fate, fate_at=min(moments) if fate == "imported" else max(moments))
    search.tell(f"grab-{fate}", at, {"release": search.release})
    Yield.count_fate(search, before)
    return True
