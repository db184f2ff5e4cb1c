"""Opens the database: finds or makes the secret, and finishes a change of it."""

import logging

from models.backups import FOLDER
from models.backups.making import clear_drafts
from models.database import Database, encryption
from models.database.encryption import Keyring, UnusableSecret
from models.database.fields import now
from models.environment import Environment
from models.late import late
from models.opening import disk, rotation
from models.opening.checking import Secrets
from models.opening.lock import no_commands
from models.opening.restoring import Restore
from models.opening.schema import TABLES, open_database

log = logging.getLogger(__name__)


class CannotMove(Exception):
    """The data was not moved to another database; the message is one sentence for the terminal."""


def open_folder(options: Environment) -> tuple[Database, Keyring]:
    """Opens the data folder. Raises UnusableSecret, UnusableDatabase or Unavailable before that."""
    path, secret = options.database_path, options.secret_path
    restore = Restore.under_way(path)
    if (path.exists() or restore) and not secret.exists():
        raise UnusableSecret(
            f"The database {path} is there, but its master secret {secret} is not: "
            "put it back, or name it in VQS_SECRET_FILE."
        )
    with no_commands(options.data_dir):
        about_disk = disk.judge(options)
        if rotation.finish(path, secret):
            log.warning("a change of the master secret that was cut short is finished")
        keyring, warnings = encryption.load_or_create(secret)
        if options.secret_previous_file is not None:
            _take_over(options, keyring)
        clear_drafts(path.parent / FOLDER)
        Restore.clear_draft(path)
        opened = None if restore is None else _restored(options, keyring, restore)
    if secret.resolve().is_relative_to(options.data_dir.resolve()):
        log.warning("the master secret %s lies in the data folder: keep it elsewhere", secret)
    for warning in (*about_disk, *warnings):
        log.warning(warning)
    return opened or open_database(path, keyring, now()), keyring


def _restored(options: Environment, keyring: Keyring, restore: Restore) -> Database:
    secrets = Secrets(options.secret_path, keyring, options.secret_previous_file)
    return restore.open(secrets, now())


def open_chosen(options: Environment) -> tuple[Database, Keyring]:
    """The database that the environment names: the file, or a server.

    Raises UnusableSecret or UnusableDatabase before anything is touched.
    """
    if options.database_url_file is None:
        return open_folder(options)
    if rotation.coming_of(options.secret_path).exists():
        late("models.opening.resealing").finish(options.database_address, options.secret_path)
    keyring, warnings = encryption.load_or_create(options.secret_path)
    for warning in warnings:
        log.warning(warning)
    servers = late("models.opening.servers")
    return servers.open_server(options.database_address, keyring, now()), keyring


def _take_over(options: Environment, keyring: Keyring) -> None:
    assert options.secret_previous_file is not None
    previous, _ = encryption.load(options.secret_previous_file)
    if rotation.take_over(options.database_path, keyring, previous, TABLES):
        log.warning("the database is encrypted with the new master secret now")
    log.warning("VQS_SECRET_PREVIOUS_FILE is not needed any more; keep it for older backups only")
