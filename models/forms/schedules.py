"""The fields of a queue's form that say when it runs."""

import re
from functools import cache
from itertools import chain, zip_longest
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from models.database.fields import now
from models.forms import Draft, Fields, Form, Line, Printable, Trimmed
from models.forms.people import zones
from models.schedules import Schedule
from models.schedules.cron import Cron
from models.schedules.faults import NO_TIME, faults_of
from models.schedules.hours import DAY_MINUTES
from models.schedules.terms import LONGEST_JITTER
from models.schedules.zones import zone_of

MINUTES = {"minutes": 1, "hours": 60, "days": DAY_MINUTES}
FIELDS_OF = {
    "every": {"every", "unit"},
    "daily": {"times"},
    "weekly": {"times", "weekdays"},
    "cron": {"cron"},
}
OF_A_KIND = set[str]().union(*FIELDS_OF.values())
USUAL_TIMES, USUAL_CRON = "03:00", "0 3 * * *"
MOST_TIMES = 96
TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")
ONE_OF_TWO = "Fill in both, or leave both empty."
# The fields of each window of the allowed hours.
WINDOWS = tuple(
    (f"hours_from{number}", f"hours_until{number}") for number in ("", "_2", "_3", "_4")
)
NO_ZONE = "Choose a time zone from the list."


def clock_time(text: str) -> str:
    """A time of day as "03:00"."""
    if text.replace(".", ":") == "24:00":
        raise ValueError("24:00 is not a time of day; midnight is 00:00.")
    found = TIME.fullmatch(text)
    if not found:
        raise ValueError(f"“{text[:20]}” is not a time of day. For example: 03:00, 15:00.")
    return f"{int(found[1]):02}:{found[2]}"


def _times(text: str) -> str:
    """Times of day, each once and in order, as "03:00, 15:00"."""
    typed = [each for each in re.split(r"[\s,;]+", text) if each]
    if not typed:
        raise ValueError(NO_TIME)
    if len(typed) > MOST_TIMES:
        raise ValueError(f"Write at most {MOST_TIMES} times.")
    return ", ".join(sorted({clock_time(each) for each in typed}))


def _cron(text: str) -> str:
    """The cron expression in plain form. Raises CronFault."""
    return Cron.read(text).text


def _zone(name: str) -> str:
    if zone_of(name) is None or name not in _offered():
        unknown = f"“{name[:40]}” is not known on this machine. " if name else ""
        raise ValueError(unknown + NO_ZONE)
    return name


@cache
def _offered() -> frozenset[str]:
    """Zones that people can choose; the system's folder holds others, such as posixrules."""
    return frozenset(chain.from_iterable(zones().values()))


def _one_line(text: Any) -> Any:
    """A text pasted from a page, with plain spaces."""
    return re.sub(r"[\t\u00a0\u2009\u202f]", " ", text) if isinstance(text, str) else text


def _time_or_nothing(text: str) -> str:
    return clock_time(text) if text else ""


Short = Annotated[str, BeforeValidator(_one_line), Trimmed(max_length=800), Printable]
Hour = Annotated[Line, AfterValidator(_time_or_nothing)]
End = Annotated[Hour, Field(validate_default=True)]


class ScheduleForm(Form):
    """A schedule; fields that belong to another kind than the chosen one are ignored."""

    kind: Literal["every", "daily", "weekly", "cron"] = "every"
    every: Annotated[int, Field(ge=1, le=1000)] = 2
    unit: Literal["minutes", "hours", "days"] = "hours"
    times: Annotated[Short, AfterValidator(_times)] = USUAL_TIMES
    weekdays: Annotated[list[Annotated[int, Field(ge=0, le=6)]], Field(default_factory=list)]
    cron: Annotated[Short, AfterValidator(_cron)] = USUAL_CRON
    time_zone: Annotated[Line, AfterValidator(_zone)]
    hours_from: Hour = ""
    hours_until: End = ""
    hours_from_2: Hour = ""
    hours_until_2: End = ""
    hours_from_3: Hour = ""
    hours_until_3: End = ""
    hours_from_4: Hour = ""
    hours_until_4: End = ""
    jitter_minutes: Annotated[int, Field(ge=0, le=LONGEST_JITTER)] = 0
    catch_up: bool = False

    @property
    def schedule(self) -> Schedule:
        said: dict[str, Any] = {
            "every": {"every_minutes": self.every * MINUTES[self.unit]},
            "daily": {"times": tuple(self.times.split(", "))},
            "weekly": {
                "times": tuple(self.times.split(", ")),
                "weekdays": tuple(sorted(set(self.weekdays))),
            },
            "cron": {"cron": self.cron},
        }
        return Schedule(
            kind=self.kind,
            time_zone=self.time_zone,
            hours=tuple(self._windows.values()),
            jitter_minutes=self.jitter_minutes,
            catch_up=self.catch_up,
            **said[self.kind],
        )

    @property
    def _windows(self) -> dict[str, tuple[str, str]]:
        """The windows that are filled in, by the field of their begin."""
        typed = {begin: (getattr(self, begin), getattr(self, end)) for begin, end in WINDOWS}
        return {begin: window for begin, window in typed.items() if window[0]}

    @classmethod
    def read(cls, fields: Fields) -> Draft[Self]:
        """Reads the form; a fault of the whole schedule is said beside one of its fields."""
        draft = super().read(fields)
        if draft.is_good:
            begins = list(draft.form._windows)
            for name, sentence in faults_of(draft.form.schedule, now()).items():
                field, _, number = name.partition(" ")
                draft.refuse(begins[int(number or 0)] if field == "hours" else name, sentence)
        return draft

    @classmethod
    def filled(cls, schedule: Schedule) -> dict[str, object]:
        """The values that the form would have for this schedule."""
        every, unit = in_units(schedule.every_minutes)
        return {
            "kind": schedule.kind,
            "every": every,
            "unit": unit,
            "times": ", ".join(schedule.times) or USUAL_TIMES,
            "weekdays": list(schedule.weekdays),
            "cron": schedule.cron or USUAL_CRON,
            "time_zone": schedule.time_zone,
            **_typed_windows(schedule),
            "jitter_minutes": schedule.jitter_minutes,
            "catch_up": schedule.catch_up,
        }

    @model_validator(mode="before")
    @classmethod
    def _only_its_kind(cls, values: dict[str, Any]) -> dict[str, Any]:
        own = FIELDS_OF.get(values.get("kind", "every"), OF_A_KIND)
        return {name: value for name, value in values.items() if name not in OF_A_KIND - own}

    @field_validator(*(end for _, end in WINDOWS))
    @classmethod
    def _both_or_none(cls, until: str, others: ValidationInfo) -> str:
        begin = (others.field_name or "").replace("until", "from")
        if bool(until) != bool(others.data.get(begin, until)):
            raise ValueError(ONE_OF_TWO)
        return until


def _typed_windows(schedule: Schedule) -> dict[str, str]:
    """The fields of the windows, filled from the first on."""
    found: dict[str, str] = {}
    for names, window in zip_longest(WINDOWS, schedule.hours, fillvalue=("", "")):
        found |= dict(zip(names, window, strict=True))
    return found


def in_units(minutes: int) -> tuple[int, str]:
    """The number and its largest whole unit: 120 minutes are 2 hours."""
    for unit, size in reversed(MINUTES.items()):
        if minutes % size == 0:
            return minutes // size, unit
    raise AssertionError("every number of minutes is whole in minutes")
