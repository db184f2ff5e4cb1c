"""Commands of the terminal about backups: make one, verify one, restore one."""

from argparse import Namespace
from collections.abc import Callable

from jobs.terminal import TERMINAL, Refused, must_exist, open_as_command
from models import happenings
from models.backups import Backup, BackupFolder, making
from models.backups.making import BackupFailed
from models.backups.reading import Contents
from models.database import database, encryption
from models.database.fields import now
from models.environment import Environment
from models.opening import open_folder
from models.opening.checking import Secrets, UnfitBackup, check
from models.opening.lock import as_command, only_server
from models.opening.restoring import Restore, RestoreNote
from models.people.audit import Event

ON_SERVER = (
    "The database is on a PostgreSQL server, whose backups are made with pg_dump and restored with "
    "pg_restore: see docs/how-to/postgresql.md."
)
SAME_DISK = "It lies on the same disk as the database: copy it to another one."
OTHER_DISK = "It lies on another disk than the database."


def back_up(options: Environment) -> str:
    """Makes a backup, beside the running program; returns what to print.

    Raises Refused, Unavailable, UnusableSecret or UnusableDatabase.
    """
    _refuse_server(options)
    must_exist(options)
    with as_command(options.data_dir), open_as_command(options):
        try:
            made = making.make(database.obj, "by-hand", now())
        except BackupFailed as error:
            raise Refused(str(error)) from None
        assert made is not None
        details = {"about": made.name, "address": TERMINAL}
        database.if_writable(happenings.note, kind="backup-asked", at=now(), details=details)
    return (
        f"{made.path} was written and read back: it is sound.\n{_needed(options, made.key_id)}\n"
        + (SAME_DISK if _folder(options).shares_disk(options.database_path) else OTHER_DISK)
    )


def verify(options: Environment, name: str | None) -> str:
    """Reads a whole backup, the latest without a name; returns what to print.

    Raises Refused or UnusableSecret.
    """
    _refuse_server(options)
    backup = _found(options, name)
    found = _checked(options, backup)
    return (
        f"{backup.name} is sound: its key opens it, every page was read, and it holds "
        f"{sum(found.rows.values()):,} rows in {len(found.rows)} tables.\n"
        f"{_needed(options, backup.key_id)}"
    )


def restore(options: Environment, name: str) -> str:
    """Puts a backup into the place of the database; returns what to print.

    Raises Refused, Unavailable, UnusableSecret or UnusableDatabase.
    """
    _refuse_server(options)
    with only_server(options.data_dir):
        backup = _found(options, name)
        _checked(options, backup)
        at = now()
        try:
            Restore.choose(options.database_path, RestoreNote(backup.name, at))
        except OSError as error:
            raise Refused(f"The restore cannot be begun: {error.strerror}.") from None
        restored, _ = open_folder(options)
        try:
            failed = Event.select().where(Event.action == "restore-failed", Event.at >= at).first()
        finally:
            restored.close_all()
    if failed:
        raise Refused(f"Nothing was changed. {failed.about}")
    former = [each for each in _folder(options).all() if each.cause == "before-restore"]
    undo = f" To undo it, restore {former[0].name}." if former else ""
    return (
        f"{backup.name} is restored. Everybody has to sign in again; API keys and invitations have "
        f"ended.{undo}"
    )


COMMANDS: dict[str, Callable[[Environment, Namespace], str]] = {
    "backup": lambda options, _: back_up(options),
    "verify": lambda options, chosen: verify(options, chosen.name),
    "restore": lambda options, chosen: restore(options, chosen.name),
}


def _folder(options: Environment) -> BackupFolder:
    return BackupFolder.beside(options.database_path)


def _found(options: Environment, name: str | None) -> Backup:
    folder = _folder(options)
    backup = folder.latest(now()) if name is None else folder.find(name)
    if backup is None:
        there = ", ".join(each.name for each in folder.all()[:3])
        if name is None:
            unread = f" but {there}: name one of these to have it read" if there else ""
            raise Refused(f"There is no backup in {folder.path}{unread}.")
        raise Refused(
            f"There is no backup {name} in {folder.path}; the latest there: {there or 'none'}. A "
            "file from elsewhere has to lie there under the name that it got here."
        )
    return backup


def _checked(options: Environment, backup: Backup) -> Contents:
    keyring, _ = encryption.load(options.secret_path)
    secrets = Secrets(options.secret_path, keyring, options.secret_previous_file)
    try:
        return check(backup, secrets)
    except UnfitBackup as error:
        raise Refused(f"{backup.name} cannot be restored. {error}") from None


def _refuse_server(options: Environment) -> None:
    if options.database_url_file is not None:
        raise Refused(ON_SERVER)


def _needed(options: Environment, key_id: str) -> str:
    """What else it takes to get everything back."""
    return (
        f"It opens only with the master secret whose key has the id {key_id}: keep a copy of "
        f"{options.secret_path} in another place than the backups."
    )
