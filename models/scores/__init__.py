"""Custom-format scores of files, as the scan last read them, and how they changed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from peewee import SQL, BooleanField, ForeignKeyField, IntegerField, TextField

from models import happenings
from models.database import database
from models.database.fields import Table, UtcField, to_ms
from models.instances import Instance

UPSERT = (
    "INSERT INTO file_scores"
    " (instance_id, arr_id, shelf, file_id, profile_id, score, below_quality)"
    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (instance_id, arr_id) DO UPDATE SET"
    " shelf = excluded.shelf, file_id = excluded.file_id, profile_id = excluded.profile_id,"
    " score = excluded.score, below_quality = excluded.below_quality, is_stale = FALSE"
)
NOTE = (
    "INSERT INTO score_changes (instance_id, arr_id, title, at, score_before, score_after)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
FORGET = "DELETE FROM file_scores WHERE instance_id = ? AND arr_id = ?"


class ScoreReading(NamedTuple):
    """A file as it was read; `arr_id` is its item's, `shelf` its series' or movie's."""

    arr_id: int
    shelf: int
    file_id: int
    profile_id: int
    score: int
    below_quality: bool


class FileScore(Table):
    """The score of an item's file under its profile.

    `shelf` is the *arr id of the series or movie that it was asked with.
    `below_quality` is whether its quality is below the cutoff, so that its wanted list has it.
    `is_stale` is True until the file is read again after its profile's scores have changed.
    """

    instance = ForeignKeyField(Instance, backref="file_scores", on_delete="CASCADE", index=False)
    arr_id = IntegerField()
    shelf = IntegerField()
    file_id = IntegerField()
    profile_id = IntegerField()
    score = IntegerField()
    below_quality = BooleanField()
    is_stale = BooleanField(default=False, constraints=[SQL("DEFAULT FALSE")])

    class Meta:
        table_name = "file_scores"
        indexes = (
            (("instance", "arr_id"), True),
            (("instance", "shelf"), False),
        )

    @classmethod
    def of(cls, instance: Instance | int, arr_id: int) -> "FileScore | None":
        return cls.get_or_none(cls.instance == instance, cls.arr_id == arr_id)


class ScoreChange(Table):
    """An item's file was replaced by another one: the scores of both."""

    instance = ForeignKeyField(Instance, backref="score_changes", on_delete="CASCADE")
    arr_id = IntegerField()
    title = TextField()
    at = UtcField()
    score_before = IntegerField()
    score_after = IntegerField()

    class Meta:
        table_name = "score_changes"
        indexes = (
            (("instance", "at"), False),
            (("instance", "arr_id"), False),
        )

    @classmethod
    def latest(cls, instance: Instance, number: int = 10) -> "list[ScoreChange]":
        mine = cls.select().where(cls.instance == instance)
        return list(mine.order_by(cls.at.desc(), cls.id.desc()).limit(number))

    @classmethod
    def of_item(cls, instance: Instance | int, arr_id: int) -> "list[ScoreChange]":
        """The last changes of one item, newest first."""
        mine = cls.select().where(cls.instance == instance, cls.arr_id == arr_id)
        return list(mine.order_by(cls.id.desc()).limit(10))

    @classmethod
    def forget(cls, before: datetime) -> int:
        return cls.delete().where(cls.at < before).execute()

    @property
    def gain(self) -> int:
        return self.score_after - self.score_before


def keep(
    instance: Instance,
    shelves: Sequence[int],
    readings: Iterable[tuple[ScoreReading, str]],
    at: datetime,
    *,
    is_whole: bool,
) -> int:
    """Writes what was read of these shelves, in one transaction; returns how many rows changed.

    Each reading comes with its item's title. `is_whole` says that what was not read is gone.
    """
    columns = [getattr(FileScore, each) for each in (*ScoreReading._fields, "is_stale")]
    theirs = (FileScore.instance == instance) & FileScore.shelf.in_(list(shelves))
    rows = list(FileScore.select(*columns).where(theirs).tuples())
    before = {row[0]: ScoreReading(*row[:-1]) for row in rows}
    stale = {row[0] for row in rows if row[-1]}
    written, notes, met = [], [], set[int]()
    for reading, title in readings:
        known = before.get(reading.arr_id)
        met.add(reading.arr_id)
        if known == reading and reading.arr_id not in stale:
            continue
        written.append((instance.id, *reading))
        if known and known.file_id != reading.file_id and known.profile_id == reading.profile_id:
            scores = (known.score, reading.score)
            notes.append((instance.id, reading.arr_id, title, to_ms(at), *scores))
    gone = before.keys() - met if is_whole else set()
    with database.atomic():
        database.many(UPSERT, written)
        database.many(NOTE, notes)
        for _, _, title, _, low, high in notes:
            if high > low:
                told: happenings.Details = {"title": title, "before": low, "after": high}
                happenings.note("score-improved", at, told, instance=instance.id)
        database.many(FORGET, [(instance.id, arr_id) for arr_id in gone])
    return len(written) + len(gone)
