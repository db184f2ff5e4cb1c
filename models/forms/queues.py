"""The form of a queue."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from models.forms import Form, Name

MINUTES = {"minutes": 1, "hours": 60, "days": 24 * 60}
SHORTEST, LONGEST = 15, 31 * 24 * 60
OUT_OF_BOUNDS = "A queue runs every 15 minutes at the most, every 31 days at the least."


def _each_once(ids: list[int]) -> list[int]:
    return list(dict.fromkeys(ids))


class QueueForm(Form):
    """`every` counts in `unit`; together from 15 minutes to 31 days."""

    name: Name
    strategy: Literal["missing", "cutoff"] = "missing"
    instances: Annotated[list[int], Field(min_length=1, max_length=100), AfterValidator(_each_once)]
    batch_size: Annotated[int, Field(ge=1, le=50)] = 5
    every: Annotated[int, Field(ge=1, le=1000)] = 2
    unit: Annotated[Literal["minutes", "hours", "days"], Field(validate_default=True)] = "hours"

    @property
    def every_minutes(self) -> int:
        return self.every * MINUTES[self.unit]

    @field_validator("unit")
    @classmethod
    def _within_bounds(cls, unit: str, others: ValidationInfo) -> str:
        every = others.data.get("every")
        if every is not None and not SHORTEST <= every * MINUTES[unit] <= LONGEST:
            raise ValueError(OUT_OF_BOUNDS)
        return unit


def in_units(minutes: int) -> tuple[int, str]:
    """The number and the largest unit that it is whole in: 120 minutes are 2 hours."""
    for unit, size in reversed(MINUTES.items()):
        if minutes % size == 0:
            return minutes // size, unit
    raise AssertionError("every number of minutes is whole in minutes")
