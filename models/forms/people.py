"""The forms of people: the first run, signing in, invitations, roles, profiles, passwords."""

from functools import cache
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, StringConstraints, ValidationInfo, field_validator

from models.forms import Form, Line, Name, Printable, Stored, Trimmed
from models.people import User
from models.people.names import LONGEST_NAME
from models.people.passwords import LONGEST, SHORTEST, objection

Role = Literal["admin", "member", "viewer"]


def _hard_to_guess(password: str, others: ValidationInfo) -> str:
    """Beside a name, if the form has one before it."""
    if against := objection(password, others.data.get("name", "")):
        raise ValueError(against)
    return password


Password = Annotated[
    str,
    StringConstraints(min_length=SHORTEST, max_length=LONGEST),
    AfterValidator(_hard_to_guess),
]


def zone_name(name: str) -> str:
    """The name, if the system knows the zone; else a ValueError with a sentence."""
    if name not in available_timezones():
        raise ValueError("Choose a time zone of the list.")
    return name


def alike(again: str, others: ValidationInfo) -> str:
    """Nothing is said of it where the password itself is refused already."""
    if others.data.get("password", again) != again:
        raise ValueError("The two passwords are not the same.")
    return again


ZoneName = Annotated[Line, AfterValidator(zone_name)]


class NewPersonForm(Form):
    """Whose password it will be is known before the password is judged."""

    name: Name
    password: Password
    password_again: str
    time_zone: ZoneName

    @field_validator("password_again")
    @classmethod
    def _typed_alike(cls, again: str, others: ValidationInfo) -> str:
        return alike(again, others)


class TokenForm(Form):
    """The first step of the first run, where the address did not carry the token."""

    setup_token: Line = ""


class AccountForm(NewPersonForm):
    """The administrator, made on the first run."""

    setup_token: Line = ""


class Proven(Form):
    """Something that asks for one's own password again; whoever has none leaves it empty."""

    own_password: Annotated[str, StringConstraints(max_length=1000)] = ""


class ProofForm(Proven):
    """Nothing else is asked."""


class CodeForm(Form):
    """Six digits of an authenticator, or a recovery code."""

    code: Annotated[str, Trimmed(min_length=6, max_length=40), Printable]


class PasswordForm(Proven):
    """Another password of one's own."""

    password: Password
    password_again: str

    @field_validator("password_again")
    @classmethod
    def _typed_alike(cls, again: str, others: ValidationInfo) -> str:
        return alike(again, others)


class InvitationForm(Proven):
    """For whom may be left out: it is only put into the other form."""

    name: Annotated[str, Trimmed(max_length=LONGEST_NAME), Printable] = ""
    role: Role


class RoleForm(Stored, Proven):
    """What a person may do from now on."""

    table = User
    translated = frozenset({"own_password"})

    role: Role


class DeletionForm(Proven):
    """Who gets what the deleted person owned."""

    heir: int


class ProfileForm(Stored):
    """What people decide for themselves."""

    table = User

    name: Name
    time_zone: ZoneName
    theme: Literal["auto", "light", "dark"]


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
