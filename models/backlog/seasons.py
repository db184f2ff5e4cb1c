"""Seasons of series: what a pack would cover, and how the last search of one went."""

from collections.abc import Iterable

from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from models.database import database
from models.database.fields import Table
from models.instances import Instance

UPSERT = (
    "INSERT INTO seasons (instance_id, series_id, number, monitored_episodes, ended) "
    "VALUES (?, ?, ?, ?, ?) ON CONFLICT (instance_id, series_id, number) DO UPDATE "
    "SET monitored_episodes = excluded.monitored_episodes, ended = excluded.ended "
    "WHERE seasons.monitored_episodes <> excluded.monitored_episodes "
    "OR seasons.ended <> excluded.ended"
)


class Season(Table):
    """A season of a series on an instance.

    `monitored_episodes` is how many of its episodes are monitored.
    `last_kind` is pack or episode: the kind of the last search here that brought nothing.
    """

    instance = ForeignKeyField(Instance, backref="seasons", on_delete="CASCADE")
    series_id = IntegerField()
    number = IntegerField()
    monitored_episodes = IntegerField(default=0)
    ended = BooleanField(default=False)
    last_kind = TextField(null=True)

    class Meta:
        table_name = "seasons"
        indexes = ((("instance", "series_id", "number"), True),)


def keep_seasons(instance: Instance, facts: Iterable[tuple[int, int, int, bool]]) -> None:
    """Keeps the seasons that a sync read.

    Each of `facts` is the series id, the number, the monitored episodes and whether it has ended.
    """
    rows = [(instance.id, *each) for each in facts]
    with database.atomic():
        database.many(UPSERT, rows)
