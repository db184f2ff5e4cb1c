"""The picture of how scores went: files that were replaced, by whether they got better."""

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

from models.scores.gains import Gain, total
from models.yields.trend import Step
from views.pictures.yields import LABELS, step_words
from views.web.charts import Column, Label, columns, round_top, scale
from views.web.words import number

# From the bottom of a column to its top.
WORDS = {"good": "higher score", "none": "same score", "failed": "lower score"}


class GainPicture(NamedTuple):
    """The columns of the steps; `counts` are the files of all of them, by state."""

    whole: Gain
    gains: list[tuple[str, Gain]]
    counts: dict[str, int]
    columns: list[Column]
    scale: list[Label]
    labels: list[Label]

    @classmethod
    def of(cls, steps: Sequence[Step], gains: Sequence[Gain]) -> "GainPicture | None":
        """Draws them; there is no picture where no file was replaced."""
        whole = total(gains)
        if not whole.files:
            return None
        named = [(step_words(step), gain) for step, gain in zip(steps, gains, strict=True)]
        top = round_top(max(each.files for each in gains))
        stacks = [(f"{words}: {_points(gain)}", _counts(gain)) for words, gain in named]
        drawn = columns(stacks, top, WORDS)
        every = max(ceil(len(named) / LABELS), 1)
        labels = [
            Label(round(column.x + column.width / 2, 2), words.partition(" to ")[0])
            for column, (words, _) in list(zip(drawn, named, strict=True))[::every]
        ]
        return cls(whole, named, _counts(whole), drawn, scale(top), labels)


def _counts(gain: Gain) -> dict[str, int]:
    return {"good": gain.better, "none": gain.same, "failed": gain.worse}


def _points(gain: Gain) -> str:
    sign = "+" if gain.points > 0 else ""
    return f"{number(gain.files)} replaced, {sign}{number(gain.points)} points"
