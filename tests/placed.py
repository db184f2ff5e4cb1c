"""A data folder with a secret beside it, a database that says which one it is, and backups."""

from pathlib import Path

from models.backups import Backup, BackupFolder, name_of
from models.backups.making import make
from models.database import Database
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import load, new_secret, write_secret
from models.database.fields import now
from models.environment import Environment
from models.household import Household
from models.opening import open_folder
from models.opening.checking import Secrets
from models.opening.restoring import Restore, RestoreNote
from models.opening.schema import open_database
from models.people.sessions import Session
from tests.conftest import START
from tests.people import account


class Place:
    """Alice's household, in which she is signed in; `zone` tells one database from another."""

    def __init__(self, folder: Path) -> None:
        self.options = Environment(data_dir=folder / "data")
        self.database = self.options.database_path
        self.folder = BackupFolder.beside(self.database)
        self.options.data_dir.mkdir()
        self.options.secret_path.parent.mkdir()
        write_secret(self.options.secret_path, new_secret())
        opened = self.open()
        alice = account("Alice")
        Session.begin(alice, START, "127.0.0.1", "a browser")
        opened.close_all()

    @property
    def secrets(self) -> Secrets:
        return Secrets(self.options.secret_path, load(self.options.secret_path)[0])

    def open(self) -> EmbeddedDatabase:
        return open_database(self.database, self.secrets.keyring, START)

    def back_up(self, cause: str = "by-hand") -> Backup:
        opened = self.open()
        try:
            made = make(opened, cause, START)
        finally:
            opened.close_all()
        assert made is not None
        return made

    def move_to(self, zone: str) -> None:
        """Changes it, so that it is another one than its earlier backups."""
        opened = self.open()
        Household.current().change(time_zone=zone)
        opened.close_all()

    def choose(self, backup: Backup) -> None:
        Restore.choose(self.database, RestoreNote(backup.name, START, "Alice", "10.0.0.7"))

    def start(self) -> Database:
        """As the server does it."""
        return open_folder(self.options)[0]

    def zone(self) -> str:
        """Which database a start finds, and that it is whole."""
        opened = self.start()
        try:
            assert opened.faults(lambda: False) == []
            return Household.current().time_zone
        finally:
            opened.close_all()

    def names(self) -> list[str]:
        """The files in the data folder, without locks."""
        paths = self.options.data_dir.iterdir()
        return sorted(path.name for path in paths if path.is_file() and path.suffix != ".lock")


def a_backup(opened: Database) -> str:
    """The name of a backup that is made now; on a server it only looks like one."""
    if not isinstance(opened, EmbeddedDatabase):
        return name_of("by-hand", now(), "0" * 8)
    made = make(opened, "by-hand", now())
    assert made is not None
    return made.name
