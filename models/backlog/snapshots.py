"""Profiles, tags, indexers and root folders as of the last sync, and their changes since."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from peewee import Case, Expression, ForeignKeyField, IntegerField, ModelSelect, TextField, fn

from models.backlog import Item
from models.backlog.eligibility import DAY_MS, Policy
from models.backlog.judging import every, rejudge
from models.database import database
from models.database.fields import Table, UtcField, to_ms
from models.instances import Instance

WEEK_MS = 7 * DAY_MS
KINDS = {
    "profile": "quality profile",
    "tag": "tag",
    "indexer": "indexer",
    "folder": "root folder",
}
TOLD_ONE_BY_ONE = 10
ONE = {"changed": "was changed", "new": "is new", "gone": "is gone"}
MANY = {"changed": "were changed", "new": "are new", "gone": "are gone"}
UPSERT = (
    "INSERT INTO snapshots (instance_id, kind, arr_id, name, fingerprint) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (instance_id, kind, arr_id) DO UPDATE "
    "SET name = excluded.name, fingerprint = excluded.fingerprint"
)
FORGET = "DELETE FROM snapshots WHERE instance_id = ? AND kind = ? AND arr_id = ?"


class Thing(NamedTuple):
    """A profile, tag, indexer or root folder; `fingerprint` changes with its content."""

    kind: str
    arr_id: int
    name: str
    fingerprint: str = ""


class Snapshot(Table):
    """A thing as it was at the last sync."""

    instance = ForeignKeyField(Instance, backref="snapshots", on_delete="CASCADE")
    kind = TextField()
    arr_id = IntegerField()
    name = TextField()
    fingerprint = TextField()

    class Meta:
        table_name = "snapshots"
        indexes = ((("instance", "kind", "arr_id"), True),)

    @classmethod
    def of(cls, instance: Instance | int, kind: str) -> "list[Snapshot]":
        mine = (cls.instance == instance) & (cls.kind == kind)
        return list(cls.select().where(mine).order_by(fn.LOWER(cls.name)))


class Drift(Table):
    """A change of an instance since the sync before, as a sentence."""

    instance = ForeignKeyField(Instance, backref="drifts", on_delete="CASCADE")
    at = UtcField()
    sentence = TextField()

    class Meta:
        table_name = "drifts"

    @classmethod
    def latest(cls, instance: Instance) -> ModelSelect:
        mine = cls.select().where(cls.instance == instance)
        return mine.order_by(cls.at.desc(), cls.id.desc()).limit(10)


def notice(instance: Instance, things: Iterable[Thing], at: datetime) -> list[str]:
    """Keeps the things as they are now; returns the sentences about changes, which are kept too.

    A changed profile resets the streaks of its items. A new indexer may have what the others
    lack: all streaks are reset, and cooldowns end within a week, spread to avoid a flood.
    """
    now = {(thing.kind, thing.arr_id): thing for thing in things}
    before = _before(instance)
    changed = [now[key] for key in now if key in before and before[key] != now[key]]
    new = [thing for key, thing in now.items() if key not in before]
    gone = [thing for key, thing in before.items() if key not in now]
    known = new if before else []
    sentences = [*_told(changed, "changed"), *_told(known, "new"), *_told(gone, "gone")]
    with database.atomic():
        _keep(instance, [*changed, *new], gone)
        for sentence in sentences:
            Drift.create(instance=instance, at=at, sentence=sentence)
        _forget_streaks(instance, [thing.arr_id for thing in changed if thing.kind == "profile"])
        if any(thing.kind == "indexer" for thing in known):
            _spread(instance, at)
    return sentences


def _told(things: list[Thing], what: str) -> Iterator[str]:
    """One sentence for each thing, or a single one where there are more than ten of a kind."""
    for kind, word in KINDS.items():
        some = [thing for thing in things if thing.kind == kind]
        if len(some) > TOLD_ONE_BY_ONE:
            yield f"{len(some):,} {word}s {MANY[what]}."
        else:
            yield from (f"The {word} “{thing.name}” {ONE[what]}." for thing in some)


def notice_change(
    instance: Instance, what: str, before: str | None, now: str, at: datetime
) -> None:
    """Keeps a change of the instance's version or of its own name."""
    if before is not None and before != now:
        sentence = f"Its {what} changed from {before} to {now}."
        Drift.create(instance=instance, at=at, sentence=sentence)


def _before(instance: Instance) -> dict[tuple[str, int], Thing]:
    columns = (Snapshot.kind, Snapshot.arr_id, Snapshot.name, Snapshot.fingerprint)
    rows = Snapshot.select(*columns).where(Snapshot.instance == instance).tuples()
    return {row[:2]: Thing(*row) for row in rows}


def _keep(instance: Instance, written: list[Thing], gone: list[Thing]) -> None:
    """Writes only the differences, as an instance may have thousands of things."""
    database.many(FORGET, [(instance.id, thing.kind, thing.arr_id) for thing in gone])
    database.many(UPSERT, [(instance.id, *thing) for thing in written])


def _forget_streaks(instance: Instance, profiles: list[int]) -> None:
    if profiles:
        theirs = (Item.instance == instance) & Item.profile_id.in_(profiles)
        Item.update(streak=0).where(theirs, Item.streak > 0).execute()


def _spread(instance: Instance, at: datetime) -> None:
    waiting = (Item.streak > 0) & (Item.cooldown_until > to_ms(at))
    end_within_a_week((Item.instance == instance) & waiting, at)
    rejudge(every(instance.id), Policy.current(), at)


def end_within_a_week(which: Expression, at: datetime) -> None:
    """Resets the streaks of these items, and ends their cooldowns within a week, one by one."""
    # The rest of a division of whole numbers: % is LIKE to peewee, and a mark to the server.
    part = Item.random_key - Item.random_key / WEEK_MS * WEEK_MS
    soon = to_ms(at) + part
    sooner = Case(None, [(Item.cooldown_until < soon, Item.cooldown_until)], soon)
    Item.update(streak=0, cooldown_until=sooner).where(which).execute()
