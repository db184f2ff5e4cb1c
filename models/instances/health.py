"""Health: how instances answered, counted by the half hour from requests that are sent anyway."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from peewee import EXCLUDED, SQL, Expression, ForeignKeyField, IntegerField, fn

from models.database import database
from models.database.fields import EPOCH, MILLISECOND, Table, UtcField, from_ms, to_ms
from models.database.selects import how_many
from models.instances import Instance

HALF_HOUR = timedelta(minutes=30)
ONE_DAY = timedelta(days=1)
KEPT_FOR = timedelta(days=30)
# An answer that took longer is slow.
SLOW_SECONDS = 5.0
# A half hour is slow when one request of so many was slow or stayed without an answer.
ONE_OF = 20


class Answers(NamedTuple):
    """How requests were answered.

    `answered` counts all answers, refusals and the `slow` ones included.
    `silent` counts requests without an answer.
    `waited` is how long all answers took together, in milliseconds.
    """

    answered: int = 0
    slow: int = 0
    silent: int = 0
    waited: int = 0

    def plus(self, other: "Answers") -> "Answers":
        return Answers(*(one + more for one, more in zip(self, other, strict=True)))


class Stretch(NamedTuple):
    """How an instance answered from `at` on, for a half hour or a day.

    `state` is good, slow (also where some requests had no answer), silent, or none if nothing was
    asked.
    """

    at: datetime
    state: str = "none"
    answers: Answers = Answers()

    @property
    def mean_ms(self) -> int | None:
        """How long an answer took, in milliseconds; None without answers."""
        return mean_ms(self.answers)


class Streak(NamedTuple):
    """Neighbouring stretches of one state; `first` counts them from 0, `last` included."""

    state: str
    stretches: list[Stretch]
    first: int

    @property
    def last(self) -> int:
        return self.first + len(self.stretches) - 1

    @property
    def answers(self) -> Answers:
        return whole(self.stretches)

    @property
    def mean_ms(self) -> int | None:
        return mean_ms(self.answers)


class HalfHour(Table):
    """How an instance answered in the half hour from `at` on; the columns are those of Answers."""

    instance = ForeignKeyField(Instance, backref="health", on_delete="CASCADE", index=False)
    at = UtcField()
    answered = IntegerField(default=0)
    slow = IntegerField(default=0)
    silent = IntegerField(default=0)
    waited = IntegerField(default=0)

    class Meta:
        table_name = "health"
        indexes = ((("instance", "at"), True),)

    @classmethod
    def add(cls, counts: Mapping[tuple[int, datetime], Answers]) -> None:
        """Adds counts by instance id and half hour, except those of deleted instances.

        The rows go in one order, so that two replicas never wait for each other.
        """
        asked = {instance for instance, _ in counts}
        left = Instance.select(Instance.id).where(Instance.id.in_(asked)).tuples()
        there = {instance for (instance,) in left}
        rows = [
            {"instance": instance, "at": at, **answers._asdict()}
            for (instance, at), answers in sorted(counts.items())
            if instance in there
        ]
        if rows:
            sums = {name: getattr(cls, name) + getattr(EXCLUDED, name) for name in Answers._fields}
            added = cls.insert_many(rows)
            added.on_conflict(conflict_target=[cls.instance, cls.at], update=sums).execute()

    @classmethod
    def forget(cls, at: datetime) -> int:
        """Deletes half hours older than 30 days; returns how many."""
        return cls.delete().where(cls.at < at - KEPT_FOR).execute()


def half_hour(at: datetime) -> datetime:
    """The start of its half hour, in UTC."""
    return at - (at - EPOCH) % HALF_HOUR


def health_of(
    instances: Iterable[Instance], since: datetime, until: datetime, step: timedelta = HALF_HOUR
) -> dict[int, list[Stretch]]:
    """For each instance id, its stretches of one `step` each, oldest first, in one query.

    `since` and `until` are whole half hours. A stretch of several half hours is silent if half of
    those with requests were silent, and slow if one was, or one in twenty was slow.
    """
    ids = [each.id for each in instances]
    starts = [since + place * step for place in range((until - since) // step)]
    found = {number: [Stretch(at) for at in starts] for number in ids}
    place = (HalfHour.at - to_ms(since)) / (step // MILLISECOND)
    rows = (
        HalfHour.select(HalfHour.instance, place.alias("place"), *_sums())
        .where(HalfHour.instance.in_(ids), HalfHour.at >= since, HalfHour.at < starts[-1] + step)
        .group_by(HalfHour.instance, SQL("place"))
    )
    # Rows as the driver gives them, as the dashboard reads a thousand of them.
    for number, nth, *sums, halves, mute, rough in database.execute(rows).fetchall():
        is_rough = mute or ONE_OF * rough >= halves
        state = "silent" if 2 * mute >= halves else "slow" if is_rough else "good"
        found[number][nth] = Stretch(starts[nth], state, Answers(*map(int, sums)))
    return found


def last_day(instances: Iterable[Instance], now: datetime) -> dict[int, list[Stretch]]:
    """The last 48 half hours by instance id; the latest is the present one."""
    until = half_hour(now) + HALF_HOUR
    return health_of(instances, until - ONE_DAY, until)


def last_month(
    instances: Iterable[Instance], now: datetime, zone: tzinfo
) -> dict[int, list[Stretch]]:
    """The last 30 days by instance id, from midnight in this zone on; the latest is today.

    Each has 24 hours, so that days before a change of the clock begin an hour off.
    """
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    until = half_hour(from_ms(to_ms(today))) + ONE_DAY
    return health_of(instances, until - KEPT_FOR, until, ONE_DAY)


def whole(stretches: Iterable[Stretch]) -> Answers:
    """The answers of all stretches together."""
    columns = zip(*(each.answers for each in stretches), strict=True)
    return Answers(*map(sum, columns))


def mean_ms(answers: Answers) -> int | None:
    """How long an answer took, in milliseconds; None without answers."""
    return answers.waited // answers.answered if answers.answered else None


def streaks(stretches: Iterable[Stretch]) -> list[Streak]:
    """Neighbours of one state together, as a strip of bars names them: far fewer than bars."""
    found: list[Streak] = []
    for place, each in enumerate(stretches):
        if found and found[-1].state == each.state:
            found[-1].stretches.append(each)
        else:
            found.append(Streak(each.state, [each], place))
    return found


def _sums() -> list[Expression]:
    """Sums of the figures, and how many half hours there were, how many silent, how many rough."""
    asked = HalfHour.answered + HalfHour.silent
    mute = how_many(2 * HalfHour.silent >= asked)
    rough = how_many(ONE_OF * (HalfHour.slow + HalfHour.silent) >= asked)
    figures = [fn.SUM(getattr(HalfHour, name)) for name in Answers._fields]
    return [*figures, fn.COUNT(HalfHour.id), mute, rough]
