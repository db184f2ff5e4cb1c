"""`python app.py check`: looks at every part, asks every instance, and says what to do."""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, nullcontext

from peewee import DatabaseError

from jobs import prowlarrs
from jobs.arr import Door, Fault, Status
from jobs.checks import check as ask
from jobs.engine import Engine, target_of
from jobs.terminal import Refused, must_exist, open_as_command
from models.database import UnusableDatabase, database
from models.database.encryption import UnusableSecret
from models.database.fields import now
from models.environment import Environment
from models.files.declared import current, declared_faults
from models.instances import Instance
from models.opening import disk
from models.opening.lock import Unavailable, as_command
from models.opening.outside import unknown_names
from models.parts import PartState
from models.parts.backups import backup
from models.parts.machine import clock, of_machine
from models.prowlarrs import Prowlarr

WORDS = {"well": "ok", "warning": "look", "fault": "FAULT", "off": "off", "waiting": "-"}
PUT_BACK = "Stop the program, check the disk, and put back the latest backup."
CANNOT = (Refused, Unavailable, UnusableDatabase, UnusableSecret)


def check(options: Environment, engine: Engine) -> tuple[str, int]:
    """What to print, and the exit code: 0 unless some part has a fault."""
    found = [*_settings(), *_machine(options), *_stored(options, engine)]
    names = max(len(part.name) for part in found)
    lines = [f"{WORDS[part.state]:5}  {part.name:{names}}  {_told(part)}" for part in found]
    faults = sum(part.state == "fault" for part in found)
    looks = sum(part.state == "warning" for part in found)
    lines.append(f"Faults: {faults}." if faults else f"No faults. To look at: {looks}.")
    if not faults and not looks:
        lines[-1] = "All is well."
    return "\n".join(lines), 1 if faults else 0


def _told(part: PartState) -> str:
    return f"{part.sentence} {part.remedy}".strip()


def _settings() -> Iterator[PartState]:
    unknown = unknown_names()
    yield from (PartState("Settings", "warning", each) for each in unknown)
    if not unknown:
        yield PartState("Settings", "well", "Each of them can be used.")


def _machine(options: Environment) -> Iterator[PartState]:
    yield from of_machine(options, now())
    name = "File system"
    if not options.data_dir.is_dir():
        return
    try:
        warnings = disk.judge(options)
    except (Unavailable, UnusableSecret) as error:
        yield PartState(name, "fault", str(error))
        return
    yield from (PartState(name, "warning", each) for each in warnings)
    if not warnings:
        yield PartState(name, "well", "It can keep a database and the rights of files.")


def _stored(options: Environment, engine: Engine) -> Iterator[PartState]:
    """What the database itself tells, once it opens."""
    name = "Database"
    try:
        with _opened(options):
            damage = database.faults(lambda: False)
            if damage:
                yield PartState(name, "fault", f"It is damaged: {'; '.join(damage)}.", PUT_BACK)
            else:
                yield PartState(name, "well", "It opens, is up to date, and every page is sound.")
            yield from _declared()
            yield backup(options, now())
            instances = list(Instance.by_name().where(Instance.demo == False))  # noqa: E712
            enabled = [each for each in instances if not each.disabled_at]
            yield clock(now(), [each for each in enabled if each.checked_at])
            yield from asyncio.run(_ask_all(engine.door, enabled))
    except CANNOT as error:
        yield PartState(name, "fault", str(error))
    except DatabaseError as error:
        yield PartState(name, "fault", f"It cannot be read: {error}.", PUT_BACK)


def _declared() -> Iterator[PartState]:
    """What the file of VQS_CONFIG_FILE declares, beside what there is."""
    name, faults = "Settings file", declared_faults(now())
    yield from (PartState(name, "fault", str(each)) for each in faults)
    if current() and not faults:
        yield PartState(name, "well", "What it declares can be used.")


@contextmanager
def _opened(options: Environment) -> Iterator[None]:
    must_exist(options)
    on_server = options.database_url_file is not None
    with nullcontext() if on_server else as_command(options.data_dir), open_as_command(options):
        yield


async def _ask_all(door: Door, instances: list[Instance]) -> list[PartState]:
    """Asks everybody at once, each one request."""
    others = [each for each in Prowlarr.by_name() if not each.demo and not each.lacks_key]
    asked: list[Awaitable[Status | Fault]] = [ask(door, target_of(each)) for each in instances]
    asked += [prowlarrs.check(door, prowlarrs.target_of(each)) for each in others]
    answers = await asyncio.gather(*asked)
    return [
        _of(each.name, answer) for each, answer in zip([*instances, *others], answers, strict=True)
    ]


def _of(name: str, answer: Status | Fault) -> PartState:
    if isinstance(answer, Fault):
        return PartState(name, "fault", answer.sentence)
    return PartState(name, "well", f"Version {answer.version} answers, and takes the key.")
