"""The course of the backlog: how many items were wanted each day, and where that leads."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from peewee import EXCLUDED, ForeignKeyField, IntegerField, fn

from models.backlog import Tally
from models.backlog.eligibility import Reason
from models.database.fields import Table
from models.household import Household
from models.instances import Instance
from models.plan.rounds import Tallies
from models.yields.departures import Departure
from models.yields.keys import date_of, day_number, household_day

DAYS_KEPT = timedelta(days=400)
# A pace is the mean of so many days, and of no fewer than LEAST_DAYS.
PACE_DAYS = 14
LEAST_DAYS = 3
LONGEST = timedelta(days=730)
# The groups of a backlog that pages show, and the reasons in each.
GROUPS = {
    "eligible": {Reason.ELIGIBLE},
    "cooldown": {Reason.COOLDOWN, Reason.PACK, Reason.FILTERED},
    "downloading": {Reason.DOWNLOADING},
    "unreleased": {Reason.UNRELEASED},
    "excluded": {Reason.EXCLUDED},
    "unmonitored": {Reason.UNMONITORED},
}


class BacklogDay(Table):
    """How many items an instance wanted at the end of a day.

    `day` is a number such as 20260504, in the household's zone; today's row is written each hour.
    """

    instance = ForeignKeyField(Instance, backref="backlog_days", on_delete="CASCADE")
    day = IntegerField()
    items = IntegerField()

    class Meta:
        table_name = "backlog_days"
        indexes = ((("instance", "day"), True),)

    @classmethod
    def note(cls, at: datetime) -> int:
        """Writes today's rows of the instances that were synced; returns how many."""
        day = day_number(household_day(at, Household.current()))
        tallies = Tally.by_instance()
        synced = Instance.select(Instance.id).where(Instance.synced_at.is_null(False)).tuples()
        rows = [
            {"instance": number, "day": day, "items": sum(tallies.get(number, {}).values())}
            for (number,) in synced
        ]
        if rows:
            cls.insert_many(rows).on_conflict(
                conflict_target=[cls.instance, cls.day], update={cls.items: EXCLUDED.items}
            ).execute()
        return len(rows)

    @classmethod
    def forget(cls, at: datetime) -> int:
        """Deletes days older than 400 days; returns how many rows."""
        oldest = day_number(household_day(at - DAYS_KEPT, Household.current()))
        return cls.delete().where(cls.day < oldest).execute()


class Course(NamedTuple):
    """How a backlog moved, and how it would go on.

    `days` are the days noted, oldest first, each with its items.
    `items` are wanted now.
    `own` is by how many it became smaller a day in the last days; below 0 it grows, None unknown.
    """

    today: date
    days: list[tuple[date, int]]
    items: int
    own: float | None

    @property
    def change(self) -> int | None:
        """How many items it gained since the first day shown; None without one."""
        return self.items - self.days[0][1] if self.days else None

    def end(self, a_day: float | None) -> date | None:
        """The day on which nothing is left, if it shrinks by `a_day`; None for never."""
        return end_of(self.today, self.items, a_day)


def end_of(today: date, items: int, a_day: float | None) -> date | None:
    """The day on which `items` are gone at `a_day`; None for never, or not within two years."""
    if not a_day or a_day <= 0 or items / a_day > LONGEST.days:
        return None
    return today + timedelta(days=round(items / a_day))


def grouped(tallies: Tallies, instances: set[int]) -> dict[str, int]:
    """The items of these instances by group, without those that have left."""
    found = dict.fromkeys(GROUPS, 0)
    for number in instances & tallies.keys():
        for (_, reason), items in tallies[number].items():
            for group, reasons in GROUPS.items():
                found[group] += items * (reason in reasons)
    return found


def course(today: date, items: int, *, demo: bool, days: int = 30) -> Course:
    """The course of the last `days` days over all instances that are, or are not, of the demo.

    Only days on which as many instances were noted as on any other count: else it would not be the
    same backlog. `today` is of the household's zone; `items` is how many are wanted now.
    """
    first = day_number(today - timedelta(days=days))
    rows = (
        BacklogDay.select(BacklogDay.day, fn.SUM(BacklogDay.items), fn.COUNT(BacklogDay.id))
        .join(Instance)
        .where(Instance.demo == demo, BacklogDay.day.between(first, day_number(today) - 1))
        .group_by(BacklogDay.day)
        .order_by(BacklogDay.day)
    )
    noted = [(date_of(day), total, number) for day, total, number in rows.tuples()]
    most = max((number for _, _, number in noted), default=0)
    known = [(day, int(total)) for day, total, number in noted if number == most]
    return Course(today, known, items, _pace(today, known, items))


def planned(course: Course, found_a_day: float, *, demo: bool) -> float:
    """How many items the backlog loses a day if searches find `found_a_day`, and all else stays.

    What else comes and goes is the course's own pace without the finds of that time; where that
    pace is unknown, nothing else comes or goes.
    """
    if course.own is None:
        return found_a_day
    first = day_number(course.today - timedelta(days=PACE_DAYS))
    mine = Departure.select(fn.SUM(Departure.ours)).join(Instance)
    ours = mine.where(Instance.demo == demo, Departure.day >= first).scalar() or 0
    return found_a_day + course.own - ours / PACE_DAYS


def _pace(today: date, known: list[tuple[date, int]], items: int) -> float | None:
    """How many items the backlog lost a day, from the oldest of the last 14 days to now."""
    since = today - timedelta(days=PACE_DAYS)
    lately = [each for each in known if each[0] >= since]
    if not lately or (today - lately[0][0]).days < LEAST_DAYS:
        return None
    day, before = lately[0]
    return (before - items) / (today - day).days
