"""The history as rows of a table, for a file."""

from datetime import datetime
from zoneinfo import ZoneInfo

from models.searches import LOOKED, OUTCOMES, Search, fates
from models.searches.entries import HistoryEntry
from models.searches.releases import quality_of
from models.searches.runs import Run
from views.web.mask import Mask

HEAD = (
    *("Time", "What", "Title", "Instance", "Application", "Queue", "Want", "Attempt", "Outcome"),
    *("Reason", "Release", "Quality", "Indexer", "Afterwards", "Afterwards at", "Run"),
)
WORDS = OUTCOMES | {LOOKED: "only looked"}


def cells(
    entry: HistoryEntry, at: datetime, zone: ZoneInfo, mask: Mask | None = None
) -> list[object]:
    """The cells under HEAD; moments are ISO 8601 with the offset of the zone."""
    return _of_run(entry, zone) if isinstance(entry, Run) else _of_search(entry, at, zone, mask)


def _of_search(search: Search, at: datetime, zone: ZoneInfo, mask: Mask | None) -> list[object]:
    grabbed = search.outcome == "grabbed"
    fate = fates.state(search.fate, search.created_at, at) if grabbed else None
    return [
        _moment(search.created_at, zone),
        "search",
        mask.title(search.title) if mask else search.title,
        search.instance_name,
        search.application.label,
        search.queue_name or "By hand",
        search.want,
        search.attempt,
        search.mark or WORDS.get(search.outcome or "", "under way"),
        mask.sentence(search.message) if mask else search.message,
        mask.release(search.release or "") if mask else search.release,
        quality_of(search.release) if grabbed else "",
        search.indexer,
        fates.WORDS[fate] if fate else "",
        _moment(search.fate_at, zone),
        search.run_id,
    ]


def _of_run(run: Run, zone: ZoneInfo) -> list[object]:
    found = dict.fromkeys(HEAD, "") | {
        "Time": _moment(run.started_at, zone),
        "What": "run",
        "Queue": run.queue_name,
        "Outcome": run.state,
        "Reason": run.note,
        "Run": run.id,
    }
    return list(found.values())


def _moment(when: datetime | None, zone: ZoneInfo) -> str:
    return when.astimezone(zone).isoformat(timespec="seconds") if when else ""
