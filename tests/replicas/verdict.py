"""Holds the servers' audit and the rows of the replicas against the rules."""

import json
import statistics
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from jobs.engine import BROKEN
from models.database import Database
from models.database.encryption import Keyring
from models.late import late
from tests.replicas.bench import Bench
from tests.replicas.household import PLENTY
from tests.replicas.servers import LIMIT
from tests.torture.ledger import Ledger

# A command may be on its way for so long after the moment from which the next one is reckoned.
ON_THE_WAY = 0.35
ENDED_WITHIN = 2.0
# The load of a limit must have come so near to it.
NEARLY = 0.85
INTERRUPTED = "SELECT id, owner, note FROM runs WHERE state = 'interrupted'"
SPENT = "SELECT coalesce(sum(cost), 0) FROM searches"
STATES = "SELECT state, count(*) FROM runs GROUP BY state"


class ServerLedger(Ledger):
    def __init__(self, address: str, keyring: Keyring) -> None:
        super().__init__(Path(), keyring, Path())
        self.address = address

    def _open(self, path: Path) -> Database:
        opened = late("models.database.server").ServerDatabase(self.address, self.keyring)
        opened.open()
        return opened

    def _check_files(self, opened: Database) -> None:
        """The pages are the server's business."""


def judge(bench: Bench) -> dict[str, Any]:
    """The figures; violations are added to those of the bench. Nothing may be going on any more."""
    ledger = ServerLedger(bench.address, bench.keyring)
    log = bench.folder / "commands.jsonl"
    figures = ledger.at_the_end(log)
    bench.violations += ledger.violations
    del figures["kills with a search in flight"], figures["seasons"]
    figures["shortest gap, s"] = _spaced(bench)
    figures["two undone, samples"] = f"{bench.watcher.twice} of {bench.watcher.samples}"
    if bench.watcher.twice:
        bench.violations.append(f"two undone on an instance in {bench.watcher.twice} samples.")
    figures["runs of the dead ended, s"] = spread(bench.watcher.ended)
    figures["without a leader, s"] = spread(bench.watcher.led)
    _judge_ends(bench)
    _judge_budget(bench)
    figures["errors in the logs"] = _errors(bench)
    return figures


def spread(seconds: Sequence[float]) -> str:
    if not seconds:
        return "none"
    median, longest = statistics.median(seconds), max(seconds)
    return f"{len(seconds)} times, median {median:.2f}, longest {longest:.2f}"


def requests(bench: Bench) -> list[dict[str, Any]]:
    """Everything that the servers were asked, as it arrived."""
    lines = (bench.folder / "commands.jsonl.requests").read_text().splitlines()
    return [json.loads(line) for line in lines]


def arrivals(bench: Bench) -> dict[int, list[float]]:
    """When each server was sent its commands."""
    found = defaultdict(list)
    for seen in requests(bench):
        if seen["method"] == "POST" and seen["path"].endswith("/command"):
            found[seen["instance"]].append(seen["at"])
    return found


def judge_limit(bench: Bench) -> dict[str, Any]:
    """Whether the first indexer was asked up to its limit, and never beyond it."""
    lines = (bench.folder / "commands.jsonl.indexers").read_text().splitlines()
    asked = [each for each in map(json.loads, lines) if each["indexer"] == 1]
    # All of it took less than the hour of the limit.
    if len(asked) > LIMIT:
        bench.violations.append(f"{len(asked)} requests to an indexer whose limit is {LIMIT}.")
    if len(asked) < LIMIT * NEARLY:
        bench.violations.append(
            f"only {len(asked)} of {LIMIT} requests were sent: too few to tell."
        )
    owners = bench.rows.ask("SELECT owner, count(*) FROM searches WHERE cost > 0 GROUP BY owner")
    held = "SELECT note FROM runs WHERE state = 'held' ORDER BY finished_at DESC LIMIT 1"
    return {
        "requests to the indexer": len(asked),
        "searches by replica": dict(owners),
        "held last": bench.rows.ask(held),
    }


def overlapping(bench: Bench) -> int:
    """How often the lists of an instance began to be read before another reading had ended.

    A reading begins with the profiles, and ends with the list of upgrades, of one page here.
    """
    found = 0
    under_way: set[int] = set()
    for seen in requests(bench):
        if seen["path"].endswith("/qualityprofile"):
            found += seen["instance"] in under_way
            under_way.add(seen["instance"])
        elif seen["path"].endswith("/wanted/cutoff") and "pageSize=1&" not in seen["query"]:
            under_way.discard(seen["instance"])
    return found


def _spaced(bench: Bench) -> float:
    gaps = [b - a for times in arrivals(bench).values() for a, b in pairwise(sorted(times))]
    short = [round(gap, 2) for gap in gaps if gap < bench.terms.spacing - ON_THE_WAY]
    if short:
        bench.violations.append(f"{len(short)} gaps under {bench.terms.spacing} s: {short[:20]}.")
    return round(min(gaps, default=0.0), 2)


def _judge_ends(bench: Bench) -> None:
    """A run is interrupted only when its own replica is."""
    late_ends = [
        round(each, 2) for each in bench.watcher.ended if each > ENDED_WITHIN * bench.patience
    ]
    if late_ends:
        bench.violations.append(f"runs of dead replicas ended late, s: {late_ends}.")
    if left := bench.watcher.unended:
        bench.violations.append(f"runs of {len(left)} dead replicas had not ended.")
    for run, owner, note in bench.rows.ask(INTERRUPTED):
        if owner not in bench.excused or note == BROKEN:
            bench.violations.append(f"run {run} of living {owner} was interrupted: {note}")
    for name, sentence in bench.rows.ask("SELECT name, fault FROM instances WHERE fault <> ''"):
        bench.violations.append(f"{name} was left with the fault {sentence}.")


def _judge_budget(bench: Bench) -> None:
    budget = bench.terms.budget
    spent, posted = bench.rows.ask(SPENT)[0][0], sum(map(len, arrivals(bench).values()))
    if budget < PLENTY and (spent != budget or posted > budget):
        bench.violations.append(f"{spent} rows and {posted} commands on a budget of {budget}.")


def _errors(bench: Bench) -> int:
    """Lines of the programs' logs that speak of an error."""
    logs = [replica.log for replica in bench.replicas if replica.log.exists()]
    return sum(" ERROR " in line for log in logs for line in log.read_text().splitlines())
