"""Targets: where notifications go, what each of them is told, and how it fares."""

import json
from collections.abc import Collection
from datetime import datetime, timedelta, tzinfo
from typing import Any

from peewee import SQL, BooleanField, IntegerField, ModelSelect, TextField

from models.badges import Badge
from models.database.fields import SealedField, Table, UtcField
from models.household import Household

# A target counts as dead after so many messages in a row that did not get through.
MOST_FAILURES = 3


class NoticeTarget(Table):
    """Where messages go.

    `kind` is a key of `models.notifications.kinds.KINDS`, and `settings` a JSON object of the
    fields of that kind.
    `at_once` and `digest` are JSON lists of events, `instances` of ids; no id stands for all
    instances but those of the demo library.
    `says_titles`: whether a message may name titles and releases.
    `digest_hour`, `quiet_from` and `quiet_to` are hours of the day at home, 0 to 23.
    `gap_seconds` is the least time between two messages, and `waits_until` when the next may go.
    `failures` counts messages in a row that did not get through.
    `dead_at` is since when nothing is sent to it any more, and `fault` says why.
    """

    name = TextField()
    key = TextField(unique=True)
    kind = TextField()
    settings = SealedField("notification")
    at_once = TextField(default="[]")
    digest = TextField(default="[]")
    instances = TextField(default="[]")
    says_titles = BooleanField(default=True)
    digest_hour = IntegerField(default=8)
    quiet_from = IntegerField(null=True)
    quiet_to = IntegerField(null=True)
    gap_seconds = IntegerField(default=30)
    created_at = UtcField()
    disabled_at = UtcField(null=True)
    waits_until = UtcField(null=True)
    failures = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
    dead_at = UtcField(null=True)
    fault = TextField(null=True)
    sent_at = UtcField(null=True)

    class Meta:
        table_name = "targets"

    @classmethod
    def by_name(cls) -> ModelSelect:
        return cls.select().order_by(cls.key)

    @classmethod
    def told(cls) -> ModelSelect:
        """Targets that are told what happens; the dead ones too, as they may be well again."""
        return cls.select().where(cls.disabled_at.is_null()).order_by(cls.id)

    @classmethod
    def living(cls, at: datetime) -> "list[NoticeTarget]":
        """Targets that may be sent something now."""
        free = cls.waits_until.is_null() | (cls.waits_until <= at)
        zone = Household.current().zone
        rows = cls.told().where(cls.dead_at.is_null(), free)
        return [row for row in rows if not row.is_quiet(at, zone)]

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of its kind, with their secrets."""
        found: dict[str, Any] = json.loads(self.settings.reveal())
        return found

    @property
    def badge(self) -> Badge:
        if self.disabled_at:
            return Badge("disabled", "Off")
        if self.dead_at:
            return Badge("unreachable", "Not working")
        return Badge("reachable", "Working") if self.sent_at else Badge("unchecked", "Nothing sent")

    @property
    def chosen(self) -> list[int]:
        """The ids of its instances, also of deleted ones; [] for all there are."""
        found: list[int] = json.loads(self.instances)
        return found

    @property
    def is_for_all(self) -> bool:
        return not self.chosen

    def wants(self, event: str, instance: int | None, demos: Collection[int]) -> str | None:
        """`at_once` or `digest`, as it wants to be told of an event there; None for not at all."""
        chosen = self.chosen
        if instance is not None and (instance in demos if not chosen else instance not in chosen):
            return None
        for when in ("at_once", "digest"):
            if event in json.loads(getattr(self, when)):
                return when
        return None

    def is_quiet(self, at: datetime, zone: tzinfo) -> bool:
        """Whether it is night there: from `quiet_from` until `quiet_to`, by the wall clock."""
        begin, end = self.quiet_from, self.quiet_to
        if begin is None or end is None or begin == end:
            return False
        hour = at.astimezone(zone).hour
        return begin <= hour < end if begin < end else hour >= begin or hour < end

    def next_digest(self, at: datetime, zone: tzinfo) -> datetime:
        """The first moment after `at` at which the clock at home shows its hour."""
        here = at.astimezone(zone)
        due = here.replace(hour=self.digest_hour, minute=0, second=0, microsecond=0, fold=0)
        while due.astimezone(at.tzinfo) <= at:
            due += timedelta(days=1)
        return due.astimezone(at.tzinfo)

    def got_through(self, at: datetime, gap: timedelta) -> None:
        self.change(sent_at=at, failures=0, waits_until=at + gap)

    def failed(self, sentence: str, at: datetime, *, for_good: bool) -> None:
        """Counts a message that did not get through; `for_good` if no other one would."""
        self.change(failures=self.failures + 1)
        if for_good or self.failures >= MOST_FAILURES:
            self.change(dead_at=at, fault=sentence)

    def revive(self, at: datetime) -> None:
        """A test message got through, so what waits is sent."""
        self.change(dead_at=None, fault=None, sent_at=at, failures=0, waits_until=None)
