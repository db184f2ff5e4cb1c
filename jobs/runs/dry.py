"""Dry runs: everything is decided and written, and nothing is sent."""

from collections.abc import Sequence

from jobs.engine import Engine
from jobs.wording import counted
from models.batches import Pick
from models.batches.room import affordable
from models.budgets import Ledger
from models.database import database
from models.dry_runs import DrySearch
from models.queues import Queue
from models.searches.runs import Run


def is_dry(run: Run, queue: Queue) -> bool:
    """Whether nothing may be sent; a run that waited while its queue became dry is dry too."""
    if queue.is_dry and not run.is_dry:
        run.change(is_dry=True)
    return bool(run.is_dry)


def rehearse(engine: Engine, run: Run, picks: Sequence[Pick], beside: str) -> None:
    """Ends the run with what it would have searched; `beside` is added to its note.

    Nothing is planned on its row: no other queue waits for a search of it, and the history shows
    it among the runs without searches.
    """
    now = engine.clock.now()
    chosen = affordable(picks, Ledger.at(now))
    searches = counted(len(chosen), "search", "searches")
    parts = [f"Dry run: it would have made {searches}; nothing was sent."]
    if late := len(picks) - len(chosen):
        parts.append(f"{late} more would have waited for room in a budget or at an indexer.")
    with database.atomic():
        DrySearch.keep(run, chosen)
        run.finish("finished", now, " ".join([*parts, beside]).strip())
