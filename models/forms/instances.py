"""The form of an instance."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, field_validator

from models.addresses import normalise
from models.forms import Form, Line, Name, Printable, Stored, Trimmed
from models.instances import Instance

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


class InstanceForm(ConnectionForm, Stored):
    """An unticked box is not sent, so a missing one means no.

    `anyway` saves it although nothing answers as it should.
    """

    table = Instance
    translated: ClassVar[frozenset[str]] = frozenset({"enabled", "anyway"})

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

    def columns_at(self, at: datetime, instance: Instance | None = None) -> dict[str, Any]:
        """The row's columns; an instance that was switched off before stays off since then."""
        since = instance.disabled_at if instance else None
        return self.columns | {"disabled_at": None if self.enabled else since or at}

    @classmethod
    def typed(cls, row: Instance) -> dict[str, Any]:
        return super().typed(row) | {"enabled": row.disabled_at is None}
