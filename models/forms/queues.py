"""The form of a queue."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from models.filters import Filters
from models.forms import Draft, Fields, Line, Name
from models.forms.schedules import ScheduleForm
from models.names import key_of
from models.queues import Queue

FIRST_YEAR, LAST_YEAR = 1870, 2200
PLAIN = ("name", "strategy", "batch_size", "order", "packs", "recent_days", "weight")

Names = Annotated[list[Line], Field(default_factory=list, max_length=50)]
Year = Annotated[int | None, Field(ge=FIRST_YEAR, le=LAST_YEAR)]


def _each_once(ids: list[int]) -> list[int]:
    return list(dict.fromkeys(ids))


class QueueForm(ScheduleForm):
    """Empty filters filter nothing."""

    name: Name
    strategy: Literal["missing", "cutoff", "recent", "custom"] = "missing"
    instances: Annotated[list[int], Field(min_length=1, max_length=100), AfterValidator(_each_once)]
    batch_size: Annotated[int, Field(ge=1, le=50)] = 5
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
            "schedule": self.schedule.model_dump_json(),
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

    @classmethod
    def read(cls, fields: Fields) -> Draft[Self]:
        """Says what is wrong with the schedule even if something else is wrong, too."""
        pairs = list(fields)
        draft = super().read(pairs)
        schedule = ScheduleForm.read(pair for pair in pairs if pair[0] in ScheduleForm.model_fields)
        draft.errors = schedule.errors | draft.errors
        return draft

    @classmethod
    def typed(cls, queue: Queue) -> dict[str, object]:
        """What this form would have been filled in with."""
        return {
            **{name: getattr(queue, name) for name in PLAIN},
            **queue.sieve.model_dump(),
            **cls.filled(queue.plan),
            "instances": [instance.id for instance in queue.instances],
        }
