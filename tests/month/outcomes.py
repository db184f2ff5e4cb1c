"""Compares the outcome that the program stored for each search with the server's own."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from models.database import Database
from tests.month.oracle import DAY
from tests.month.server import Server

# A download that ended so long before the end of the month ought to be known.
FOLLOWED_WITHIN = 1.5 * DAY
# What may be said where the server knows better: less, and never something else.
SAID = {
    "grabbed": {"grabbed", "unknown"},
    "nothing": {"nothing", "unknown"},
    "no_indexer": {"no_indexer", "unknown"},
    "failed": {"failed", "unknown"},
}
EVENTS = {
    "downloadFolderImported": "imported",
    "downloadFailed": "failed",
    "downloadIgnored": "ignored",
}
SEARCHES = """
    SELECT searches.id, instances.name, command_id, outcome, cost, message
    FROM searches JOIN instances ON instances.id = searches.instance_id
"""
GRABS = """
    SELECT instances.name, grabs.download_id, grabs.arr_id, grabs.fate
    FROM grabs JOIN instances ON instances.id = grabs.instance_id
"""


class Compared(NamedTuple):
    """`told` counts searches by what the server knows and what the program says."""

    told: Counter[tuple[str, str]]
    fates: Counter[tuple[str, str]]
    faults: list[str]


def compared(database: Database, servers: Mapping[str, Server], ends: float) -> Compared:
    """`ends`: the month's last moment, in seconds since it began."""
    by_name = {server.name: server for server in servers.values()}
    told: Counter[tuple[str, str]] = Counter()
    faults: list[str] = []
    rows: dict[tuple[str, int], list[int]] = defaultdict(list)
    for row, name, command, outcome, cost, message in database.execute_sql(SEARCHES).fetchall():
        if command is None:
            told["never taken", outcome] += cost > 0
            continue
        rows[name, command].append(row)
        ended = by_name[name].world.ended.get(command)
        truth = ended.outcome if ended else "cut short"
        told[truth, outcome] += 1
        if outcome not in SAID.get(truth, {"unknown", "failed"}):
            faults.append(f"{name}: search {row} is {outcome} ({message}), and was {truth}.")
    faults += [f"{key} has the rows {ids}." for key, ids in rows.items() if len(ids) > 1]
    faults += _nowhere(by_name, rows)
    fates = _fates(database, by_name, ends, faults)
    return Compared(told, fates, faults)


def _nowhere(servers: Mapping[str, Server], rows: Mapping[tuple[str, int], Any]) -> Iterator[str]:
    """Commands that no row speaks of; those whose answer was lost may have one without a number."""
    for name, server in servers.items():
        for taken in server.world.taken:
            lost = server.was_lost(taken)
            if (name, taken.id) not in rows and not lost:
                yield f"{name}: no search stands for the command {taken.id}."


def _fates(
    database: Database, servers: Mapping[str, Server], ends: float, faults: list[str]
) -> Counter[tuple[str, str]]:
    counted: Counter[tuple[str, str]] = Counter()
    for name, download, arr_id, fate in database.execute_sql(GRABS).fetchall():
        server = servers[name]
        if download is None:
            counted["of an untold release", fate or "not known"] += 1
            continue
        source = server.world.grabs.get(download)
        if source != "UserInvokedSearch":
            faults.append(f"{name}: {download} counts as ours, and came by {source}.")
            continue
        event, at = server.world.fates.get(download, ("", 0.0))
        truth = EVENTS.get(event, "on its way")
        counted[truth, fate or "not known"] += 1
        is_old = bool(event) and server.since(at) < ends - FOLLOWED_WITHIN
        if (fate or is_old) and (fate or "") != truth:
            faults.append(f"{name}: the fate of item {arr_id} is {fate}, and was {truth}.")
    return counted
