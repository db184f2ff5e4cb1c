"""The command of the terminal that moves everything between the file and a server."""

import sys
from pathlib import Path
from typing import Any

from models.database import UnusableDatabase, encryption
from models.database.fields import now
from models.environment import Environment
from models.late import late
from models.opening.lock import no_commands, only_server


def move_to(options: Environment, url_file: Path) -> str:
    """Copies the file to the server that `url_file` names, and renames it; returns what to print.

    Raises Refused, Unavailable, UnusableSecret, UnusableDatabase or CannotMove.
    """
    path = options.database_path
    with only_server(options.data_dir), no_commands(options.data_dir):
        if not path.exists():
            raise UnusableDatabase(f"There is no database in the data folder {options.data_dir}.")
        keyring, _ = encryption.load(options.secret_path)
        moved = _moving().to_server(path, address_in(url_file), keyring, progress)
        kept = path.with_name(f"{path.name}.moved-{now():%Y%m%dT%H%M%S}")
        path.rename(kept)
    return (
        f"All {moved.rows} rows are on the server, and each table has the same digest there. "
        f"{_left_out(moved.cleaned)}The file is kept as {kept}. From now on start the program with "
        f"VQS_DATABASE_URL_FILE={url_file} and the same master secret."
    )


def move_from(options: Environment, url_file: Path) -> str:
    """Copies the server that `url_file` names into a new file; returns what to print.

    Raises Unavailable, UnusableSecret, UnusableDatabase or CannotMove.
    """
    with only_server(options.data_dir), no_commands(options.data_dir):
        keyring, _ = encryption.load(options.secret_path)
        path = options.database_path
        moved = _moving().to_file(path, address_in(url_file), keyring, now(), progress)
    return (
        f"All {moved.rows} rows are in {path}, and each table has the same digest there. "
        "The database on the server is as it was. From now on start the program without "
        "VQS_DATABASE_URL_FILE, and with the same master secret."
    )


def _moving() -> Any:
    return late("models.opening.moving")


def address_in(url_file: Path) -> str:
    """The address, which is never shown. Raises UnusableDatabase."""
    try:
        return url_file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise UnusableDatabase(f"The file {url_file} cannot be read: {reason}.") from None


def progress(table: str, done: int, total: int) -> None:
    """One line a table, which counts on at a terminal, and says its begin and end elsewhere."""
    if sys.stdout.isatty():
        print(f"\r{table}: {done} of {total} rows", end="\n" if done == total else "", flush=True)
    elif done in (0, total):
        print(f"{table}: {done} of {total} rows", flush=True)


def _left_out(tables: list[str]) -> str:
    """A sentence about texts that are not what they were; "" if there are none."""
    if not tables:
        return ""
    return f"NUL, which no server takes, was left out of texts in {', '.join(tables)}. "
