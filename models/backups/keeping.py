"""Which scheduled backups are kept: the latest of some days, weeks and months."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.backups import Backup, BackupFolder
from models.household import Household

HEADINGS = {
    "day": "Days",
    "week": "Weeks",
    "month": "Months",
    "by-hand": "Made by hand",
    "before-update": "Before updates",
    "before-restore": "Before restores",
}


class KeepingRule(NamedTuple):
    """How many days, weeks and months have a backup, by the calendar of a time zone."""

    daily: int
    weekly: int
    monthly: int
    zone: ZoneInfo

    @classmethod
    def of(cls, household: Household) -> "KeepingRule":
        numbers = household.backups_daily, household.backups_weekly, household.backups_monthly
        return cls(*numbers, household.zone)


def kept_as(backups: Iterable[Backup], rule: KeepingRule) -> dict[Backup, str]:
    """The scheduled backups that are kept, each as that of a day, week or month.

    `backups` begin with the latest. A week or month whose latest backup is kept already is not
    counted again.
    """
    scheduled = [each for each in backups if each.cause == "scheduled"]
    kept: dict[Backup, str] = {}
    for kind, number, period_of in (
        ("day", rule.daily, _day),
        ("week", rule.weekly, _week),
        ("month", rule.monthly, _month),
    ):
        kept |= dict.fromkeys(_latest_of_each(scheduled, kept, number, period_of, rule.zone), kind)
    return kept


def shelves(backups: Iterable[Backup], rule: KeepingRule) -> list[tuple[str, list[Backup]]]:
    """The backups under headings, each list with the latest first; empty ones are left out.

    What is not kept longer stands with the days, until the next backup is made.
    """
    everything = list(backups)
    kept = kept_as(everything, rule)
    found: dict[str, list[Backup]] = {heading: [] for heading in HEADINGS.values()}
    for backup in everything:
        kind = kept.get(backup, "day") if backup.cause == "scheduled" else backup.cause
        found[HEADINGS[kind]].append(backup)
    return [(heading, there) for heading, there in found.items() if there]


def forget(folder: BackupFolder, rule: KeepingRule) -> int:
    """Deletes the scheduled backups that are not kept; returns how many."""
    backups = folder.all()
    kept = kept_as(backups, rule)
    gone = [each for each in backups if each.cause == "scheduled" and each not in kept]
    for backup in gone:
        backup.path.unlink(missing_ok=True)
    return len(gone)


def _latest_of_each(
    backups: list[Backup],
    kept: dict[Backup, str],
    number: int,
    period_of: Callable[[date], object],
    zone: ZoneInfo,
) -> list[Backup]:
    seen: set[object] = set()
    found: list[Backup] = []
    for backup in backups:
        period = period_of(backup.made_at.astimezone(zone).date())
        if len(found) == number:
            break
        if period not in seen and backup not in kept:
            found.append(backup)
        seen.add(period)
    return found


def _day(day: date) -> object:
    return day


def _week(day: date) -> object:
    return day.isocalendar()[:2]


def _month(day: date) -> object:
    return day.year, day.month
