"""What the file systems below the data and the secret can do, found out before they are used."""

import fcntl
import mmap
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from models.database.encryption import MARK, UnusableSecret
from models.database.files import make_own
from models.environment import Environment
from models.opening.lock import Unavailable

# Linux tells there what is mounted where, with the kind of file system; see proc(5).
MOUNTS = Path("/proc/self/mountinfo")
# SQLite's write-ahead log needs memory that all its users share: sqlite.org/wal.html.
OF_A_NETWORK = {
    *("nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "ncpfs", "afs", "davfs"),
    *("fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.glusterfs", "fuse.davfs2"),
}
# Folders of the machine around a virtual one, as Docker Desktop lends them on Windows and macOS.
OF_THE_HOST = {
    *("9p", "drvfs", "virtiofs", "fakeowner", "osxfs", "fuse.grpcfuse", "fuse.osxfs"),
    *("vboxsf", "prl_fs", "vmhgfs", "fuse.vmhgfs-fuse"),
}
ELSEWHERE = "put it on a local disk, or into a named volume of the container"
PAGE = 4096


class Ability(NamedTuple):
    """What a file could do that was made for it. An error is what the system said, or empty."""

    error: str = ""
    keeps_modes: bool = True


def kind_of(folder: Path, mounts: Iterable[str]) -> str:
    """The kind of file system, such as ext4, by the lines of mountinfo; empty if it is not told."""
    inside, found, longest = [folder, *folder.parents], "", -1
    for line in mounts:
        about, _, of_kind = line.partition(" - ")
        parts = about.split(" ")
        if len(parts) > 4 and (point := Path(_unescaped(parts[4]))) in inside:
            depth = len(point.parts)
            # Of two at one place, the later one covers the other.
            if depth >= longest:
                found, longest = of_kind.split(" ")[0], depth
    return found


def _unescaped(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), text)


def tried(folder: Path) -> Ability:
    """Shares memory through a file of ours, locks it, and looks at its mode. Raises OSError."""
    path = folder / f".trial-{os.getpid()}"
    path.unlink(missing_ok=True)
    os.close(make_own(path))
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            os.ftruncate(descriptor, PAGE)
            # Nothing is written there: on a full disk that would kill the process.
            mmap.mmap(descriptor, PAGE, mmap.MAP_SHARED).close()
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return Ability(keeps_modes=not os.fstat(descriptor).st_mode & 0o077)
        except OSError as error:
            return Ability(error.strerror or str(error))
        finally:
            os.close(descriptor)
    finally:
        path.unlink(missing_ok=True)


def judge_data(folder: Path, kind: str, found: Ability) -> list[str]:
    """Warnings for the log. Raises Unavailable where a database cannot be kept whole."""
    if kind in OF_A_NETWORK:
        raise Unavailable(
            f"The data folder {folder} lies on a network ({kind}), where the database cannot be "
            f"kept whole: {ELSEWHERE}, or use a PostgreSQL server."
        )
    if found.error:
        raise Unavailable(
            f"The file system of the data folder {folder} cannot do what a database needs "
            f"({found.error}): {ELSEWHERE}."
        )
    said = []
    if kind in OF_THE_HOST:
        said.append(
            f"The data folder {folder} is lent by the machine around this one ({kind}): a named "
            "volume is faster, and safer when that machine sleeps."
        )
    if not found.keeps_modes:
        said.append(
            f"The file system of the data folder {folder} keeps no rights of files: others on that "
            "machine may copy the database, which is worthless without the master secret."
        )
    return said


def judge_secret(secret: Path, kind: str, found: Ability) -> None:
    """Raises UnusableSecret where everybody could read the secret that the program makes."""
    if not found.keeps_modes:
        raise UnusableSecret(
            f"The master secret cannot be kept in {secret.parent}, because its file system "
            f"({kind or 'unknown'}) keeps no rights of files and others could read it: "
            f"{ELSEWHERE}, or hand it in with VQS_SECRET_FILE."
        )


def judge(options: Environment) -> list[str]:
    """Warnings for the log. Raises Unavailable or UnusableSecret. The data folder is there."""
    mounts = _mounts()
    data, secret = options.data_dir, options.secret_path
    warnings: list[str] = []
    # Whoever writes there next says why it cannot be written to.
    with suppress(OSError):
        warnings = judge_data(data, kind_of(data.resolve(), mounts), tried(data))
    if not secret.exists() or (secret.parent / MARK).exists():
        with suppress(OSError):
            secret.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = tried(secret.parent)
            judge_secret(secret, kind_of(secret.parent.resolve(), mounts), found)
    return warnings


def _mounts() -> list[str]:
    try:
        return MOUNTS.read_text(errors="replace").splitlines()
    except OSError:
        return []
