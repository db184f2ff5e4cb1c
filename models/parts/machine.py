"""Parts of the machine: master secret, data folder, disk, network, clock and certificate."""

import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from models.environment import Environment
from models.environment.certificates import out_of_date, validity
from models.happenings import Happening
from models.instances import Instance
from models.parts import PartState

MEGABYTE = 1_000_000
# With less, the write-ahead log and a backup may not fit any more.
LEAST_FREE, TIGHT = 100 * MEGABYTE, 1000 * MEGABYTE
# The program did not exist before, so a clock that says so is wrong.
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
# Clocks of a household differ by seconds; budgets and cooldowns bear minutes.
ASKEW = timedelta(minutes=5)
SOON = timedelta(days=14)
# The kernel's routes, as `man 5 proc` describes them: a line each, the device in it.
ROUTES = Path("/proc/self/net")
# Destinations of IPv6 that say only that a device is there: link-local, and groups on the link.
OF_THE_LINK = ("fe80", "ff00")


def of_machine(options: Environment, at: datetime) -> list[PartState]:
    found = (secret(options), folder(options), disk(options), network(), certificate(options, at))
    return [part for part in found if part is not None]


def told_at_start(options: Environment, at: datetime) -> Iterator[str]:
    """A sentence for the log about each part that is not well; the database is open."""
    connected = network()
    for part in (disk(options), clock(at, ()), connected):
        if part is not None and part.state != "well":
            yield f"{part.name}: {part.sentence} {part.remedy}"
    if connected.state != "well":
        return
    for row in Instance.enabled().where(Instance.fault.is_null(False)):
        yield f"{row.name}: {row.fault}"


def secret(options: Environment) -> PartState:
    """Whether the master secret is there, for its owner alone, and apart from the data."""
    name, path = "Master secret", options.secret_path
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        why = error.strerror or str(error)
        put = f"Put it back to {path}, or name its place in VQS_SECRET_FILE."
        return PartState(name, "fault", f"The master secret cannot be read ({why}).", put)
    if mode & 0o077:
        said = "The master secret is readable by others."
        return PartState(name, "warning", said, f"Run: chmod 600 {path}")
    if path.resolve().is_relative_to(options.data_dir.resolve()):
        said = "The master secret lies in the data folder, so a copy of that folder opens itself."
        return PartState(
            name, "warning", said, "Move it elsewhere, and name it in VQS_SECRET_FILE."
        )
    return PartState(name, "well", "It is there, for its owner alone, and apart from the data.")


def folder(options: Environment) -> PartState:
    """Whether the data folder can be written to."""
    name, path = "Data folder", options.data_dir
    if not path.is_dir():
        said = "The data folder is not there."
        return PartState(name, "fault", said, f"Make {path}, or name another in VQS_DATA_DIR.")
    if not os.access(path, os.W_OK | os.X_OK):
        said = "The data folder cannot be written to, so nothing new is kept."
        return PartState(
            name, "fault", said, f"Give {path} to user {os.getuid()}, or mount it writable."
        )
    if os.statvfs(path).f_flag & os.ST_RDONLY:
        said = "The data folder lies on a disk that can only be read, so nothing new is kept."
        return PartState(name, "fault", said, f"Mount the disk of {path} writable.")
    return PartState(name, "well", "It can be written to.")


def disk(options: Environment) -> PartState | None:
    """Whether the disk of the data folder has room; None where there is no such folder."""
    try:
        free = shutil.disk_usage(options.data_dir).free
    except OSError:
        return None
    said = f"{free / MEGABYTE / 1000:,.1f} GB are free on the disk of the data folder."
    if free < LEAST_FREE:
        said = f"Only {free / MEGABYTE:,.0f} MB are free on the disk of the data folder."
        return PartState("Disk", "fault", said, "Make room: when it is full, nothing is searched.")
    if free < TIGHT:
        return PartState("Disk", "warning", said, "Make room before it is full.")
    return PartState("Disk", "well", said)


def network() -> PartState:
    """Whether this machine has a route to any other one, by what its kernel says."""
    if _has_a_route():
        return PartState("Network", "well", "This machine has one.")
    said = "This machine has none, so only what runs on it can be reached."
    remedy = "Connect it, or give the container a network; no restart is needed."
    return PartState("Network", "fault", said, remedy)


def _has_a_route() -> bool:
    """True too where the kernel cannot be asked: nothing wrong is known then."""
    try:
        if len((ROUTES / "route").read_text().splitlines()) > 1:
            return True
        lines = (ROUTES / "ipv6_route").read_text().splitlines()
    except OSError:
        return True
    return any(not line.endswith(" lo") and not line.startswith(OF_THE_LINK) for line in lines)


def certificate(options: Environment, at: datetime) -> PartState | None:
    """Whether browsers accept the certificate by its dates; None where another serves https."""
    if options.tls_cert_file is None:
        return None
    if out_of_date(options.tls_cert_file, at):
        said = "Browsers refuse the certificate, because of its dates."
        return PartState("Certificate", "fault", said, out_of_date(options.tls_cert_file, at))
    _, last = validity(options.tls_cert_file)
    said = f"It is valid until {last:%Y-%m-%d}."
    if last - at < SOON:
        return PartState(
            "Certificate", "warning", said, "Put a new one in its place before that day."
        )
    return PartState("Certificate", "well", said)


def clock(at: datetime, instances: Iterable[Instance]) -> PartState:
    """Whether the clock is believable, by what it said before and by what the instances say."""
    name, put_right = "Clock", "Set this machine's clock right, best by the time service (NTP)."
    said = f"{at:%Y-%m-%d %H:%M} UTC."
    if at < EARLIEST:
        return PartState(
            name, "fault", f"It says {said} That is before this program existed.", put_right
        )
    latest = Happening.select().order_by(Happening.id.desc()).first()
    if latest is not None and latest.at > at + ASKEW:
        before = f"It says {said} Before, it said {latest.at:%Y-%m-%d %H:%M} UTC."
        return PartState(name, "warning", before, put_right)
    ahead = [_ahead(each) for each in instances]
    if ahead and (min(ahead) > ASKEW or max(ahead) < -ASKEW):
        nearest = min(ahead, key=abs)
        minutes = abs(nearest) // timedelta(minutes=1)
        behind = "behind" if nearest > timedelta(0) else "ahead of"
        who = "the instance" if len(ahead) == 1 else "every instance"
        told = f"It says {said} It is at least {minutes:,} minutes {behind} {who}."
        return PartState(name, "warning", told, put_right)
    return PartState(name, "well", f"It says {said}")


def _ahead(instance: Instance) -> timedelta:
    return timedelta(milliseconds=instance.clock_ahead_ms)
