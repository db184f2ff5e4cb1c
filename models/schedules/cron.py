"""Cron expressions of five fields; cronsim reads them and lists the days, we apply the clock.

cronsim, like Debian's cron, keeps expressions with a star in the minute or hour in elapsed time
over a change of the clock: `*/30 * * * *` runs twice in the doubled hour, `0 3 * * *` once. Here
all run once, so cronsim gets naive days only.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple, Self

from cronsim import CronSim, CronSimError

from models.schedules.cron_words import in_words

EXAMPLE = "For example, 0 3 * * 1-5 is 03:00 from Monday to Friday."
FIELDS = ("minute", "hour", "day of the month", "month", "day of the week")
BOUNDS = (
    "minutes go from 0 to 59",
    "hours go from 0 to 23",
    "days go from 1 to 31, and L is the last one",
    "months go from 1 to 12, or JAN to DEC",
    "days of the week go from 0 to 7, where 0 and 7 are Sunday, or SUN to SAT",
)
SIZES = (60, 24, 31, 12, 7)
NAMES = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC SUN MON TUE WED THU FRI SAT"
MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
LONGEST = 100


class CronFault(ValueError):
    """An expression that cannot be used; its text is a sentence for the person who wrote it."""


class Cron(NamedTuple):
    """An expression as minutes of the day and a rule for days."""

    text: str
    times: tuple[int, ...]
    day_rule: str

    @classmethod
    @lru_cache(maxsize=256)
    def read(cls, text: str) -> Self:
        """Reads an expression. Raises CronFault."""
        fields = text.split()
        _refuse_form(text, fields)
        for number, field in enumerate(fields):
            _refuse_field(number, field)
        try:
            read = CronSim(" ".join(fields), datetime(2000, 1, 1))
        except CronSimError:
            raise CronFault(
                f"No month has such a day: {fields[2]} in {fields[3]}. {EXAMPLE}"
            ) from None
        times = [hour * 60 + minute for hour in read.hours for minute in read.minutes]
        return cls(" ".join(fields), tuple(sorted(times)), " ".join(["0", "0", *fields[2:]]))

    @property
    def words(self) -> str:
        """The expression in words: "At 03:00 on Monday through Friday"."""
        return in_words(self.text, self.times)

    def days(self, since: date, until: date) -> Iterator[date]:
        """The days from `since` on and before `until`."""
        start = datetime(since.year, since.month, since.day) - timedelta(minutes=1)
        for moment in CronSim(self.day_rule, start):
            if moment.date() >= until:
                return
            yield moment.date()


def _refuse_form(text: str, fields: list[str]) -> None:
    if len(text) > LONGEST:
        raise CronFault(f"Use at most {LONGEST} characters. {EXAMPLE}")
    if not fields:
        raise CronFault(f"Write five fields. {EXAMPLE}")
    if fields[0].startswith("@"):
        same = MACROS.get(text.strip().lower())
        instead = f" The same as {text.strip()} is {same}." if same else ""
        raise CronFault(
            f"Names like @daily are not known here: write five fields.{instead or ' ' + EXAMPLE}"
        )
    if len(fields) == 6:
        raise CronFault(f"That is six fields: leave out the seconds. {EXAMPLE}")
    if len(fields) != 5:
        raise CronFault(
            f"Write five fields ({', '.join(FIELDS)}); there {_are(len(fields))}. {EXAMPLE}"
        )


def _are(count: int) -> str:
    return "is 1" if count == 1 else f"are {count}"


def _refuse_field(number: int, field: str) -> None:
    """Reads one field alone, so that the sentence can name it."""
    alone = ["0", "0", "*", "*", "*"]
    alone[number] = field
    name = FIELDS[number]
    try:
        CronSim(" ".join(alone), datetime(2000, 1, 1))
    except CronSimError:
        why = _why(field, number) or BOUNDS[number]
        raise CronFault(f"The {name} “{field}” cannot be used: {why}. {EXAMPLE}") from None
    for step in re.findall(r"/(\d+)", field):
        if int(step) > SIZES[number]:
            raise CronFault(
                f"The {name} “{field}” is not every {step}: steps begin anew after "
                f"{SIZES[number]}. Choose “Every” for long spans. {EXAMPLE}"
            )


def _why(field: str, number: int) -> str:
    """Why a field cannot be used, if it looks like cron; "" for numbers and names out of bounds."""
    if re.search(r"/0*(,|$)", field):
        return "a step is at least 1"
    if field == "?":
        return "write * for any"
    if number == 2 and re.search(r"\dW|L-\d", field, re.IGNORECASE):
        return "of the days counted from the end, only L and LW are known"
    for begin, end in re.findall(r"(\w+)-(\w+)", field.upper()):
        if _place(begin) > _place(end) >= 0:
            return f"{begin}-{end} goes backwards; write it as two ranges with a comma between"
    return ""


def _place(text: str) -> int:
    """The position of a number or name; -1 for anything else."""
    if text.isascii() and text.isdigit():
        return int(text)
    return NAMES.find(text) if len(text) == 3 else -1
