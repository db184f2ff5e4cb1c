"""The form of a queue."""

from itertools import chain
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from models.forms import Draft, Fields, Form, Line, Name, Stored
from models.forms.schedules import ScheduleForm
from models.queues import Queue
from models.queues.choices import FIELDS_OF
from models.queues.filters import MOST_NAMES, Filters, Want

FIRST_YEAR, LAST_YEAR = 1870, 2200
# Filters whose names are picked: chosen ones come as ticks, a new one as text, or as "".
PICKED = tuple(chain.from_iterable(FIELDS_OF.values()))

Names = Annotated[list[Line], Field(default_factory=list, max_length=MOST_NAMES)]
Year = Annotated[int | None, Field(ge=FIRST_YEAR, le=LAST_YEAR)]


def _each_once(ids: list[int]) -> list[int]:
    return list(dict.fromkeys(ids))


class QueueForm(ScheduleForm, Stored):
    """A queue; an empty filter filters nothing."""

    table = Queue
    translated: ClassVar[frozenset[str]] = frozenset(
        {"instances", *ScheduleForm.model_fields, *Filters.model_fields}
    )

    name: Name
    strategy: Literal["missing", "cutoff", "score", "recent", "custom"] = "missing"
    instances: Annotated[list[int], Field(min_length=1, max_length=100), AfterValidator(_each_once)]
    batch_size: Annotated[int, Field(ge=1, le=50)] = 5
    order: Literal[
        "least_recent", "oldest", "newest", "random", "title", "smart", "farthest", "begun"
    ] = "least_recent"
    packs: Literal["never", "when", "always"] = "never"
    recent_days: Annotated[int, Field(ge=1, le=90)] = 14
    movie_release: Literal["usual", "available", "home"] = "usual"
    weight: Annotated[int, Field(ge=1, le=10)] = 1
    with_scores: bool = False
    is_dry: bool = False
    wants: Annotated[list[Want], Field(default_factory=list)]
    series_status: Names
    tags_in: Names
    tags_out: Names
    tags_all: Names
    profiles: Names
    profiles_out: Names
    root_folders: Names
    root_folders_out: Names
    year_from: Year = None
    year_to: Year = None

    @property
    def filters(self) -> Filters:
        names = set(Filters.model_fields) - {"wants"}
        chosen = {name: getattr(self, name) for name in names}
        own = {"wants": self.wants} if self.strategy == "custom" else {}
        return Filters.model_validate(chosen | own)

    @property
    def columns(self) -> dict[str, Any]:
        return {
            **super().columns,
            "schedule_json": self.schedule.model_dump_json(),
            "filters_json": self.filters.model_dump_json(exclude_defaults=True),
        }

    @field_validator("year_from", "year_to", mode="before")
    @classmethod
    def _may_be_empty(cls, year: object) -> object:
        return None if year == "" else year

    @field_validator("wants")
    @classmethod
    def _wants_something(cls, wants: list[str], others: ValidationInfo) -> list[str]:
        if others.data.get("strategy") == "custom" and not wants:
            raise ValueError("A custom queue needs at least one of these.")
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
        """Reads the form, and checks the schedule even if other fields are wrong."""
        pairs = fields if isinstance(fields, list) else list(fields)
        draft = super().read(pairs)
        schedule = ScheduleForm.read(pair for pair in pairs if pair[0] in ScheduleForm.model_fields)
        draft.errors = schedule.errors | draft.errors
        return draft

    @classmethod
    def _gather(cls, fields: Fields) -> tuple[dict[str, Any], dict[str, str]]:
        values, errors = super()._gather(fields)
        for name in PICKED:
            picked = (text.strip() for text in values[name])
            values[name] = list(dict.fromkeys(text for text in picked if text))
        return values, errors

    @classmethod
    def typed(cls, row: Queue) -> dict[str, Any]:
        return {
            **super().typed(row),
            **row.filters.model_dump(),
            **cls.filled(row.schedule),
            "instances": [instance.id for instance in row.instances],
        }


class ConsentForm(Form):
    """When a queue starts: now, or at the next 03:00."""

    start: Literal["now", "night"]


class RunForm(Form):
    """A run that a person asks for."""

    ignore_cooldown: bool = False
