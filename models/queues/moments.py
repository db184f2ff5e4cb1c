"""When a queue's row is due: its moments are used once, made up for when missed, and set right."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from models.badges import Badge
from models.schedules import Schedule

BADGES = {
    "waiting": Badge("unchecked", "Not started"),
    "paused": Badge("paused"),
    "scheduled": Badge("waiting", "Scheduled"),
    "stuck": Badge("failed", "No next run"),
}
# Whatever runs sooner by its schedule needs no attempt beside it.
CLOSEST = timedelta(minutes=15)
# The longest day has 25 hours. A clock that was set back by more is believed.
BELIEVED = timedelta(hours=26)
# A first run is agreed for the next night at the most, and its hours begin within another day.
AGREED_AHEAD = timedelta(hours=50)


class Obstacle(NamedTuple):
    """Why a queue never runs again by itself, and what a person can do about it."""

    sentence: str
    remedy: str


class Timed:
    """`next_run_at` is the only schedule there is; `retry_at`, if sooner, is an attempt beside it.

    `next_run_at` is None until a person has said *start*, and while there is no moment to come. Up
    to `last_moment_at` the moments of the schedule are done with.
    """

    id: Any
    schedule: Any
    created_at: Any
    started_at: Any
    paused_at: Any
    next_run_at: Any
    last_moment_at: Any
    retry_at: Any
    change: Any

    @property
    def plan(self) -> Schedule:
        return Schedule.model_validate_json(self.schedule)

    def when(self, zone: str) -> str:
        """In words, for somebody whose clock shows `zone`."""
        plan = self.plan
        by_the_clock = plan.kind != "every" or plan.hours
        elsewhere = f" ({plan.time_zone})" if by_the_clock and plan.time_zone != zone else ""
        return plan.words + elsewhere

    @property
    def anchor(self) -> datetime:
        """Where a schedule of every so many minutes counts from."""
        return self.started_at or self.created_at

    @property
    def due_at(self) -> Any:
        """When it runs next, by its schedule or beside it: a datetime, or None."""
        return min((at for at in (self.next_run_at, self.retry_at) if at), default=None)

    @property
    def state(self) -> str:
        if self.paused_at:
            return "paused"
        if self.due_at:
            return "scheduled"
        return "stuck" if self.started_at else "waiting"

    @property
    def badge(self) -> Badge:
        return BADGES[self.state]

    @property
    def runs_by_itself(self) -> bool:
        return self.state == "scheduled"

    @property
    def obstacle(self) -> Obstacle | None:
        if self.started_at is None or self.next_run_at is not None:
            return None
        plan = self.plan
        if not plan.known_zone:
            sentence = f"The time zone “{plan.time_zone}” is not known on this machine."
            return Obstacle(sentence, "Choose another time zone")
        if plan.hours:
            sentence = f"None of its runs is between {plan.hours[0]} and {plan.hours[1]}."
            return Obstacle(sentence, "Change its schedule or its hours")
        return Obstacle("Its schedule has no run to come.", "Change its schedule")

    @property
    def awaits_first(self) -> bool:
        """The run that a person has agreed to is still to come."""
        return self.started_at is not None and self.next_run_at == self.started_at

    def start(self, at: datetime) -> datetime:
        """A person has agreed. When the first run is due: at `at`, or when its hours begin."""
        plan = self.plan
        first = plan.opens_at(at) if plan.known_zone else at
        self.change(
            started_at=self.started_at or first,
            paused_at=None,
            next_run_at=first,
            last_moment_at=None,
            retry_at=None,
        )
        return first

    def pause(self, at: datetime) -> None:
        self.change(paused_at=self.paused_at or at)

    def resume(self, at: datetime) -> None:
        """Moments that passed while it was paused are gone."""
        kept = self.retry_at if self.retry_at and self.retry_at > at else None
        self.change(paused_at=None, retry_at=kept)
        if self.started_at and (self.next_run_at is None or self.next_run_at <= at):
            self._go_on(at)

    def reschedule(self, at: datetime) -> None:
        """After a change of the schedule. A first run that was agreed to stays."""
        if self.started_at and not self.awaits_first:
            self._go_on(at)
            self.change(retry_at=None)

    def following(self, at: datetime) -> datetime | None:
        """The first moment after `at` that is not done with; None when there is none to come."""
        return self._after(self.done_with(at))

    def claim(self, at: datetime) -> bool:
        """Uses what is due, and needs no retry; False when it was no longer there to be used."""
        return self._move(at, None)

    def make_up(self, at: datetime, slot: datetime) -> None:
        """What was missed becomes one attempt, at `slot` or once its hours begin, or none.

        None where the queue wants none, and where its schedule has a moment as soon.
        """
        plan, following = self.plan, self.following(at)
        wanted = (plan.catch_up or self.awaits_first) and (plan.known_zone or not plan.hours)
        again = _opening(plan, at, slot)
        as_soon = following is not None and following < again + CLOSEST
        self._move(at, again if wanted and not as_soon else None)

    def try_again(self, at: datetime) -> None:
        """An attempt sooner than the schedule's, after a run was held."""
        queues: Any = type(self)
        sooner = queues.next_run_at.is_null() | (queues.next_run_at > at)
        queues.update(retry_at=at).where(queues.id == self.id, sooner).execute()

    def put_off(self, at: datetime) -> None:
        """The attempt beside the schedule is made later, or left to the schedule's next run."""
        queues: Any = type(self)
        sooner = self.next_run_at is None or self.next_run_at > at
        as_seen = (queues.id == self.id) & (queues.retry_at == self.retry_at)
        queues.update(retry_at=at if sooner else None).where(as_seen).execute()

    def plan_anew(self, at: datetime) -> None:
        """By the clock, and the rules of its zone, as they are now."""
        if self._is_ahead(at):
            self.change(last_moment_at=at, next_run_at=self._after(at), retry_at=None)
        elif self.last_moment_at is not None or self.next_run_at is None:
            following = self._after(self.last_moment_at or at)
            if following != self.next_run_at:
                self.change(next_run_at=following)

    def _move(self, at: datetime, retry_at: datetime | None) -> bool:
        """Of several that saw it due, one."""
        queues: Any = type(self)
        values = {"retry_at": retry_at}
        if self.next_run_at and self.next_run_at <= at:
            values |= {"next_run_at": self.following(at), "last_moment_at": self.done_with(at)}
        mine = (queues.id == self.id) & queues.paused_at.is_null()
        as_seen = (queues.next_run_at == self.next_run_at) & (queues.retry_at == self.retry_at)
        moved = queues.update(**values).where(mine, as_seen).execute()
        if moved:
            for name, value in values.items():
                setattr(self, name, value)
        return bool(moved)

    def _go_on(self, at: datetime) -> None:
        """From here, by the schedule."""
        following = self.following(at)
        self.change(next_run_at=following, last_moment_at=self.done_with(at))

    def _after(self, moment: datetime) -> datetime | None:
        return self.plan.following(moment, anchor=self.anchor, salt=self.id)

    def done_with(self, at: datetime) -> datetime:
        """A clock set back by less than a day runs no moment again."""
        last = self.last_moment_at
        return at if last is None or last > at + BELIEVED else max(at, last)

    def _is_ahead(self, at: datetime) -> bool:
        if self.last_moment_at is None:
            return self.started_at is not None and self.started_at > at + AGREED_AHEAD
        return bool(self.last_moment_at > at + BELIEVED)


def _opening(plan: Schedule, at: datetime, slot: datetime) -> datetime:
    """`slot`, or as long after its hours begin as `slot` is after `at`."""
    begin = plan.opens_at(slot)
    later = begin + (slot - at)
    if begin == slot:
        return slot
    return later if plan.is_open(later) else begin
