"""Schedules as queues store them."""

from typing import Any

from models.schedules import Schedule


def every(minutes: int, **more: Any) -> str:
    """A schedule of every so many minutes, in Berlin unless another zone is given."""
    return plan(every_minutes=minutes, **more)


def daily(*times: str, **more: Any) -> str:
    return plan(kind="daily", times=times, **more)


def plan(**facts: Any) -> str:
    return Schedule(**{"time_zone": "Europe/Berlin"} | facts).model_dump_json()
