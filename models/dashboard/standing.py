"""How everything is, in one word and one sentence without a title."""

from collections.abc import Sequence
from typing import NamedTuple

from models.dashboard.rows import Rows
from models.instances import Instance


class Wellness(NamedTuple):
    """`word` is ok, warning, error or paused."""

    word: str
    sentence: str


def standing(rows: Rows, idle: str, failing: Sequence[str]) -> Wellness:
    """`idle` says why nothing is searched; "" where it is. `failing` are titles of jobs."""
    household, queues, instances = rows
    asked = [each for each in instances if not each.disabled_at]
    faulty = [each for each in asked if each.fault]
    stuck = [each for each in queues if each.runs_no_more]
    if household.held_at:
        return Wellness("paused", "Everything is on hold.")
    if idle:
        return Wellness("error", idle)
    if not instances:
        return Wellness("warning", "Nothing is connected yet.")
    if faulty:
        return Wellness("error" if len(faulty) == len(asked) else "warning", _not_working(faulty))
    if failing:
        return Wellness("warning", f"“{failing[0]}” has failed.")
    if stuck:
        return Wellness("warning", f"{stuck[0].name} does not run any more.")
    return Wellness("ok", "All is well.")


def _not_working(faulty: list[Instance]) -> str:
    if len(faulty) == 1:
        return f"{faulty[0].name} is not working."
    return f"{len(faulty)} instances are not working."
