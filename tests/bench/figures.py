"""The figures of a measurement, beside their aims."""

from collections.abc import Iterable
from typing import NamedTuple


class Figure(NamedTuple):
    """`aim` is the most that it may be, in the same unit."""

    what: str
    value: float
    unit: str
    aim: float | None = None

    @property
    def words(self) -> str:
        return f"{_short(self.value)} {self.unit}"

    @property
    def verdict(self) -> str:
        if self.aim is None:
            return ""
        kept = "met" if self.value <= self.aim else "**missed**"
        return f"{_short(self.aim)} {self.unit}: {kept}"


def table(title: str, figures: Iterable[Figure]) -> str:
    """A Markdown table that reads well on a terminal too."""
    rows = [("", "measured", "at most")]
    rows += [(figure.what, figure.words, figure.verdict) for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [_line(row, widths) for row in rows]
    lines.insert(1, f"|{'-' * (widths[0] + 2)}|{'-' * (widths[1] + 1)}:|{'-' * (widths[2] + 2)}|")
    return "\n".join([f"### {title}", "", *lines, ""])


def median(values: Iterable[float]) -> float:
    return share(values, 0.5)


def share(values: Iterable[float], part: float) -> float:
    """The value that this part of them does not pass: 0.95 for p95."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)]


def _line(row: tuple[str, str, str], widths: list[int]) -> str:
    what, value, aim = row
    return f"| {what:<{widths[0]}} | {value:>{widths[1]}} | {aim:<{widths[2]}} |"


def _short(value: float) -> str:
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
