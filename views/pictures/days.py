"""The searches of each day, stacked by outcome."""

from typing import NamedTuple

from models.searches import OUTCOMES
from models.yields.by_day import DayLine
from views.web.charts import Column, Label, columns, round_top, scale
from views.web.words import day_words, number, plural

# The days between two labels.
EACH = 7


class DaysPicture(NamedTuple):
    """`rows` are the same figures, latest day first."""

    lines: list[DayLine]
    columns: list[Column]
    scale: list[Label]
    labels: list[Label]
    counts: dict[str, int]
    rows: list[tuple[str, ...]]

    @property
    def searches(self) -> int:
        return sum(self.counts.values())

    @property
    def grabbed(self) -> int:
        return self.counts.get("grabbed", 0)

    @property
    def imported(self) -> int:
        return sum(line.imported for line in self.lines)

    @property
    def answered(self) -> int:
        return self.grabbed + self.counts.get("nothing", 0)


def days_picture(lines: list[DayLine]) -> DaysPicture:
    top = round_top(max((line.searches for line in lines), default=0))
    drawn = columns([(_title(line), line.outcomes) for line in lines], top)
    labelled = range(len(lines) - 1, -1, -EACH)
    return DaysPicture(
        lines=lines,
        columns=drawn,
        scale=scale(top),
        labels=[
            Label(drawn[index].x + drawn[index].width / 2, day_words(lines[index].day))
            for index in labelled
        ],
        counts={
            word: total
            for word in OUTCOMES
            if (total := sum(line.outcomes.get(word, 0) for line in lines))
        },
        rows=[_row(line) for line in reversed(lines) if line.searches],
    )


def _title(line: DayLine) -> str:
    if not line.searches:
        return f"{day_words(line.day)}: no search"
    parts = (f"{count} {OUTCOMES[word]}" for word, count in line.outcomes.items())
    return (
        f"{day_words(line.day)}: {plural(line.searches, 'search', 'searches')}, {', '.join(parts)}"
    )


def _row(line: DayLine) -> tuple[str, ...]:
    found = (number(line.outcomes.get(word, 0)) for word in OUTCOMES)
    return (day_words(line.day), number(line.searches), *found, number(line.imported))
