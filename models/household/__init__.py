"""The settings of the whole household, in one row."""

import hashlib
import hmac
import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

from peewee import SQL, IntegerField, TextField

from models.database.fields import SealedField, Table, UtcField
from models.household.fixed import fixed
from models.schedules.zones import zone_of, zone_or_utc


class Household(Table):
    """The settings of the household, with polite defaults; days and hours are whole numbers.

    `fresh_...` are the cooldowns of an item that came out less than `fresh_days` ago: in its first
    two days, in the next two, and after that.
    `held_at` is since when everything is on hold.
    `backup_rhythm` is daily or weekly, and `backup_time` a time of the day such as 03:10.
    `backup_old_since` is since when the latest backup counts as old.
    """

    time_zone = TextField(default="UTC")
    pepper = SealedField("pepper")
    held_at = UtcField(null=True)
    hourly_budget = IntegerField(default=20)
    daily_budget = IntegerField(default=400)
    missing_cooldown_days = IntegerField(default=7)
    upgrade_cooldown_days = IntegerField(default=14)
    fresh_days = IntegerField(default=14)
    fresh_first_hours = IntegerField(default=6)
    fresh_second_hours = IntegerField(default=12)
    fresh_later_hours = IntegerField(default=24)
    longest_cooldown_days = IntegerField(default=60)
    failed_cooldown_days = IntegerField(default=1)
    grace_hours = IntegerField(default=6)
    created_at = UtcField()
    history_days = IntegerField(default=365)
    audit_days = IntegerField(default=365)
    log_level = TextField(default="info", constraints=[SQL("DEFAULT 'info'")])
    backup_rhythm = TextField(default="daily", constraints=[SQL("DEFAULT 'daily'")])
    backup_time = TextField(default="03:10", constraints=[SQL("DEFAULT '03:10'")])
    backups_daily = IntegerField(default=7, constraints=[SQL("DEFAULT 7")])
    backups_weekly = IntegerField(default=4, constraints=[SQL("DEFAULT 4")])
    backups_monthly = IntegerField(default=6, constraints=[SQL("DEFAULT 6")])
    backup_old_since = UtcField(null=True)

    class Meta:
        table_name = "settings"

    @classmethod
    def current(cls) -> "Household":
        """The settings that hold: those of the row, but for what is fixed from outside."""
        row: Household = cls.get_by_id(1)
        row.__data__.update((name, each.value) for name, each in fixed().items())
        return row

    @classmethod
    def found(cls, at: datetime) -> "Household":
        """The row, created on the first start."""
        row = cls.get_or_none(id=1)
        return row or cls.create(id=1, pepper=secrets.token_hex(32), created_at=at)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone at home; UTC if this system does not know it."""
        return zone_or_utc(self.time_zone)

    def hour_of(self, at: datetime) -> int | None:
        """The hour of the day at home, 0 to 23; None if the time zone is no longer known."""
        zone = zone_of(self.time_zone)
        return at.astimezone(zone).hour if zone else None

    def peppered(self, password: str) -> bytes:
        """What is hashed instead of a password; it is useless without the master secret."""
        key = bytes.fromhex(self.pepper.reveal())
        return hmac.digest(key, password.encode(), hashlib.sha256)
