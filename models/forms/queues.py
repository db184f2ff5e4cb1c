"""The form of a queue."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from models.filters import Filters
from models.forms import Form, Line, Name
from models.names import key_of
from models.queues import Queue

MINUTES = {"minutes": 1, "hours": 60, "days": 24 * 60}
SHORTEST, LONGEST = 15, 31 * 24 * 60
OUT_OF_BOUNDS = "A queue runs every 15 minutes at the most, every 31 days at the least."
FIRST_YEAR, LAST_YEAR = 1870, 2200
PLAIN = ("name", "strategy", "batch_size", "order", "packs", "recent_days", "weight")

Names = Annotated[list[Line], Field(default_factory=list, max_length=50)]
Year = Annotated[int | None, Field(ge=FIRST_YEAR, le=LAST_YEAR)]


def _each_once(ids: list[int]) -> list[int]:
    return list(dict.fromkeys(ids))


class QueueForm(Form):
    """`every` counts in `unit`, from 15 minutes to 31 days; empty filters filter nothing."""

    name: Name
    strategy: Literal["missing", "cutoff", "recent", "custom"] = "missing"
    instances: Annotated[list[int], Field(min_length=1, max_length=100), AfterValidator(_each_once)]
    batch_size: Annotated[int, Field(ge=1, le=50)] = 5
    every: Annotated[int, Field(ge=1, le=1000)] = 2
    unit: Annotated[Literal["minutes", "hours", "days"], Field(validate_default=True)] = "hours"
    order: Literal["least_recent", "oldest", "newest", "random", "title", "smart"] = "least_recent"
    packs: Literal["never", "when", "always"] = "never"
    recent_days: Annotated[int, Field(ge=1, le=90)] = 14
    weight: Annotated[int, Field(ge=1, le=10)] = 1
    wants: Annotated[list[Literal["missing", "upgrade"]], Field(default_factory=list)]
    tags_in: Names
    tags_out: Names
    profiles: Names
    root_folders: Names
    series_status: Names
    year_from: Year = None
    year_to: Year = None

    @property
    def every_minutes(self) -> int:
        return self.every * MINUTES[self.unit]

    @property
    def filters(self) -> Filters:
        names = set(Filters.model_fields) - {"wants"}
        chosen = {name: getattr(self, name) for name in names}
        own = {"wants": self.wants} if self.strategy == "custom" else {}
        return Filters.model_validate(chosen | own)

    @property
    def columns(self) -> dict[str, object]:
        """What a queue's row holds of it."""
        return {
            **{name: getattr(self, name) for name in PLAIN},
            "key": key_of(self.name),
            "every_minutes": self.every_minutes,
            "filters": self.filters.model_dump_json(exclude_defaults=True),
        }

    @field_validator("year_from", "year_to", mode="before")
    @classmethod
    def _may_be_empty(cls, year: object) -> object:
        return None if year == "" else year

    @field_validator("wants")
    @classmethod
    def _wants_something(cls, wants: list[str], others: ValidationInfo) -> list[str]:
        if others.data.get("strategy") == "custom" and not wants:
            raise ValueError("A choice of your own needs at least one of these.")
        return wants

    @field_validator("year_to")
    @classmethod
    def _not_before(cls, year: int | None, others: ValidationInfo) -> int | None:
        first = others.data.get("year_from")
        if year is not None and first is not None and year < first:
            raise ValueError("The last year is before the first.")
        return year

    @field_validator("unit")
    @classmethod
    def _within_bounds(cls, unit: str, others: ValidationInfo) -> str:
        every = others.data.get("every")
        if every is not None and not SHORTEST <= every * MINUTES[unit] <= LONGEST:
            raise ValueError(OUT_OF_BOUNDS)
        return unit

    @classmethod
    def typed(cls, queue: Queue) -> dict[str, object]:
        """What this form would have been filled in with."""
        every, unit = in_units(queue.every_minutes)
        return {
            **{name: getattr(queue, name) for name in PLAIN},
            **queue.sieve.model_dump(),
            "instances": [instance.id for instance in queue.instances],
            "every": every,
            "unit": unit,
        }


def in_units(minutes: int) -> tuple[int, str]:
    """The number and the largest unit that it is whole in: 120 minutes are 2 hours."""
    for unit, size in reversed(MINUTES.items()):
        if minutes % size == 0:
            return minutes // size, unit
    raise AssertionError("every number of minutes is whole in minutes")
