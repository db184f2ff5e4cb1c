"""Puts a backup into the place of the database, at a start, before anything is opened.

A note beside the database says which one, and the ending of its name how far it has come. Steps
are renames, which need no room on a full disk; each can be done again after a kill.
"""

import json
import logging
import os
import shutil
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from peewee import DatabaseError

from models import happenings
from models.backups import BackupFolder, name_of
from models.backups.making import BackupFailed, prepare, refuse_without_room, thin_out
from models.database import Database, UnusableDatabase
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring
from models.database.fields import from_ms, to_ms
from models.database.files import flush, make_own, open_own, remove_database
from models.forms.held_forms import HeldForm
from models.notifications.outbox import drop_waiting
from models.opening import rotation
from models.opening.checking import Secrets, UnfitBackup, refuse_at_sight
from models.opening.rotation import CannotRotate
from models.opening.schema import TABLES, open_database
from models.people import User
from models.people.half_sign_ins import HalfSignIn
from models.people.invitations import Invitation
from models.people.keys import ApiKey
from models.people.sessions import Session

log = logging.getLogger(__name__)

# How far it has come: the former database is there until `swapping`, and from `undoing` on.
CHOSEN, SWAPPING, SWAPPED, OPENING, OPENED, UNDOING, RETURNING = STEPS = (
    *("chosen", "swapping", "swapped", "opening", "opened", "undoing", "returning"),
)
# What the note is called before it counts.
DRAFT = "draft"
# The parts of a database whose rows count; SQLite makes the others anew.
PARTS = ("-wal", "-journal", "")
LONGEST_NOTE = 2000
NO_NOTE = (
    "The note {} cannot be read. If no backup was being restored, remove it; if one was, the "
    "database from before is the file vqs.db.former-... in the same folder."
)


class RestoreNote(NamedTuple):
    """Which backup a person wants to have restored, and from where they asked."""

    backup: str
    at: datetime
    person: str = ""
    address: str = ""

    @property
    def text(self) -> str:
        return json.dumps([self.backup, to_ms(self.at), self.person, self.address])

    @classmethod
    def read(cls, path: Path) -> "RestoreNote":
        """Raises UnusableDatabase."""
        try:
            with os.fdopen(open_own(path, os.O_RDONLY), encoding="utf-8") as file:
                backup, at, person, address = json.loads(file.read(LONGEST_NOTE))
            return cls(str(backup), from_ms(int(at)), str(person), str(address))
        except (OSError, ValueError, TypeError, OverflowError):
            raise UnusableDatabase(NO_NOTE.format(path)) from None


