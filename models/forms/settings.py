"""The form of the household's settings."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from models.forms import Line, Stored
from models.forms.people import zone_name
from models.forms.schedules import clock_time
from models.household import Household
from models.people.audit import KEPT_AT_LEAST
from models.searches.fates import FOLLOWED_FOR


class HouseForm(Stored):
    """The household's settings, within bounds that keep people out of trouble."""

    table = Household

    time_zone: Annotated[Line, AfterValidator(zone_name)]
    hourly_budget: Annotated[int, Field(ge=1, le=200)]
    daily_budget: Annotated[int, Field(ge=1, le=2000)]
    missing_cooldown_days: Annotated[int, Field(ge=1, le=90)]
    upgrade_cooldown_days: Annotated[int, Field(ge=1, le=90)]
    fresh_days: Annotated[int, Field(ge=1, le=90)]
    fresh_first_hours: Annotated[int, Field(ge=1, le=168)]
    fresh_second_hours: Annotated[int, Field(ge=1, le=168)]
    fresh_later_hours: Annotated[int, Field(ge=1, le=168)]
    longest_cooldown_days: Annotated[int, Field(ge=1, le=365)]
    failed_cooldown_days: Annotated[int, Field(ge=1, le=30)]
    grace_hours: Annotated[int, Field(ge=0, le=168)]
    history_days: Annotated[int, Field(ge=FOLLOWED_FOR.days, le=3650)]
    log_level: Literal["debug", "info", "warning", "error", "critical"]
    audit_days: Annotated[int, Field(ge=KEPT_AT_LEAST.days, le=3650)]

    backup_rhythm: Literal["daily", "weekly"]
    backup_time: Annotated[Line, AfterValidator(clock_time)]
    backups_daily: Annotated[int, Field(ge=1, le=60)]
    backups_weekly: Annotated[int, Field(ge=0, le=60)]
    backups_monthly: Annotated[int, Field(ge=0, le=60)]

    @field_validator("longest_cooldown_days")
    @classmethod
    def _is_the_longest(cls, days: int, others: ValidationInfo) -> int:
        bases = (others.data.get(f"{want}_cooldown_days", 0) for want in ("missing", "upgrade"))
        if days < max(bases):
            raise ValueError("The longest cooldown cannot be shorter than the others.")
        return days
