"""The form of an exclusion, for ever or until a moment."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationInfo, field_validator

from models.forms import Form, Line, Name, Printable, Trimmed

LONGEST = timedelta(days=3650)
NO_DATE = "Choose a date."
MOST_AT_ONCE = 200
LONGEST_TITLE = 1000
ONLY_OF_A_SEASON = "Exactly an exclusion of a season has the number of one."
UNREADABLE_MOMENT = "Write the moment as 2027-03-31T00:00:00+00:00."
UNREADABLE = "Write the date as 2027-03-31."


class EndForm(Form):
    """The end of an exclusion; `until` is a number of days, "date" for `date`, or "" for ever."""

    until: Literal["7", "30", "90", "date", ""]
    date: Annotated[Line, Field(validate_default=True)] = ""

    @field_validator("date")
    @classmethod
    def _readable(cls, text: str, others: ValidationInfo) -> str:
        if others.data.get("until") != "date":
            return ""
        if not text:
            raise ValueError(NO_DATE)
        try:
            date.fromisoformat(text)
        except ValueError:
            raise ValueError(UNREADABLE) from None
        return text

    def end(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """When the exclusion ends; None for never. A day begins at midnight in this zone."""
        if self.until == "":
            return None
        if self.until == "date":
            return datetime.combine(date.fromisoformat(self.date), time(), zone)
        return now + timedelta(days=int(self.until))


class ExclusionForm(EndForm):
    """An exclusion of an item, or of its season or series; `back` is the list it came from."""

    item: int
    kind: Literal["item", "season", "series"]
    back: Line = ""


class ManyForm(EndForm):
    """Exclusions of many items; `back` is the backlog's address they were marked on."""

    item: Annotated[list[int], Field(min_length=1, max_length=MOST_AT_ONCE)]
    back: Line = ""


class ChosenForm(Form):
    """Items to search now; those in cooldown or excluded only if `anyway`."""

    item: Annotated[list[int], Field(min_length=1, max_length=MOST_AT_ONCE)]
    anyway: bool = False
    back: Line = ""
    # The other buttons of the same form send these.
    date: Line = ""


class CarriedForm(Form):
    """An exclusion in a file of settings.

    `id` is the instance's number of the item, or of the series where `kind` is season or series.
    `until` is a moment as in ISO 8601, with its offset from UTC; "" for ever.
    """

    instance: Name
    kind: Literal["item", "season", "series"]
    id: Annotated[int, Field(ge=1, lt=2**31)]
    season: Annotated[int | None, Field(ge=0, lt=2**31, validate_default=True)] = None
    title: Annotated[str, Trimmed(min_length=1, max_length=LONGEST_TITLE), Printable]
    until: Line = ""

    @field_validator("season")
    @classmethod
    def _of_its_kind(cls, season: int | None, others: ValidationInfo) -> int | None:
        if (others.data.get("kind") == "season") != (season is not None):
            raise ValueError(ONLY_OF_A_SEASON)
        return season

    @field_validator("until")
    @classmethod
    def _is_a_moment(cls, text: str) -> str:
        try:
            moment = datetime.fromisoformat(text) if text else None
            if moment is None:
                return ""
            if moment.tzinfo is not None:
                return moment.astimezone(UTC).isoformat(timespec="milliseconds")
        except (ValueError, OverflowError):
            pass
        raise ValueError(UNREADABLE_MOMENT)

    @property
    def end(self) -> datetime | None:
        return datetime.fromisoformat(self.until) if self.until else None


def is_sensible(end: datetime | None, now: datetime) -> bool:
    """Whether the end is later than now and within ten years."""
    return end is None or now < end <= now + LONGEST
