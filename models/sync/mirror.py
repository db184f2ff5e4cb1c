"""Makes a backlog follow its instance's wanted lists: chunks come in, leavers go out."""

import random
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from models.backlog import Entry, Item, tags
from models.backlog.eligibility import Facts, Policy, Reason, decide, early_at
from models.backlog.exclusions import Exclusions
from models.database import database
from models.database.fields import from_ms, to_ms
from models.instances import Instance
from models.sync.item_rows import COLUMNS, LEARNT, LISTED, MUTABLE, UPSERT, known_among
from models.sync.replaced import Numbers
from models.yields import departures

# 250 rows block the loop for 25 ms when their commit meets a checkpoint.
CHUNK = 80
WALKED = 500
# No item has as many; a chunk with more would block the loop too long.
MOST_TAGS = 250
COOLDOWN = (Item.searched_at, Item.cooldown_until, Item.streak)
NAMES = tuple(field.name for field in COOLDOWN)


class AfterReading(NamedTuple):
    """An item of a wanted list after a sync; `unseen_at` is as the sync before left it."""

    id: int
    is_met: bool
    unseen_at: datetime | None


class Mirror:
    """An instance's backlog during a sync; `seen` are the *arr ids met so far."""

    def __init__(self, instance: Instance, policy: Policy, at: datetime) -> None:
        self.instance = instance
        self.policy = policy
        self.at = to_ms(at)
        self.exclusions = Exclusions(instance.id)
        self.seen: set[int] = set()
        self.numbers = Numbers()
        self._cooling: dict[tuple[int, str], dict[str, Any]] | None = None

    def take(self, entries: list[Entry]) -> int:
        """Writes what is new or changed in a chunk, in one transaction; returns how many items.

        A lastSearchTime by the server's clock is converted to ours.
        """
        self.seen.update(entry.arr_id for entry in entries)
        known = self._known(entries)
        self.numbers.meet(entries, known)
        rows = [row for entry in entries if (row := self._row(entry, known.get(entry.arr_id)))]
        linked = tags.linked(self.instance, [entry.arr_id for entry in entries])
        wanted = {entry.arr_id: set(entry.tags[:MOST_TAGS]) for entry in entries}
        changed = {arr_id for arr_id, own in wanted.items() if own != linked.get(arr_id, set())}
        if rows or changed:
            with database.atomic():
                changed |= self._retire_renumbered(rows, known)
                database.many(UPSERT, rows)
                tags.link(self.instance, {arr_id: wanted[arr_id] for arr_id in changed})
        return len(changed.union(row[1] for row in rows))

    def walk(self, want: str) -> Iterator[list[AfterReading]]:
        """The items of one list after a sync, a part of the backlog at a time.

        Wants are compared here: if SQLite did it, it would sort the whole backlog each time.
        """
        rows = (
            Item.select(Item.arr_id, Item.id, Item.want, Item.left_at, Item.unseen_at)
            .where(Item.instance == self.instance)
            .order_by(Item.arr_id)
            .limit(WALKED)
            .tuples()
        )
        last = -1
        while walked := list(rows.where(Item.arr_id > last)):
            last = walked[-1][0]
            yield [
                AfterReading(item_id, arr_id in self.seen, unseen_at)
                for arr_id, item_id, its_want, left_at, unseen_at in walked
                if its_want == want and left_at is None
            ]

    def miss(self, ids: list[int]) -> None:
        """Marks items that this sync is the first to miss."""
        Item.update(unseen_at=self.at).where(Item.id.in_(ids)).execute()

    def meet(self, ids: list[int]) -> None:
        """Marks items that are on the list again."""
        Item.update(unseen_at=None).where(Item.id.in_(ids)).execute()

    def leave(self, ids: list[int]) -> None:
        if not ids:
            return
        with database.atomic():
            ours = departures.count(self.instance, ids, from_ms(self.at))
            gone = self._gone() | {"brought": Item.id.in_(ours)}
            Item.update(gone).where(Item.id.in_(ids)).execute()

    def _known(self, entries: list[Entry]) -> dict[int, dict[str, Any]]:
        if not entries:
            return {}
        ids = (entry.arr_id for entry in entries)
        rows = database.rows(known_among(len(entries)), (self.instance.id, *ids))
        return {row[0]: dict(zip(MUTABLE, row[1:], strict=True)) for row in rows}

    def _row(self, entry: Entry, known: dict[str, Any] | None) -> tuple[Any, ...] | None:
        """The whole row to write; None if nothing in it would change."""
        listed = self._listed(entry, known)
        if known is None or _renumbered(known, listed):
            learnt = dict.fromkeys(LEARNT) | {"streak": 0, "downloading": False}
            learnt |= self._cooldown_of(entry)
        else:
            learnt = {name: known[name] for name in LEARNT}
            learnt |= {"unseen_at": None, "left_at": None, "brought": None}
            if known["want"] != entry.want:
                learnt |= {"cooldown_until": None, "streak": 0}
        excluded = self.exclusions.until(entry.arr_id, entry.series_id, entry.season)
        learnt["excluded_until"] = excluded
        row = listed | learnt | self._decided(listed, learnt, known)
        if row == known:
            return None
        values = (row[name] for name in MUTABLE)
        return (self.instance.id, entry.arr_id, *values, self.at, 0, random.getrandbits(31))

    def _cooldown_of(self, entry: Entry) -> dict[str, Any]:
        """The cooldown that the item had under another id, for a database that was renumbered."""
        if self._cooling is None:
            found = Item.select(Item.external_id, Item.want, *COOLDOWN).where(
                Item.instance == self.instance, Item.reason == Reason.COOLDOWN
            )
            rows = database.execute(found).fetchall()
            self._cooling = {row[:2]: dict(zip(NAMES, row[2:], strict=True)) for row in rows}
        return self._cooling.get((entry.external_id or 0, entry.want), {})

    def _decided(
        self, listed: dict[str, Any], learnt: dict[str, Any], known: dict[str, Any] | None
    ) -> dict[str, Any]:
        facts = Facts.of(listed | learnt)
        reason, until = decide(facts, self.policy, self.at)
        early = early_at(facts, self.policy, self.at)
        same = known is not None and known["reason"] == reason
        since = known["reason_at"] if known is not None and same else self.at
        decided = {"reason": int(reason), "reason_at": since}
        return decided | {"eligible_at": until, "early_at": early}

    def _listed(self, entry: Entry, known: dict[str, Any] | None) -> dict[str, Any]:
        searched, told = self._searched(entry.arr_searched_at, known)
        ours = {
            "kind": self.instance.application.kind.name,
            "available": entry.available,
            "monitored": entry.monitored,
            "arr_searched_at": searched,
            "arr_searched_told": told,
        }
        return {name: ours[name] if name in ours else getattr(entry, name) for name in LISTED}

    def _searched(
        self, told: int | None, known: dict[str, Any] | None
    ) -> tuple[int | None, int | None]:
        """The lastSearchTime by our clock, and the original where that is in the future.

        A future time counts as now when it first arrives, and keeps that value.
        """
        if told is None:
            return None, None
        searched = told - self.instance.clock_ahead_ms
        if searched <= self.at:
            return searched, None
        if known is not None and known["arr_searched_told"] == told:
            return known["arr_searched_at"], told
        return self.at, told

    def _retire_renumbered(self, rows: list[tuple[Any, ...]], known: dict[int, Any]) -> set[int]:
        """Takes the id from rows whose id now means another item, as after a restored database.

        Returns the *arr ids that are free for new rows.
        """
        external = COLUMNS.index("external_id")
        ids = [
            row[1]
            for row in rows
            if row[1] in known and _other(known[row[1]]["external_id"], row[external])
        ]
        if ids:
            theirs = (Item.instance == self.instance) & Item.arr_id.in_(ids)
            Item.update(self._gone() | {"arr_id": Item.id * -1}).where(theirs).execute()
        return set(ids)

    def _gone(self) -> dict[str, Any]:
        left = {"left_at": self.at, "unseen_at": None, "reason": Reason.LEFT}
        return left | {"reason_at": self.at, "eligible_at": None, "early_at": None}


def _renumbered(known: dict[str, Any], listed: dict[str, Any]) -> bool:
    return _other(known["external_id"], listed["external_id"])


def _other(before: int | None, after: int | None) -> bool:
    return bool(before and after and before != after)
