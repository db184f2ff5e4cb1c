"""Webhooks of instances: addresses to which they send what happens there, as hints to look.

A hint says that something may have changed, and never what: nothing of what is sent is believed.
"""

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple, Self

from peewee import ForeignKeyField, TextField

from models.database import database
from models.database.fields import Table, UtcField
from models.database.hashes import hash_of
from models.instances import Instance

# Where instances send to, before the secret part of the address.
BELOW = "/hooks/"
TOPIC = "hooks"
# `heard_at` and `strange_at` are up to a minute old, so that a flood of events writes little.
HEARD_EVERY = timedelta(minutes=1)
# After so long without any, webhooks do not arrive any more.
LOST_AFTER = timedelta(hours=26)
# After so long without any, the instance is asked to send its test.
QUIET_AFTER = timedelta(hours=20)
# Hints are followed at most so often; lists only if they were not just read.
FOLLOW_EVERY = timedelta(minutes=1)
READ_SINCE = timedelta(minutes=10)


class HookHint(NamedTuple):
    """What an event is a hint to look at.

    `lists`: the wanted lists and the history. `state`: health, downloads and disks.
    `is_strange`: it tells of things that another application has.
    """

    lists: bool = False
    state: bool = False
    is_strange: bool = False


class Hook(Table):
    """The webhook of an instance. Only the instance has its address: the row holds a hash.

    `address` is where the instance reaches this program, if the connection was created there; None
    where a person enters the address there.
    `heard_at` is when the last event came, `strange_at` the last one of another application.
    `lists_at` and `state_at` are since when a hint waits to be followed; None without one.
    `followed_at` is when hints were last followed.
    `health_at` is when the health was last asked for, which is regular while events come.
    `proved_at` is when the instance was last asked to send its test; `fault` says why it did not.
    """

    instance = ForeignKeyField(Instance, backref="hooks", unique=True, on_delete="CASCADE")
    token_hash = TextField(unique=True)
    address = TextField(null=True)
    created_at = UtcField()
    heard_at = UtcField(null=True)
    strange_at = UtcField(null=True)
    lists_at = UtcField(null=True)
    state_at = UtcField(null=True)
    followed_at = UtcField(null=True)
    health_at = UtcField(null=True)
    proved_at = UtcField(null=True)
    fault = TextField(null=True)

    class Meta:
        table_name = "hooks"

    @classmethod
    def of(cls, instance: Instance) -> Self | None:
        found: Self | None = cls.get_or_none(instance=instance)
        return found

    @classmethod
    def by_instance(cls) -> dict[int, Self]:
        return {row.instance_id: row for row in cls.select()}

    @classmethod
    def renew(cls, instance: Instance, address: str | None, at: datetime) -> tuple[Self, str]:
        """Makes a secret, in place of an earlier one; returns the row and the secret."""
        token = secrets.token_urlsafe(32)
        cls.delete().where(cls.instance == instance).execute()
        told = {"token_hash": hash_of(token), "address": address, "created_at": at}
        return cls.create(instance=instance, **told), token

    def take_back(self, before: Self | None) -> None:
        """Undoes `renew`, unless somebody has renewed or removed it since."""
        if self.delete_instance() and before is not None:
            before.save(force_insert=True)

    @classmethod
    def with_token(cls, token: str) -> Self | None:
        """The row with its instance; None for a secret that is not known, or not any more."""
        rows = cls.select(cls, Instance).join(Instance)
        found: Self | None = rows.where(cls.token_hash == hash_of(token)).first()
        return found

    def hear(self, hint: HookHint, at: datetime) -> None:
        """Notes an event, in one small write or none; whoever follows hints is told."""
        kind = "strange_at" if hint.is_strange else "heard_at"
        news = {kind: at} if _is_old(getattr(self, kind), HEARD_EVERY, at) else {}
        asked = {} if hint.is_strange else {"lists_at": hint.lists, "state_at": hint.state}
        hints = {name: at for name, is_one in asked.items() if is_one and not getattr(self, name)}
        if news or hints:
            database.if_writable(self._note, news=news | hints, tell=bool(hints))

    def _note(self, news: dict[str, datetime], tell: bool) -> None:
        self.change(**news)
        if tell:
            database.notify(TOPIC)

    def arrives(self, at: datetime) -> bool:
        """Whether webhooks come, so that the instance is asked less often."""
        return self.heard_at is not None and not _is_old(self.heard_at, LOST_AFTER, at)

    def is_proof_due(self, at: datetime) -> bool:
        """Whether a test is to show that webhooks still come; some must have come before."""
        quiet = self.heard_at is not None and _is_old(self.heard_at, QUIET_AFTER, at)
        return quiet and _is_old(self.proved_at, QUIET_AFTER, at)

    def is_health_due(self, every: timedelta, at: datetime) -> bool:
        return self.arrives(at) and _is_old(self.health_at, every, at)

    def waits(self, instance: Instance, at: datetime) -> bool:
        """Whether a hint is to be followed now."""
        if not _is_old(self.followed_at, FOLLOW_EVERY, at):
            return False
        return bool(self.state_at or self._reads_lists(instance, at))

    def take(self, instance: Instance, at: datetime) -> HookHint:
        """The hints to follow now; what comes from now on is another one."""
        row = Hook.get_or_none(id=self.id)
        if row is None:
            return HookHint()
        found = HookHint(lists=row._reads_lists(instance, at), state=bool(row.state_at))
        taken = {"lists_at": None} if found.lists else {}
        self.change(followed_at=at, state_at=None, **taken)
        return found

    def _reads_lists(self, instance: Instance, at: datetime) -> bool:
        return bool(self.lists_at) and _is_old(instance.synced_at, READ_SINCE, at)


def _is_old(moment: datetime | None, age: timedelta, at: datetime) -> bool:
    """Whether it is so long ago, or never was; one in the future is of a clock that was wrong."""
    return moment is None or abs(at - moment) >= age
