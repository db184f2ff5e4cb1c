"""Instances: the Sonarr and Radarr servers that we talk to."""

from collections.abc import Container, Iterable
from datetime import datetime
from typing import TypeAlias
from urllib.parse import quote

from peewee import (
    SQL,
    BigIntegerField,
    BooleanField,
    ForeignKeyField,
    IntegerField,
    ModelSelect,
    TextField,
)

from models.applications import WANTS, application_named
from models.badges import Badge
from models.database.fields import NamedField, SealedField, Table, UtcField

Doubts: TypeAlias = "list[WantedList]"


class Instance(Table):
    """A server that we talk to.

    `fault` is the sentence that keeps it from being searched; None while it may be searched.
    `faulty_since` is when that fault, the first of its faults, began (`models.instances.faults`).
    `last_error` is the sentence of its latest fault, which stays after it works again.
    `followed_at` is when its history was last read for the fates of grabs.
    `history_at` is up to when it was read, by the instance's own clock.
    `clock_ahead_ms` is how much that clock is ahead of ours.
    `full_disk` is the path of a root folder with too little room.
    `lost_folder` is the path of one that the instance cannot open.
    `unmeasured_folder` is the path of one whose free room is unknown.
    `tight_folder` is the path of one with the least free room, `tight_free` in bytes.
    """

    name = TextField()
    key = TextField(unique=True)
    application = NamedField(application_named)
    demo = BooleanField(default=False)
    url = TextField()
    browser_url = TextField(null=True)
    api_key = SealedField("api-key")
    verify_tls = BooleanField(default=True)
    http2 = BooleanField(default=False, constraints=[SQL("DEFAULT FALSE")])
    proxy_name = SealedField("proxy", null=True)
    proxy_password = SealedField("proxy", null=True)
    proxy_headers = SealedField("proxy", null=True)
    hourly_budget = IntegerField(default=10)
    daily_budget = IntegerField(default=100)
    spacing_seconds = IntegerField(default=30)
    download_limit = IntegerField(default=20)
    free_space_gb = IntegerField(default=10)
    created_at = UtcField()
    disabled_at = UtcField(null=True)

    version = TextField(null=True)
    instance_name = TextField(null=True)
    checked_at = UtcField(null=True)
    fault_code = TextField(null=True)
    fault = TextField(null=True)
    faulty_since = UtcField(null=True)
    last_error = TextField(null=True)
    last_error_at = UtcField(null=True)
    retry_at = UtcField(null=True)
    clock_ahead_ms = BigIntegerField(default=0)

    conditions_at = UtcField(null=True)
    no_indexer = TextField(null=True)
    downloads = IntegerField(null=True)
    full_disk = TextField(null=True)
    lost_folder = TextField(null=True)
    unmeasured_folder = TextField(null=True)
    tight_folder = TextField(null=True)
    tight_free = BigIntegerField(null=True)

    syncing_since = UtcField(null=True)
    sync_read = IntegerField(default=0)
    sync_total = IntegerField(default=0)
    sync_note = TextField(default="")
    synced_at = UtcField(null=True)
    looked_at = UtcField(null=True)

    history_at = UtcField(null=True)
    followed_at = UtcField(null=True)

    class Meta:
        table_name = "instances"

    @classmethod
    def enabled(cls) -> ModelSelect:
        return cls.select().where(cls.disabled_at.is_null())

    @classmethod
    def by_name(cls) -> ModelSelect:
        return cls.select().order_by(cls.demo, cls.key)

    @property
    def label(self) -> str:
        return self.application.label

    @property
    def link_base(self) -> str | None:
        """The address for a browser; None for a demo, which has no pages of its own."""
        return None if self.demo else (self.browser_url or self.url)

    @property
    def state(self) -> str:
        if self.disabled_at:
            return "disabled"
        if self.fault:
            return "faulty"
        return "connected" if self.checked_at else "new"

    @property
    def badge(self) -> Badge:
        if self.disabled_at:
            return Badge("disabled", "Switched off")
        if self.syncing_since:
            return Badge("active", "Syncing")
        if self.fault:
            return Badge("unreachable", "Not working")
        return Badge("reachable") if self.synced_at else Badge("unchecked", "Not synced yet")

    @property
    def lacks_key(self) -> bool:
        """Whether its key is still to be typed in, as after an import of settings."""
        return not self.demo and not self.api_key.reveal()

    @property
    def is_there(self) -> bool:
        """Whether the row still exists."""
        return Instance.select().where(Instance.id == self.id).exists()

    def reread(self) -> None:
        """Reads the row again, as others may have changed it; a deleted one stays as it was."""
        if row := Instance.get_or_none(id=self.id):
            self.__data__.update(row.__data__)

    def met(self, *, version: str, instance_name: str, clock_ahead_ms: int, at: datetime) -> None:
        """Writes what a good answer to a probe told."""
        self.reread()
        self.change(
            version=version,
            instance_name=instance_name,
            clock_ahead_ms=clock_ahead_ms,
            checked_at=at,
        )

    def page_of(self, slug: str) -> str | None:
        """The address of an item's page in the application's own interface."""
        if self.link_base is None or not slug:
            return None
        return f"{self.link_base}/{self.application.page}/{quote(slug)}"


class WantedList(Table):
    """What an instance last said of one of its wanted lists.

    `total` is how many records it counted.
    `whole` is True if the last reading held them all, and each could be read.
    `again_at` is when a second reading decides about items that the last one did not hold.
    `doubted_at` is since when it is in doubt, having lost most of its `doubted_from` items; the
    second reading ends that.
    """

    instance = ForeignKeyField(Instance, backref="lists", on_delete="CASCADE")
    want = TextField()
    total = IntegerField(default=0)
    looked_at = UtcField(null=True)
    synced_at = UtcField(null=True)
    whole = BooleanField(default=True, constraints=[SQL("DEFAULT TRUE")])
    again_at = UtcField(null=True)
    doubted_at = UtcField(null=True)
    doubted_from = IntegerField(null=True)

    class Meta:
        table_name = "wanted_lists"
        indexes = ((("instance", "want"), True),)

    @classmethod
    def of(cls, instance: Instance, want: str) -> "WantedList":
        row, _ = cls.get_or_create(instance=instance, want=want)
        return row

    @classmethod
    def doubted(cls) -> Doubts:
        """The lists in doubt of all instances."""
        rows = cls.select(cls, Instance).join(Instance).where(cls.doubted_at.is_null(False))
        return list(rows.order_by(cls.id))

    @classmethod
    def due_again(cls, now: datetime) -> set[int]:
        """The ids of instances whose second reading is due."""
        return {row.instance_id for row in cls.select(cls.instance).where(cls.again_at <= now)}

    @classmethod
    def doubts(cls, instances: Iterable[Instance], wants: Container[str] = WANTS) -> Doubts:
        """The lists in doubt of these instances."""
        ids = {instance.id for instance in instances}
        return [row for row in cls.doubted() if row.instance_id in ids and row.want in wants]

    @property
    def name(self) -> str:
        """The list in words, as in "the list of missing episodes"."""
        items = self.instance.application.kind.names
        return f"missing {items}" if self.want == "missing" else f"{items} below the cutoff"

    @property
    def doubt(self) -> str:
        """The sentence about a list in doubt."""
        return (
            f"{self.instance.name}'s list of {self.name} fell from {self.doubted_from} to"
            f" {self.total}. None of its items is searched until a second sync agrees."
        )
