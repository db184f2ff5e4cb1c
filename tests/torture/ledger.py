"""Checks the rows after each kill, and rows and servers at the end."""

import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from models.database import Database
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring

# All cooldowns are longer than any torture, so that a second search is always one too many.
SEARCHES = "SELECT id, state, outcome, command_id, cost, kind, instance_id FROM searches"
COVERED = """
    SELECT link.search_id, item.arr_id, item.series_id, item.season
    FROM search_items AS link JOIN items AS item ON item.id = link.item_id
"""


class Row(NamedTuple):
    id: int
    state: str
    outcome: str | None
    command_id: int | None
    cost: int
    kind: str
    instance_id: int


class Ledger:
    """`violations` are sentences; `rows` the searches as they were when last seen."""

    def __init__(self, path: Path, keyring: Keyring, scratch: Path) -> None:
        self.path = path
        self.keyring = keyring
        self.scratch = scratch
        self.rows: dict[int, Row] = {}
        self.in_flight = self.stops = 0
        self.violations: list[str] = []

    def expect(self, good: bool, otherwise: str) -> None:
        if not good:
            self.violations.append(otherwise)

    def after_kill(self) -> None:
        """Looks at a copy, so that the program itself has to recover the real file."""
        for suffix in ("", "-wal"):
            source = self.path.with_name(self.path.name + suffix)
            copy = self.scratch / source.name
            copy.unlink(missing_ok=True)
            if source.exists():
                shutil.copy(source, copy)
        opened = self._open(self.scratch / self.path.name)
        self._compare(opened)
        self.in_flight += any(row.state != "done" for row in self.rows.values())
        opened.close_all()

    def after_stop(self, is_graceful: bool) -> None:
        """Looks at the file itself, in which nothing may be left open."""
        self.expect(is_graceful, "a graceful stop ended with another code.")
        opened = self._open(self.path)
        self._compare(opened)
        active = opened.execute_sql("SELECT count(*) FROM runs WHERE state = 'active'").fetchone()
        self.expect(active[0] == 0, f"{active[0]} runs were left active by a graceful stop.")
        opened.close_all()
        self.stops += 1

    def at_the_end(self, log: Path) -> dict[str, Any]:
        """After a graceful stop; the figures."""
        opened = self._open(self.path)
        self._compare(opened)
        self._check_files(opened)
        active = opened.execute_sql("SELECT count(*) FROM runs WHERE state = 'active'").fetchone()
        self.expect(active[0] == 0, f"{active[0]} runs were left active.")
        for row in self.rows.values():
            self.expect(row.state == "done", f"search {row.id} was left {row.state}.")
        commands = [json.loads(line) for line in log.read_text().splitlines()]
        self._check_commands(opened, commands)
        runs = opened.execute_sql("SELECT state, count(*) FROM runs GROUP BY state").fetchall()
        opened.close_all()
        return {
            "commands taken by the servers": len(commands),
            "searches": len(self.rows),
            "seasons": sum(row.kind == "season" for row in self.rows.values()),
            "outcomes": dict(Counter(row.outcome for row in self.rows.values())),
            "runs": dict(runs),
            "kills with a search in flight": self.in_flight,
            "stops by SIGTERM under load": self.stops,
        }

    def _open(self, path: Path) -> Database:
        opened = EmbeddedDatabase(path, self.keyring)
        opened.open()
        return opened

    def _compare(self, opened: Database) -> None:
        """Checks that no row that was seen has gone or gone back."""
        found = {row[0]: Row(*row) for row in opened.execute_sql(SEARCHES).fetchall()}
        for row in self.rows.values():
            after = found.get(row.id)
            if after is None:
                self.violations.append(f"search {row.id}, seen {row.state}, was lost.")
                continue
            kept = row.command_id in (None, after.command_id)
            settled = row.state != "done" or after == row
            self.expect(kept and settled, f"search {row.id} went from {row} to {after}.")
        self.rows = found

    def _check_files(self, opened: Database) -> None:
        for pragma, good in (
            ("integrity_check", [("ok",)]),
            ("cipher_integrity_check", []),
            ("foreign_key_check", []),
        ):
            answer = opened.execute_sql(f"PRAGMA {pragma}").fetchall()
            self.expect(answer == good, f"{pragma} says {answer}.")

    def _check_commands(self, opened: Database, commands: Iterable[dict[str, Any]]) -> None:
        """Each command has its row, and no item was searched twice, by itself or in a season."""
        covered, announced = self._announced(opened)
        times: dict[tuple[int, int], list[float]] = defaultdict(list)
        for command in commands:
            wish = _wish(command)
            row_ids = announced.get((command["instance"], wish))
            self.expect(bool(row_ids), f"no search stands for the command {command}.")
            single = wish if len(wish) == 1 else ()
            for arr_id in covered[row_ids.pop(0)] if row_ids else single:
                times[command["instance"], arr_id].append(command["at"])
        for (instance, arr_id), moments in times.items():
            sentence = f"item {arr_id} of instance {instance} was searched at {moments}."
            self.expect(len(moments) == 1, sentence)

    def _announced(
        self, opened: Database
    ) -> tuple[dict[int, list[int]], dict[tuple[int, tuple[int, ...]], list[int]]]:
        """The *arr ids that each search covers, and the searches by what they asked for."""
        covered: dict[int, list[int]] = defaultdict(list)
        announced: dict[tuple[int, tuple[int, ...]], list[int]] = defaultdict(list)
        for search_id, arr_id, series_id, season in opened.execute_sql(COVERED).fetchall():
            row = self.rows[search_id]
            wish = (series_id, season) if row.kind == "season" else (arr_id,)
            if not covered[search_id] and row.cost:
                announced[row.instance_id, wish].append(search_id)
            covered[search_id].append(arr_id)
        return covered, announced


def _wish(command: dict[str, Any]) -> tuple[int, ...]:
    """A season, or a single item."""
    if command["name"] == "SeasonSearch":
        return command["seriesId"], command["seasonNumber"]
    return tuple(command.get("episodeIds") or command["movieIds"])