class Restore:
    """A restore that is under way, from its note until the restored database is open."""

    def __init__(self, database: Path, note: RestoreNote, step: str) -> None:
        self.database = database
        self.note = note
        self.step = step

    @classmethod
    def choose(cls, database: Path, note: RestoreNote) -> None:
        """Writes the note, for the next start. Raises OSError."""
        cls.clear_draft(database)
        draft = _note_at(database, DRAFT)
        with os.fdopen(make_own(draft), "w", encoding="utf-8") as file:
            file.write(note.text)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(_note_at(database, CHOSEN))
        flush(database.parent)

    @staticmethod
    def clear_draft(database: Path) -> None:
        """Removes the note that a kill left half written: nobody was told that it counts."""
        _note_at(database, DRAFT).unlink(missing_ok=True)

    @classmethod
    def under_way(cls, database: Path) -> "Restore | None":
        """Raises UnusableDatabase where a note cannot be read."""
        for step in STEPS:
            path = _note_at(database, step)
            if path.exists() or path.is_symlink():
                return cls(database, RestoreNote.read(path), step)
        return None

    @property
    def former(self) -> Path:
        """Where the database from before is kept meanwhile."""
        return self.database.with_name(f"{self.database.name}.former-{to_ms(self.note.at)}")

    @property
    def incoming(self) -> Path:
        return self.database.with_name(f"{self.database.name}.incoming")

    def open(self, secrets: Secrets, at: datetime) -> Database:
        """Finishes the restore, or undoes it where the backup does not open, and opens what stays.

        Raises UnusableDatabase where that does not open either.
        """
        said = self._swap()
        is_first = not self.former.exists()
        if self.step == OPENING and not is_first:
            said = "The program was stopped while it opened the backup."
            self._enter(UNDOING)
        elif self.step in (SWAPPED, OPENING):
            try:
                return self._open_restored(secrets, at)
            except (UnusableDatabase, CannotRotate, DatabaseError, OSError, UnfitBackup) as error:
                said = str(error)
                self._enter(UNDOING)
        if self.step == OPENED:
            opened = open_database(self.database, secrets.keyring, at)
            self._settle(secrets.keyring)
            return opened
        self._undo()
        log.error("the backup %s was not restored: %s", self.note.backup, said)
        if not self.database.exists():
            self._drop()
            raise UnusableDatabase(f"The backup {self.note.backup} was not restored. {said}")
        try:
            opened = open_database(self.database, secrets.keyring, at)
        except UnusableDatabase:
            # It was said that it was not restored, so no later start may do it.
            self._drop()
            raise
        about = f"{self.note.backup}: {said}"
        opened.if_writable(self._tell, kind="restore-failed", about=about, at=at)
        self._drop()
        return opened

    def _swap(self) -> str:
        """Takes the first steps; the sentence says why it could not even begin."""
        try:
            if self.step == CHOSEN:
                self._copy()
                self._enter(SWAPPING)
        except (OSError, UnfitBackup, BackupFailed) as error:
            remove_database(self.incoming)
            return str(error)
        if self.step == SWAPPING:
            self._put_in_place()
            self._enter(SWAPPED)
        return ""

    def _copy(self) -> None:
        """Raises OSError, UnfitBackup or BackupFailed."""
        backup = BackupFolder.beside(self.database).find(self.note.backup)
        if backup is None:
            raise UnfitBackup("It is not in the folder of backups any more.")
        refuse_at_sight(backup)
        remove_database(self.incoming)
        refuse_without_room(self.database.parent, backup.size)
        with (
            os.fdopen(open_own(backup.path, os.O_RDONLY), "rb") as source,
            os.fdopen(make_own(self.incoming), "wb") as target,
        ):
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(target.fileno())

    def _put_in_place(self) -> None:
        """Moves the incoming file to its place; does nothing once that file is gone."""
        if not self.incoming.exists():
            return
        _move(self.database, self.former)
        remove_database(self.database)
        self.incoming.replace(self.database)
        flush(self.database.parent)

    def _open_restored(self, secrets: Secrets, at: datetime) -> Database:
        self._enter(OPENING)
        backup = BackupFolder.beside(self.database).find(self.note.backup)
        if backup is not None and backup.key_id != secrets.keyring.id:
            older = secrets.opening(backup.key_id)
            rotation.take_over(self.database, secrets.keyring, older, TABLES)
        opened = open_database(self.database, secrets.keyring, at)
        with ExitStack() as fails:
            fails.callback(opened.close_all)
            with opened.durable():
                _let_nobody_in(at)
                drop_waiting(at)
                self._tell("backup-restored", self.note.backup, at)
            self._enter(OPENED)
            fails.pop_all()
        log.info("the backup %s is restored", self.note.backup)
        self._settle(secrets.keyring)
        return opened

    def _settle(self, keyring: Keyring) -> None:
        """Makes a backup of the database from before, so that the restore can be undone.

        Where the disk has no room for that, the next start does it.
        """
        folder = BackupFolder.beside(self.database)
        if self.former.exists():
            try:
                prepare(folder.path)
                _make_single(self.former, keyring)
                name = name_of("before-restore", self.note.at, keyring.id)
                self.former.rename(folder.path / name)
                thin_out(folder, "before-restore")
            except (UnusableDatabase, DatabaseError, OSError, BackupFailed) as error:
                log.warning("the database from before is %s, no backup: %s", self.former, error)
                if EmbeddedDatabase(self.former, keyring).obstacle:
                    return
        self._drop()

    def _undo(self) -> None:
        """Puts the database from before back; what was never swapped is left alone."""
        if self.step == UNDOING:
            remove_database(self.database)
            self._enter(RETURNING)
        if self.step == RETURNING:
            _move(self.former, self.database)
            flush(self.database.parent)

    def _tell(self, kind: str, about: str, at: datetime) -> None:
        person = User.named(self.note.person) if self.note.person else None
        details = {"about": about, "address": self.note.address}
        happenings.note(kind, at, details, person=person)

    def _enter(self, step: str) -> None:
        _note_at(self.database, self.step).rename(_note_at(self.database, step))
        flush(self.database.parent)
        self.step = step

    def _drop(self) -> None:
        _note_at(self.database, self.step).unlink(missing_ok=True)
        flush(self.database.parent)


def _let_nobody_in(at: datetime) -> None:
    """Ends what lets people and programs in: it may have been taken back since the backup."""
    for table in (Session, HalfSignIn, HeldForm, Invitation):
        table.delete().execute()
    ApiKey.revoke_all(at)


def _note_at(database: Path, step: str) -> Path:
    return database.with_name(f"restore.{step}")


def _move(source: Path, target: Path) -> None:
    """Moves a database that is closed; the file itself comes last, so that it shows the end."""
    for part in PARTS:
        path = source.with_name(source.name + part)
        if path.exists():
            path.rename(target.with_name(target.name + part))


def _make_single(path: Path, keyring: Keyring) -> None:
    """Writes what is beside the database back into it. Raises UnusableDatabase or DatabaseError."""
    opened = EmbeddedDatabase(path, keyring)
    opened.open()
    try:
        opened.execute_sql("PRAGMA journal_mode = delete").fetchone()
    finally:
        opened.close_all()
    flush(path)
