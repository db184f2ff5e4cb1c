"""What the administrator of the machine decides: read once at start, from the environment."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class UnusableSettings(Exception):
    """A setting cannot be used; the message is one sentence for the terminal."""


class Settings(BaseSettings):
    """Every setting is an environment variable with the prefix `VQS_`."""

    model_config = SettingsConfigDict(env_prefix="VQS_", extra="ignore", env_ignore_empty=True)

    host: Annotated[str, Field(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="Port to listen on.")] = 7337
    data_dir: Annotated[Path, Field(description="Folder of the encrypted database.")] = Path("data")
    secret_file: Annotated[
        Path | None,
        Field(description="File of the master secret; by default beside the data folder."),
    ] = None
    setup_token_file: Annotated[
        Path | None, Field(description="File that holds a setup token of your own choice.")
    ] = None
    ca_file: Annotated[
        Path | None, Field(description="PEM file of a certificate authority of your own.")
    ] = None
    log_level: Annotated[
        str, Field(pattern="^(debug|info|warning|error)$", description="How much is logged.")
    ] = "info"

    @field_validator("host")
    @classmethod
    def _is_an_address(cls, host: str) -> str:
        if host == "localhost":
            return "127.0.0.1"
        ip_address(host)
        return host

    @field_validator("ca_file", "setup_token_file")
    @classmethod
    def _can_be_read(cls, path: Path | None) -> Path | None:
        try:
            if path is not None and not path.read_text().strip():
                raise ValueError(f"the file {path} is empty")
        except OSError as error:
            raise ValueError(f"the file {path} cannot be read: {error.strerror}") from None
        return path

    @property
    def loopback(self) -> bool:
        return ip_address(self.host).is_loopback

    @property
    def database_path(self) -> Path:
        return self.data_dir / "vqs.db"

    @property
    def secret_path(self) -> Path:
        """Beside the data folder, not in it: a copy of the data alone must be worthless."""
        if self.secret_file is not None:
            return self.secret_file
        data = self.data_dir.absolute()
        return data.with_name(f"{data.name}-secret") / "master.key"


def load() -> Settings:
    """Raises UnusableSettings, naming the first variable that cannot be used."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "VQS_" + "_".join(str(part) for part in first["loc"]).upper()
        raise UnusableSettings(
            f"{name} cannot be used: {first['msg'].removeprefix('Value error, ')}."
        ) from None


def in_container() -> bool:
    """Docker and Podman each leave a file that says so."""
    return any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv"))
