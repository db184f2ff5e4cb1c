"""Settings of how the program runs, read once at start."""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from models.declared import declared
from models.environment.certificates import unusable_certificate, unusable_key, unusable_pair
from models.environment.faults import OF_SECRET
from models.environment.network import Networks, base_path, host_names, networks, public_url, widest

# Headers that browsers set, or that proxies write by themselves: they name no person.
OTHERS_HEADER = re.compile(
    "accept.*|access-control-.*|alt-used|authorization|cache-control|connection|content-.*|cookie2?"
    "|date|dnt|expect|forwarded|from|host|hx-.*|if-.*|keep-alive|last-event-id|link|max-forwards"
    "|origin|pragma|priority|proxy-.*|purpose|range|referer|save-data|sec-.*|service-worker.*|te"
    "|trailer|transfer-encoding|upgrade.*|user-agent|via|warning|x-forwarded.*|x-real-ip"
    "|x-requested-with|x-http-method.*",
    re.IGNORECASE,
)


# The master secret itself, where the name of its file belongs.
THE_SECRET = re.compile("[0-9a-fA-F]{64}")


class UnusableEnvironment(Exception):
    """Some settings cannot be used; the message has one sentence for each."""


class Environment(BaseSettings):
    """What only the outside can say: each is `VQS_` and its name, wherever it is declared."""

    model_config = SettingsConfigDict(extra="ignore")

    host: Annotated[str, Field(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="Port to listen on.")] = 7337
    data_dir: Annotated[Path, Field(description="Folder of the encrypted database.")] = Path("data")
    secret_file: Annotated[
        Path | None,
        Field(
            json_schema_extra=OF_SECRET,
            description="File of the master secret; by default beside the data folder.",
        ),
    ] = None
    secret_previous_file: Annotated[
        Path | None,
        Field(
            json_schema_extra=OF_SECRET,
            description="File of the master secret that was used before.",
        ),
    ] = None
    database_url_file: Annotated[
        Path | None,
        Field(
            json_schema_extra=OF_SECRET,
            description="File that holds the address of a PostgreSQL database.",
        ),
    ] = None
    config_file: Annotated[
        Path | None, Field(description="JSON or TOML file that declares settings.")
    ] = None
    backup_note_file: Annotated[
        Path | None,
        Field(description="File that each backup of the PostgreSQL database touches."),
    ] = None
    role: Annotated[
        Literal["all", "web", "work"],
        Field(description="What this replica does, on PostgreSQL: pages, searches, or both."),
    ] = "all"
    setup_token_file: Annotated[
        Path | None,
        Field(
            json_schema_extra=OF_SECRET,
            description="File that holds a setup token of your own choice.",
        ),
    ] = None
    ca_file: Annotated[
        Path | None, Field(description="PEM file of a certificate authority of your own.")
    ] = None
    tls_cert_file: Annotated[
        Path | None, Field(description="PEM file of the certificate, to serve https.")
    ] = None
    tls_key_file: Annotated[
        Path | None,
        Field(
            validate_default=True,
            json_schema_extra=OF_SECRET,
            description="PEM file of the certificate's private key.",
        ),
    ] = None
    log_format: Annotated[
        Literal["text", "json"],
        Field(description="How a line of the log is written: name=value pairs, or JSON."),
    ] = "text"
    base_path: Annotated[str, Field(description="Path below which a proxy serves it.")] = ""
    public_url: Annotated[
        str, Field(description="Address at which people reach it, for links in notifications.")
    ] = ""
    allowed_hosts: Annotated[
        tuple[str, ...], Field(description="Public names that it answers to.")
    ] = ()
    trusted_proxies: Annotated[
        Networks, Field(description="Networks of the proxies that are believed.")
    ] = ()
    sso_header: Annotated[
        str | None, Field(description="Header in which a proxy names whom it signed in.")
    ] = None
    sso_role: Annotated[
        Literal["none", "viewer", "member"],
        Field(description="Role of people whom only the proxy knows yet."),
    ] = "viewer"

    metrics_networks: Annotated[
        Networks, Field(description="Networks that read the metrics without a key.")
    ] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *others: PydanticBaseSettingsSource,
        **named: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        found = declared(cls.model_fields)
        texts = {name: each.text for name, each in found.items() if not each.fault}
        return init_settings, InitSettingsSource(settings_cls, texts)

    @field_validator("host")
    @classmethod
    def _is_an_address(cls, host: str) -> str:
        if host == "localhost":
            return "127.0.0.1"
        try:
            ip_address(host)
        except ValueError:
            raise ValueError("it must be localhost or an address such as 127.0.0.1") from None
        return host

    @field_validator("public_url")
    @classmethod
    def _is_an_url(cls, address: str) -> str:
        return public_url(address)

    @field_validator("base_path")
    @classmethod
    def _is_a_path(cls, path: str) -> str:
        return base_path(path)

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _are_names(cls, names: str | tuple[str, ...]) -> tuple[str, ...]:
        return host_names(names) if isinstance(names, str) else names

    @field_validator("trusted_proxies", "metrics_networks", mode="before")
    @classmethod
    def _are_networks(cls, text: str | Networks) -> Networks:
        return networks(text) if isinstance(text, str) else text

    @field_validator("metrics_networks")
    @classmethod
    def _are_near(cls, near: Networks) -> Networks:
        if wide := widest(near):
            raise ValueError(
                f"{wide} in VQS_METRICS_NETWORKS is wider than /8 (IPv6 /32), and holds strangers; "
                "name the address of Prometheus, or use a key"
            )
        return near

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

    @field_validator("ca_file", "setup_token_file", "database_url_file", "config_file")
    @classmethod
    def _can_be_read(cls, path: Path | None) -> Path | None:
        try:
            if path is not None and not path.read_text().strip():
                raise ValueError("the file is empty")
        except OSError as error:
            raise ValueError(f"the file cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise ValueError("the file holds no text") from None
        return path

    @field_validator("secret_file", "secret_previous_file")
    @classmethod
    def _is_not_the_secret(cls, path: Path | None) -> Path | None:
        if path is not None and THE_SECRET.fullmatch(path.name):
            raise ValueError("it must be the path of a file, and the file holds the secret")
        return path

    @field_validator("tls_cert_file")
    @classmethod
    def _is_a_certificate(cls, path: Path | None) -> Path | None:
        if path is not None and (why := unusable_certificate(path)):
            raise ValueError(why)
        return path

    @field_validator("tls_key_file")
    @classmethod
    def _fit_together(cls, key: Path | None, others: ValidationInfo) -> Path | None:
        is_known = "tls_cert_file" in others.data
        if is_known or key is None:
            # A certificate that cannot be used has a sentence of its own, but is one.
            certificate = others.data["tls_cert_file"] if is_known else Path()
            why = unusable_pair(certificate, key)
        else:
            why = unusable_key(key)
        if why:
            raise ValueError(why)
        return key

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
    def log_folder(self) -> Path:
        return self.data_dir / "logs"

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


def in_container() -> bool:
    """Whether it runs in a container: Docker and Podman each leave a file that says so."""
    return any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv"))
