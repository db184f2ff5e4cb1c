"""When a queue is due: each moment is used once, and made up for if missed."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from models.badges import Badge
from models.schedules import Schedule
from models.schedules.words import between

BADGES = {
    "waiting": Badge("unchecked", "Not started"),
    "paused": Badge("paused"),
    "scheduled": Badge("waiting", "Scheduled"),
    "stuck": Badge("failed", "No next run"),
}
# A queue whose schedule runs it sooner than this needs no retry.
CLOSEST = timedelta(minutes=15)
# The longest day has 25 hours. A clock that was set back by more is believed.
BELIEVED = timedelta(hours=26)
# A first run is agreed for the next night at most, and its hours begin at most a day later.
AGREED_AHEAD = timedelta(hours=50)


class Obstacle(NamedTuple):
    """Why a queue will not run again by itself, and what a person can do about it."""

    sentence: str
    remedy: str


class Timed:
    """The moments of a queue.

    `next_run_at` is when the schedule runs it next; None until a person has started it, and when
    the schedule has no further run.
    `retry_at` is a retry before that.
    `last_moment_at` is the end of the schedule's moments that are done with.
    """

    id: Any
    schedule_json: Any
    created_at: Any
    started_at: Any
    paused_at: Any
    next_run_at: Any
    last_moment_at: Any
    retry_at: Any
    change: Any

    @property
    def schedule(self) -> Schedule:
        return Schedule.model_validate_json(self.schedule_json)

    def when(self, zone: str) -> str:
        """The schedule in words, for a person whose clock shows `zone`."""
        plan = self.schedule
        by_the_clock = plan.kind != "every" or plan.hours
        elsewhere = f" ({plan.time_zone})" if by_the_clock and plan.time_zone != zone else ""
        return plan.words + elsewhere

    @property
    def anchor(self) -> datetime:
        """The moment that an interval schedule counts from."""
        return self.started_at or self.created_at

    @property
    def due_at(self) -> Any:
        """When the queue runs next, by its schedule or for a retry: a datetime, or None."""
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
        plan = self.schedule
        if not plan.known_zone:
            sentence = f"The time zone “{plan.time_zone}” is not known on this machine."
            return Obstacle(sentence, "Choose another time zone")
        if plan.hours:
            sentence = f"None of its runs is {between(plan)}."
            return Obstacle(sentence, "Change its schedule or its hours")
        return Obstacle("Its schedule has no next run.", "Change its schedule")

    @property
    def awaits_first(self) -> bool:
        """Whether the run that a person agreed to is still to come."""
        return self.started_at is not None and self.next_run_at == self.started_at

    def start(self, at: datetime) -> datetime:
        """Starts the queue, as a person has agreed; returns when its first run is due.

        That is at `at`, or when its hours begin.
        """
        plan = self.schedule
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
        """Resumes the queue; moments that passed during the pause are not made up for."""
        kept = self.retry_at if self.retry_at and self.retry_at > at else None
        self.change(paused_at=None, retry_at=kept)
        if self.started_at and (self.next_run_at is None or self.next_run_at <= at):
            self._go_on(at)

    def reschedule(self, at: datetime) -> None:
        """Plans the queue anew after its schedule changed; an agreed first run stays."""
        if self.started_at and not self.awaits_first:
            self._go_on(at)
            self.change(retry_at=None)

    def following(self, at: datetime) -> datetime | None:
        """The first moment after `at` that is not done with; None if there is none."""
        return self._after(self.done_with(at))

    def claim(self, at: datetime) -> bool:
        """Uses up the moment that is due; False when another caller has used it already."""
        return self._move(at, None)

    def make_up(self, at: datetime, slot: datetime) -> None:
        """Turns missed moments into one retry, at `slot` or when the queue's hours begin.

        There is no retry if the queue wants none, or if its schedule runs it about as soon.
        """
        plan, following = self.schedule, self.following(at)
        wanted = (plan.catch_up or self.awaits_first) and (plan.known_zone or not plan.hours)
        again = _opening(plan, at, slot)
        as_soon = following is not None and following < again + CLOSEST
        self._move(at, again if wanted and not as_soon else None)

    def try_again(self, at: datetime) -> None:
        """Sets a retry after a held run, unless the schedule runs the queue sooner."""
        queues: Any = type(self)
        sooner = queues.next_run_at.is_null() | (queues.next_run_at > at)
        queues.update(retry_at=at).where(queues.id == self.id, sooner).execute()

    def put_off(self, at: datetime) -> None:
        """Moves the retry to `at`, or drops it if the schedule runs the queue sooner."""
        queues: Any = type(self)
        sooner = self.next_run_at is None or self.next_run_at > at
        as_seen = (queues.id == self.id) & (queues.retry_at == self.retry_at)
        queues.update(retry_at=at if sooner else None).where(as_seen).execute()

    def plan_anew(self, at: datetime) -> None:
        """Plans the next run anew, by the clock and the rules of its time zone as they are now."""
        if self._is_ahead(at):
            self.change(last_moment_at=at, next_run_at=self._after(at), retry_at=None)
        elif self.last_moment_at is not None or self.next_run_at is None:
            following = self._after(self.last_moment_at or at)
            if following != self.next_run_at:
                self.change(next_run_at=following)

    def _move(self, at: datetime, retry_at: datetime | None) -> bool:
        """Uses up the due moment. Only one caller gets True; the others came too late."""
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
        """Plans the next run after `at`, by the schedule."""
        following = self.following(at)
        self.change(next_run_at=following, last_moment_at=self.done_with(at))

    def _after(self, moment: datetime) -> datetime | None:
        return self.schedule.following(moment, anchor=self.anchor, salt=self.id)

    def done_with(self, at: datetime) -> datetime:
        """The end of the moments that are done with; a clock set back within a day repeats none."""
        last = self.last_moment_at
        return at if last is None or last > at + BELIEVED else max(at, last)

    def _is_ahead(self, at: datetime) -> bool:
        if self.last_moment_at is None:
            return self.started_at is not None and self.started_at > at + AGREED_AHEAD
        return bool(self.last_moment_at > at + BELIEVED)


def _opening(plan: Schedule, at: datetime, slot: datetime) -> datetime:
    """The moment of a retry: `slot`, or as long after its hours begin as `slot` is after `at`."""
    begin = plan.opens_at(slot)
    later = begin + (slot - at)
    if begin == slot:
        return slot
    return later if plan.is_open(later) else begin
