"""What an instance looked like at its last sync, and the drift since."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from peewee import ForeignKeyField, IntegerField, ModelSelect, TextField, fn

from models.backlog import Item
from models.database import database
from models.eligibility import DAY, Policy
from models.fields import Table, UtcField, chunks, to_ms
from models.house import House
from models.instances import Instance
from models.judging import every, rejudge

WEEK = 7 * DAY
# Rows of one statement.
TOGETHER = 500
KINDS = {
    "profile": "quality profile",
    "tag": "tag",
    "indexer": "indexer",
    "folder": "root folder",
}


class Thing(NamedTuple):
    """A profile, tag, indexer or root folder; `fingerprint` tells a change of its content."""

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
    """Something about an instance that was not so at the sync before, as a sentence."""

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
    """Keeps the things as they are now; the sentences of what has changed, which are kept too.

    A changed profile resets the streak of its items. A new indexer may have what the others had
    not: all streaks are reset, and cooldowns end within a week, spread so that nobody is flooded.
    """
    now = {(thing.kind, thing.arr_id): thing for thing in things}
    before = {(row.kind, row.arr_id): row for row in instance.snapshots}
    changed = [now[key] for key in now if key in before and _differs(before[key], now[key])]
    new = [thing for key, thing in now.items() if before and key not in before]
    gone = [row for key, row in before.items() if key not in now]
    sentences = [
        *(f"The {KINDS[thing.kind]} “{thing.name}” was changed." for thing in changed),
        *(f"The {KINDS[thing.kind]} “{thing.name}” is new." for thing in new),
        *(f"The {KINDS[row.kind]} “{row.name}” is gone." for row in gone),
    ]
    with database.atomic():
        _keep(instance, now.values())
        for sentence in sentences:
            Drift.create(instance=instance, at=at, sentence=sentence)
        _forget_streaks(instance, [thing.arr_id for thing in changed if thing.kind == "profile"])
        if any(thing.kind == "indexer" for thing in new):
            _spread(instance, at)
    return sentences


def notice_change(
    instance: Instance, what: str, before: str | None, now: str, at: datetime
) -> None:
    """A change of its version or of its own name."""
    if before is not None and before != now:
        sentence = f"Its {what} changed from {before} to {now}."
        Drift.create(instance=instance, at=at, sentence=sentence)


def _differs(before: Snapshot, now: Thing) -> bool:
    return (before.name, before.fingerprint) != (now.name, now.fingerprint)


def _keep(instance: Instance, things: Iterable[Thing]) -> None:
    rows = [thing._asdict() | {"instance": instance} for thing in things]
    Snapshot.delete().where(Snapshot.instance == instance).execute()
    for some in chunks(rows, TOGETHER):
        Snapshot.insert_many(some).execute()


def _forget_streaks(instance: Instance, profiles: list[int]) -> None:
    if profiles:
        theirs = (Item.instance == instance) & Item.profile_id.in_(profiles)
        Item.update(streak=0).where(theirs, Item.streak > 0).execute()


def _spread(instance: Instance, at: datetime) -> None:
    now = to_ms(at)
    sooner = now + fn.ABS(fn.RANDOM() % WEEK)
    waiting = (Item.instance == instance) & (Item.streak > 0)
    Item.update(streak=0, cooldown_until=fn.MIN(Item.cooldown_until, sooner)).where(
        waiting, Item.cooldown_until > now
    ).execute()
    rejudge(every(instance.id), Policy.of(House.current()), at)
