"""Grabs: releases that our searches brought, each followed until it is imported or fails."""

from datetime import datetime
from typing import Self

from peewee import ForeignKeyField, IntegerField, ModelSelect, TextField

from models.database.fields import Table, UtcField, from_ms
from models.instances import Instance
from models.searches import Search, fates


class Grab(Table):
    """A release that a search brought for one item; a season pack has one row for each episode.

    `grabbed_at` and `fate_at` are the instance's moments, corrected to our clock.
    """

    search = ForeignKeyField(Search, backref="grabs", on_delete="CASCADE")
    instance = ForeignKeyField(
        Instance, backref="grabs", null=True, on_delete="SET NULL", index=False
    )
    arr_id = IntegerField()
    download_id = TextField(null=True)
    release = TextField()
    indexer = TextField()
    grabbed_at = UtcField()
    fate = TextField(null=True)
    fate_at = UtcField(null=True)

    class Meta:
        table_name = "grabs"
        indexes = (
            (("instance", "arr_id"), False),
            (("instance", "grabbed_at"), False),
        )

    @classmethod
    def keep(
        cls,
        search: Search,
        instance: Instance,
        *,
        arr_id: int,
        download_id: str | None,
        release: str,
        indexer: str,
        at: int,
    ) -> Self:
        """Keeps a grab from the history; `at` is in epoch ms of the instance's clock.

        The next reading of the history begins no later than `at`: its fate may be there already.
        """
        if instance.history_at is None or instance.history_at > from_ms(at):
            instance.change(history_at=from_ms(at))
        return cls.create(
            search=search,
            instance=instance,
            arr_id=arr_id,
            download_id=download_id,
            release=release,
            indexer=indexer,
            grabbed_at=from_ms(at - instance.clock_ahead_ms),
        )

    @classmethod
    def followed(cls, instance: Instance, now: datetime) -> ModelSelect:
        """Grabs that may still be imported, oldest first."""
        since = now - fates.FOLLOWED_FOR
        young = cls.select().where(cls.instance == instance, cls.grabbed_at > since)
        not_imported = cls.fate.is_null() | (cls.fate != "imported")
        return young.where(not_imported).order_by(cls.grabbed_at)

    @classmethod
    def is_look_due(cls, instance: Instance, now: datetime) -> bool:
        """Whether a look at the history is due; young open grabs need frequent looks."""
        newest = (
            cls.followed(instance, now)
            .where(cls.fate.is_null())
            .order_by(cls.grabbed_at.desc())
            .first()
        )
        if newest is None:
            return False
        wait = fates.pause(now - newest.grabbed_at)
        looked = instance.followed_at
        return wait is not None and (looked is None or not now - wait < looked <= now)
