"""Settings of the environment, read once at start."""

import os
import re
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from models.environment.network import Networks, base_path, host_names, networks, widest

# Headers that browsers set, or that proxies write by themselves: they name no person.
OTHERS_HEADER = re.compile(
    "accept.*|access-control-.*|alt-used|authorization|cache-control|connection|content-.*|cookie2?"
    "|date|dnt|expect|forwarded|from|host|hx-.*|if-.*|keep-alive|last-event-id|link|max-forwards"
    "|origin|pragma|priority|proxy-.*|purpose|range|referer|save-data|sec-.*|service-worker.*|te"
    "|trailer|transfer-encoding|upgrade.*|user-agent|via|warning|x-forwarded.*|x-real-ip"
    "|x-requested-with|x-http-method.*",
    re.IGNORECASE,
)


class UnusableEnvironment(Exception):
    """Some settings cannot be used; the message has one sentence for each."""


class Environment(BaseSettings):
    """Every setting is an environment variable with the prefix `VQS_`."""

    model_config = SettingsConfigDict(env_prefix="VQS_", extra="ignore", env_ignore_empty=True)

    host: Annotated[str, Field(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="Port to listen on.")] = 7337
    data_dir: Annotated[Path, Field(description="Folder of the encrypted database.")] = Path("data")
    secret_file: Annotated[
        Path | None,
        Field(description="File of the master secret; by default beside the data folder."),
    ] = None
    secret_previous_file: Annotated[
        Path | None, Field(description="File of the master secret that was used before.")
    ] = None
    database_url_file: Annotated[
        Path | None,
        Field(description="File that holds the address of a PostgreSQL database."),
    ] = None
    role: Annotated[
        Literal["all", "web", "work"],
        Field(description="What this replica does, on PostgreSQL: pages, searches, or both."),
    ] = "all"
    setup_token_file: Annotated[
        Path | None, Field(description="File that holds a setup token of your own choice.")
    ] = None
    ca_file: Annotated[
        Path | None, Field(description="PEM file of a certificate authority of your own.")
    ] = None
    log_level: Annotated[
        str, Field(pattern="^(debug|info|warning|error)$", description="How much is logged.")
    ] = "info"
    base_path: Annotated[str, Field(description="Path below which a proxy serves it.")] = ""
    allowed_hosts: Annotated[
        tuple[str, ...], NoDecode, Field(description="Public names that it answers to.")
    ] = ()
    trusted_proxies: Annotated[
        Networks, NoDecode, Field(description="Networks of the proxies that are believed.")
    ] = ()
    sso_header: Annotated[
        str | None, Field(description="Header in which a proxy names whom it signed in.")
    ] = None
    sso_role: Annotated[
        Literal["none", "viewer", "member"],
        Field(description="Role of people whom only the proxy knows yet."),
    ] = "viewer"

    @field_validator("host")
    @classmethod
    def _is_an_address(cls, host: str) -> str:
        if host == "localhost":
            return "127.0.0.1"
        ip_address(host)
        return host

    @field_validator("base_path")
    @classmethod
    def _is_a_path(cls, path: str) -> str:
        return base_path(path)

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _are_names(cls, names: str | tuple[str, ...]) -> tuple[str, ...]:
        return host_names(names) if isinstance(names, str) else names

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _are_networks(cls, text: str | Networks) -> Networks:
        return networks(text) if isinstance(text, str) else text

    @field_validator("sso_header")
    @classmethod
    def _is_a_header(cls, name: str | None) -> str | None:
        if name is not None and not re.fullmatch("[A-Za-z][A-Za-z0-9-]{0,63}", name):
            raise ValueError("it is not the name of a header, such as Remote-User")
        if name is not None and OTHERS_HEADER.fullmatch(name):
            raise ValueError(
                f"{name} has another meaning, and browsers or other proxies send it by themselves; "
                "choose one of its own, such as Remote-User"
            )
        return name

    @field_validator("sso_header")
    @classmethod
    def _believes_only_proxies(cls, name: str | None, others: ValidationInfo) -> str | None:
        """Refuses a header that anybody could send, who could then sign in as anybody."""
        trusted: Networks | None = others.data.get("trusted_proxies")
        if name is None or trusted is None:
            return name
        if not trusted:
            raise ValueError("without VQS_TRUSTED_PROXIES anybody could send it")
        if wide := widest(trusted):
            raise ValueError(
                f"{wide} in VQS_TRUSTED_PROXIES is wider than /8 (IPv6 /32), and everybody in it "
                "could sign in as anybody; name the proxy alone"
            )
        return name

    @field_validator("ca_file", "setup_token_file", "database_url_file")
    @classmethod
    def _can_be_read(cls, path: Path | None) -> Path | None:
        try:
            if path is not None and not path.read_text().strip():
                raise ValueError(f"the file {path} is empty")
        except OSError as error:
            raise ValueError(f"the file {path} cannot be read: {error.strerror}") from None
        return path

    @field_validator("role")
    @classmethod
    def _is_shared_only_on_a_server(cls, role: str, others: ValidationInfo) -> str:
        if role != "all" and others.data.get("database_url_file") is None:
            raise ValueError("one process does both on the embedded file; it needs a PostgreSQL")
        return role

    @property
    def database_address(self) -> str | None:
        """The connection string of the server; None on the embedded file. It holds a password."""
        path = self.database_url_file
        return None if path is None else path.read_text().strip()

    @property
    def loopback(self) -> bool:
        return ip_address(self.host).is_loopback

    @property
    def database_path(self) -> Path:
        return self.data_dir / "vqs.db"

    @property
    def secret_path(self) -> Path:
        """The secret's path: beside the data folder, so a copy of the data alone is useless."""
        if self.secret_file is not None:
            return self.secret_file
        data = self.data_dir.absolute()
        return data.with_name(f"{data.name}-secret") / "master.key"


def load_environment() -> Environment:
    """Reads the settings. Raises UnusableEnvironment, with a line for each unusable variable."""
    try:
        return Environment()
    except ValidationError as error:
        raise UnusableEnvironment("\n".join(_sentence(each) for each in error.errors())) from None


def unknown_names() -> list[str]:
    """A sentence for each variable with our prefix that is not a setting."""
    prefix, names = "VQS_", {f"VQS_{name.upper()}" for name in Environment.model_fields}
    given = sorted(name for name in os.environ if name.startswith(prefix) and name not in names)
    return [f"{name} is not a setting of this program{_guess(name, names)}" for name in given]


def _guess(name: str, names: set[str]) -> str:
    like = get_close_matches(name, names, n=1, cutoff=0.8)
    return f"; did you mean {like[0]}?" if like else "."


def _sentence(error: ErrorDetails) -> str:
    why = error["msg"].removeprefix("Value error, ")
    if error["loc"]:
        name = "VQS_" + "_".join(str(part) for part in error["loc"]).upper()
        why = f"{name} cannot be used: {why}"
    return f"{why}."


def in_container() -> bool:
    """Whether it runs in a container: Docker and Podman each leave a file that says so."""
    return any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv"))
