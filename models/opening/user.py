"""Gives root's rights away, to the user whom PUID and PGID name, as many images do."""

import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.database.encryption import MARK
from models.environment import Environment, UnusableEnvironment

NAMES = ("PUID", "PGID")
USUAL = 1000
# Numbers above it are no user; the last one means "leave it as it is" to chown.
HIGHEST = 2**32 - 2
UMASK = 0o077
# A zone in the notation of POSIX, such as CET-1CEST, which no table holds.
POSIX_ZONE = re.compile(r"(<[\w+-]{3,}>|[A-Za-z]{3,})[+-]?\d.*")
# Of the file system, in a folder that is empty otherwise.
OF_NOBODY = {"lost+found"}


class Chosen(NamedTuple):
    """The user to become; None where neither PUID nor PGID is set."""

    user: int | None
    group: int | None
    umask: int


def faults_of(given: Mapping[str, str]) -> list[str]:
    """A sentence for each of these variables that cannot be used."""
    faults = [
        f"{name} cannot be used: it has to be a number from 1 to {HIGHEST}, such as 1000."
        for name in NAMES
        if (text := given.get(name)) and not _is_user(text)
    ]
    if not re.fullmatch("0?[0-7]{3}", _mask(given)):
        faults.append("UMASK cannot be used: it has to be three octal digits, such as 022.")
    return faults


def _mask(given: Mapping[str, str]) -> str:
    return given.get("UMASK") or f"{UMASK:03o}"


def chosen(given: Mapping[str, str]) -> Chosen:
    """Raises UnusableEnvironment, with a line for each variable that cannot be used."""
    if faults := faults_of(given):
        raise UnusableEnvironment("\n".join(faults))
    umask = int(_mask(given), 8)
    user, group = given.get("PUID"), given.get("PGID")
    if not (user or group):
        return Chosen(None, None, umask)
    return Chosen(int(user or USUAL), int(group or user or USUAL), umask)


def _is_user(text: str) -> bool:
    return re.fullmatch("[0-9]{1,10}", text) is not None and 1 <= int(text) <= HIGHEST


def become(options: Environment, given: Mapping[str, str]) -> None:
    """Sets the umask; started as root with PUID or PGID, gives folders and process to that user.

    Raises UnusableEnvironment where root may not do that. Call before anything is opened.
    """
    to = chosen(given)
    os.umask(to.umask)
    if os.geteuid() != 0 or to.user is None or to.group is None:
        return
    give_folders(options, to.user, to.group)
    try:
        os.setgroups([])
        os.setgid(to.group)
        os.setuid(to.user)
    except PermissionError:
        raise UnusableEnvironment(
            f"PUID cannot be used: root may not become user {to.user} here; give the container the "
            "capabilities CHOWN, DAC_OVERRIDE, SETGID and SETUID, or name the user in its user: "
            "instead of PUID."
        ) from None
    # Root's own folder is closed to the user, and libraries look for their settings there.
    os.environ["HOME"] = str(options.data_dir.absolute())


def give_folders(options: Environment, user: int, group: int) -> None:
    """Gives the data folder and the secret's to the user, if they hold nothing of others."""
    data, secret = options.data_dir, options.secret_path
    if options.database_url_file is None:
        _make(data)
    _make(secret.parent)
    _give(data, user, group, lambda names: not names or options.database_path.name in names)
    _give(secret.parent, user, group, lambda names: all(_of_secret(each, secret) for each in names))


def _of_secret(name: str, secret: Path) -> bool:
    return name == MARK or name == secret.name or name.startswith(f"{secret.name}.")


def _make(folder: Path) -> None:
    with suppress(OSError):
        folder.mkdir(mode=0o700)


def _give(folder: Path, user: int, group: int, is_ours: Callable[[set[str]], bool]) -> None:
    """Follows no link, enters no other file system, and leaves files with a second name alone.

    What cannot be given is left; whoever writes there later says so.
    """
    with suppress(OSError):
        top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            if is_ours(set(os.listdir(top)) - OF_NOBODY):
                os.chown(top, user, group)
                _give_what_is_in(top, user, group)
        finally:
            os.close(top)


def _give_what_is_in(top: int, user: int, group: int) -> None:
    device = os.fstat(top).st_dev
    for _, folders, files, at in os.fwalk(".", dir_fd=top, follow_symlinks=False):
        for name in (*folders, *files):
            with suppress(OSError):
                about = os.stat(name, dir_fd=at, follow_symlinks=False)
                if about.st_dev == device and (name in folders or about.st_nlink == 1):
                    os.chown(name, user, group, dir_fd=at, follow_symlinks=False)
        folders[:] = [each for each in folders if _device(each, at) == device]


def _device(name: str, at: int) -> int | None:
    try:
        return os.stat(name, dir_fd=at, follow_symlinks=False).st_dev
    except OSError:
        return None


def remarks(given: Mapping[str, str], user: int, group: int) -> list[str]:
    """What the log should say of the user whom the program runs as, and of TZ."""
    said = []
    wanted = chosen(given)
    if wanted.user is not None and (wanted.user, wanted.group) != (user, group):
        said.append(
            "PUID and PGID are ignored, because the program was not started as root: it runs as "
            f'user {user} and group {group}; start the container with user: "0:0" to use them.'
        )
    zone = given.get("TZ", "").removeprefix(":")
    if zone and not POSIX_ZONE.fullmatch(zone) and not _is_zone(zone):
        said.append(f"TZ names no time zone ({zone[:60]!r}): the log tells times in UTC.")
    return said


def _is_zone(name: str) -> bool:
    if name.startswith("/"):
        return Path(name).is_file()
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        # A name that nobody knows is a KeyError, a folder of names an OSError, ../ a ValueError.
        return False
    return True
