"""The form of an instance."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, field_validator

from models.applications import APPLICATIONS
from models.forms import SENTENCES, Line, Name, Printable, Stored, Trimmed
from models.forms.proxies import ProxyForm
from models.instances import Instance
from models.instances.addresses import normalise
from models.instances.proxies import Credentials

Address = Annotated[Line, AfterValidator(normalise)]


def usable_key(text: str) -> str:
    """The key, if it can be one. Raises ValueError with a sentence."""
    if text and len(text) < 16:
        raise ValueError("An API key is longer: it has 32 letters and digits.")
    if not text.isascii() or " " in text:
        raise ValueError("An API key holds letters and digits only.")
    return text


def _known(name: str) -> str:
    if name not in APPLICATIONS:
        raise ValueError(SENTENCES["literal_error"])
    return name


class ServerForm(ProxyForm):
    """How a server is reached; an empty key means the stored one."""

    url: Address
    api_key: Annotated[str, Trimmed(max_length=128), Printable, AfterValidator(usable_key)] = ""
    verify_tls: bool = False
    http2: bool = False

    def names_another(self, row: Any) -> bool:
        """Whether the form names another server than the row, of an instance or a Prowlarr."""
        return bool(self.url != row.url)

    def is_elsewhere(self, row: Any) -> bool:
        """Whether stored secrets would go to another address, or travel with less protection."""
        return self.names_another(row) or (row.verify_tls and not self.verify_tls)


class ConnectionForm(ServerForm):
    """The fields of a connection test."""

    application: Annotated[str, AfterValidator(_known)]

    def names_another(self, row: Any) -> bool:
        return super().names_another(row) or self.application != row.application.name


class InstanceForm(ConnectionForm, Stored):
    """An instance; a missing box means no, as browsers do not send unticked boxes.

    `anyway` saves the instance although its test failed.
    """

    table = Instance
    translated: ClassVar[frozenset[str]] = frozenset({"enabled", "anyway", *ProxyForm.OF_A_PROXY})

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
        """The columns of the row.

        A disabled instance keeps the moment when it was disabled; a new address is not checked yet.
        """
        since = instance.disabled_at if instance else None
        kept = Credentials.of(instance) if instance else Credentials()
        columns = self.columns | self.credentials(kept).columns
        if instance is not None and self.names_another(instance):
            columns["checked_at"] = None
        return columns | {"disabled_at": None if self.enabled else since or at}

    @classmethod
    def typed(cls, row: Instance) -> dict[str, Any]:
        shown = super().typed(row) | cls.names_of(row)
        return shown | {"application": row.application.name, "enabled": row.disabled_at is None}
