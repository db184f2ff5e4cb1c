"""The form of an instance."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator

from models.addresses import normalise
from models.forms import Form, Line, Name, Printable, Trimmed
from models.instances import Instance

PLAIN = (
    "application",
    "url",
    "verify_tls",
    "name",
    "browser_url",
    "hourly_budget",
    "daily_budget",
    "spacing_seconds",
    "download_limit",
    "free_space_gb",
)
Address = Annotated[Line, AfterValidator(normalise)]


def _key(text: str) -> str:
    if text and len(text) < 16:
        raise ValueError("An API key is longer: Sonarr and Radarr use 32 letters and digits.")
    if not text.isascii() or " " in text:
        raise ValueError("An API key holds letters and digits only.")
    return text


class ConnectionForm(Form):
    """What a connection test needs. An empty key stands for the stored one."""

    application: Literal["sonarr", "radarr"]
    url: Address
    api_key: Annotated[str, Trimmed(max_length=128), Printable, AfterValidator(_key)] = ""
    verify_tls: bool = False


class InstanceForm(ConnectionForm):
    """An unticked box is not sent, so a missing one means no.

    `anyway` saves it although nothing answers as it should.
    """

    name: Name
    browser_url: Line = ""
    enabled: bool = False
    anyway: bool = False
    hourly_budget: Annotated[int, Field(ge=1, le=100)] = 10
    daily_budget: Annotated[int, Field(ge=1, le=1000)] = 100
    spacing_seconds: Annotated[int, Field(ge=5, le=3600)] = 30
    download_limit: Annotated[int, Field(ge=1, le=1000)] = 20
    free_space_gb: Annotated[int, Field(ge=0, le=100_000)] = 10

    @field_validator("browser_url")
    @classmethod
    def _is_an_address(cls, text: str) -> str:
        return normalise(text) if text else ""

    @classmethod
    def typed(cls, instance: Instance) -> dict[str, object]:
        """What this form would have been filled in with; the key is never among it."""
        shown = {name: getattr(instance, name) for name in PLAIN}
        return shown | {"enabled": instance.disabled_at is None}
