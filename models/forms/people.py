"""The forms of the first run and of signing in."""

from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, StringConstraints, ValidationInfo, field_validator

from models.forms import Form, Line, Name
from models.users import PASSWORD_LENGTHS

SHORTEST, LONGEST = PASSWORD_LENGTHS
Password = Annotated[str, StringConstraints(min_length=SHORTEST, max_length=LONGEST)]


def zone_name(name: str) -> str:
    """The name, if the system knows the zone; else a ValueError with a sentence."""
    if name not in available_timezones():
        raise ValueError("Choose a time zone of the list.")
    return name


class AccountForm(Form):
    """The administrator, made on the first run."""

    setup_token: Line = ""
    name: Name
    password: Password
    password_again: str
    time_zone: Annotated[Line, AfterValidator(zone_name)]

    @field_validator("password_again")
    @classmethod
    def _typed_alike(cls, again: str, others: ValidationInfo) -> str:
        if others.data.get("password", again) != again:
            raise ValueError("The two passwords are not the same.")
        return again


class SignInForm(Form):
    """Anything may be typed here; what fits nobody fails like a wrong password."""

    name: Annotated[str, StringConstraints(max_length=200)]
    password: Annotated[str, StringConstraints(max_length=1000)]
    next: str = "/"


@cache
def zones() -> dict[str, list[str]]:
    """Zone names by their region, for a list to choose from."""
    regions: dict[str, list[str]] = {"UTC": ["UTC"]}
    for name in sorted(available_timezones()):
        region, _, place = name.partition("/")
        if place and region not in ("Etc", "posix", "right", "SystemV", "US"):
            regions.setdefault(region, []).append(name)
    return regions
