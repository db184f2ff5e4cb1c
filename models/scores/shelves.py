"""How far the scan of an instance's scores has come: its rounds, and the shelves of each."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from peewee import SQL, BigIntegerField, ForeignKeyField, IntegerField, TextField

from models.database import database
from models.database.fields import Table, UtcField
from models.instances import Instance
from models.queues import Queue
from models.scores import FileScore
from models.scores.profiles import ScoreProfile

ROUNDS_APART = timedelta(days=1)
NONE_YET = SQL("DEFAULT 0")
# 80 rows with their facts block the loop for a few milliseconds.
CHUNK = 80
# The id, title, profile and facts of a shelf.
Known = tuple[int, str, int, str]
UPSERT = (
    "INSERT INTO score_shelves (instance_id, arr_id, title, profile_id, facts, round)"
    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (instance_id, arr_id) DO UPDATE SET"
    " title = excluded.title, profile_id = excluded.profile_id, facts = excluded.facts,"
    " round = excluded.round"
)


class ScoreShelf(Table):
    """A series or movie whose files are asked for their scores together.

    `facts` is what the client knows it by, as JSON.
    `round` is the last round that it was listed for.
    """

    instance = ForeignKeyField(Instance, backref="shelves", on_delete="CASCADE", index=False)
    arr_id = IntegerField()
    title = TextField()
    profile_id = IntegerField()
    facts = TextField()
    round = IntegerField()

    class Meta:
        table_name = "score_shelves"
        indexes = ((("instance", "arr_id"), True),)

    @classmethod
    def keep(cls, instance: Instance, number: int, shelves: Iterable[Known]) -> None:
        """Keeps the id, title, profile and facts of shelves that a round will ask for."""
        with database.atomic():
            database.many(UPSERT, [(instance.id, *shelf, number) for shelf in shelves])

    @classmethod
    def following(cls, instance: Instance, cursor: int, number: int) -> "list[ScoreShelf]":
        """The next shelves after the cursor."""
        mine = cls.select().where(cls.instance == instance, cls.arr_id > cursor)
        return list(mine.order_by(cls.arr_id).limit(number))

    @classmethod
    def profiles_of(cls, instance: Instance, arr_ids: Iterable[int]) -> dict[int, int]:
        """The profiles of these series or movies, by their *arr ids."""
        mine = (cls.instance == instance) & cls.arr_id.in_(list(arr_ids))
        return dict(cls.select(cls.arr_id, cls.profile_id).where(mine).tuples())

    @classmethod
    def drop(cls, instance: Instance, before: int) -> int:
        """Deletes some shelves of earlier rounds with their scores; returns how many."""
        old = cls.select(cls.arr_id).where(cls.instance == instance, cls.round < before)
        ids = [arr_id for (arr_id,) in old.limit(CHUNK).tuples()]
        with database.atomic():
            theirs = (FileScore.instance == instance) & FileScore.shelf.in_(ids)
            FileScore.delete().where(theirs).execute()
            cls.delete().where(cls.instance == instance, cls.arr_id.in_(ids)).execute()
        return len(ids)


class ScoreScan(Table):
    """The scan of one instance.

    `round` numbers its rounds; one is under way between `began_at` and `ended_at`.
    `cursor` is the *arr id of the last shelf that was asked.
    `shelves`, `asked`, `requests` and `bytes` (of JSON) are those of this round.
    `fault` is the sentence about the last request, where it failed.
    `grabs_until` is when the history was read last, so that older grabs are counted.
    """

    instance = ForeignKeyField(Instance, backref="scans", on_delete="CASCADE", unique=True)
    round = IntegerField(default=0, constraints=[NONE_YET])
    began_at = UtcField(null=True)
    ended_at = UtcField(null=True)
    looked_at = UtcField(null=True)
    cursor = IntegerField(default=0, constraints=[NONE_YET])
    shelves = IntegerField(default=0, constraints=[NONE_YET])
    asked = IntegerField(default=0, constraints=[NONE_YET])
    requests = IntegerField(default=0, constraints=[NONE_YET])
    bytes = BigIntegerField(default=0, constraints=[NONE_YET])
    fault = TextField(null=True)
    grabs_until = UtcField(null=True)

    class Meta:
        table_name = "score_scans"

    @classmethod
    def of(cls, instance: Instance) -> "ScoreScan":
        row, _ = cls.get_or_create(instance=instance)
        return row

    @classmethod
    def hasten(cls, instance: Instance) -> None:
        """Lets the next round begin at once, as scores count otherwise; one under way goes on."""
        mine = (cls.instance == instance) & cls.ended_at.is_null(False)
        cls.update(began_at=None).where(mine).execute()

    @property
    def is_under_way(self) -> bool:
        return self.began_at is not None and self.ended_at is None

    def is_due(self, at: datetime) -> bool:
        """Whether a new round may begin; also when the clock was set back since."""
        if self.is_under_way:
            return False
        return self.began_at is None or not self.began_at <= at < self.began_at + ROUNDS_APART

    def begin(self, number: int, shelves: int, size: int, at: datetime) -> None:
        """Begins a round, whose list took one request of `size` bytes."""
        told = {"round": number, "shelves": shelves, "requests": 1, "bytes": size}
        none = {"cursor": 0, "asked": 0, "ended_at": None, "fault": None}
        self.change(**told, **none, began_at=at, looked_at=at)

    def went_on(self, cursor: int, asked: int, size: int, at: datetime, fault: str | None) -> None:
        """Writes that the shelves up to the cursor were asked, with one request."""
        self.change(
            cursor=cursor,
            asked=self.asked + asked,
            requests=self.requests + 1,
            bytes=self.bytes + size,
            looked_at=at,
            fault=fault,
        )


def are_unread(queue: Queue) -> bool:
    """Whether the queue takes scores, and an instance of it has not been scanned as a whole yet."""
    if "score" not in queue.wants:
        return False
    is_over = (ScoreScan.round > 1) | ScoreScan.ended_at.is_null(False)
    over = ScoreScan.select(ScoreScan.instance).where(is_over)
    scanned = (ScoreProfile.upgrades) & (ScoreProfile.cutoff_score > 0)
    mine = ScoreProfile.instance.in_([each.id for each in queue.instances])
    return ScoreProfile.select().where(mine, scanned, ScoreProfile.instance.not_in(over)).exists()
