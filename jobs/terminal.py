"""Commands of the terminal, run beside the server or while it is stopped."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from getpass import getpass

from models import happenings
from models.database import Database, UnusableDatabase, database, encryption
from models.database.embedded import EmbeddedDatabase
from models.database.fields import now
from models.environment import Environment
from models.household import Household
from models.late import late
from models.opening import rotation
from models.opening.lock import as_command, no_commands, only_server
from models.opening.schema import TABLES, is_behind, refuse_newer
from models.people import PASSWORD_LENGTHS, User, hash_password
from models.people.passwords import objection
from models.people.second_factors import SecondFactor
from models.people.sessions import Session
from models.people.throttles import Throttle, accounts

SHORTEST, LONGEST = PASSWORD_LENGTHS
TERMINAL = ""
BEHIND = "Start the program once, so that it brings the database up to date; then try again."


class Refused(Exception):
    """The command cannot be carried out; the message is one sentence for the terminal."""


def rotate_secret(options: Environment) -> str:
    """Renews the master secret and re-encrypts the database; returns what to print.

    Raises Refused, Unavailable, CannotRotate, UnusableSecret or UnusableDatabase.
    """
    if options.database_url_file is not None:
        return _rotate_on_server(options)
    with only_server(options.data_dir), no_commands(options.data_dir):
        must_exist(options)
        with open_as_command(options):
            pass
        kept = rotation.rotate(options.database_path, options.secret_path, TABLES)
        with open_as_command(options), database.atomic():
            happenings.note("secret-changed", now(), {"address": TERMINAL})
    return (
        f"The master secret {options.secret_path} is a new one, and the database is encrypted "
        f"with it. Everybody has to sign in again. The old one is {kept}: it opens the backups "
        "made so far; delete it when you need none of them any more."
    )


def _rotate_on_server(options: Environment) -> str:
    """Makes a new secret; where a previous one is handed in, the other is the new one already."""
    resealing, address = late("models.opening.resealing"), options.database_address
    if options.secret_previous_file is None:
        kept = resealing.rotate(address, options.secret_path)
    else:
        kept = options.secret_previous_file
        new, old = (encryption.load(path)[0] for path in (options.secret_path, kept))
        resealing.take_over(address, new, old)
    return (
        f"All that is sealed in the database is sealed with the master secret "
        f"{options.secret_path} now: give it to every replica. Everybody has to sign in again. "
        f"The old one is {kept}: it opens the backups made so far."
    )


def reset_password(
    options: Environment, name: str, ask: Callable[[], str], *, second_factor_off: bool = False
) -> str:
    """Sets a person's password and ends their sessions; returns what to print.

    `ask` returns the new password; it is called after the person was found.
    Raises Refused, Unavailable, UnusableSecret or UnusableDatabase.
    """
    on_server = options.database_url_file is not None
    with nullcontext() if on_server else as_command(options.data_dir):
        must_exist(options)
        with open_as_command(options):
            user = _found(name)
            said = _reset_password(user, ask())
            if second_factor_off and (factor := SecondFactor.of(user)):
                with database.atomic():
                    factor.remove(None)
                    happenings.note("second-factor-off", now(), {"address": TERMINAL}, person=user)
            return f"{said} {_rest(user)}".strip()


def _reset_password(user: User, password: str) -> str:
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refused(f"Use {SHORTEST} to {LONGEST} characters. Nothing was changed.")
    if against := objection(password, user.name):
        raise Refused(f"{against} Nothing was changed.")
    password_hash = hash_password(Household.current(), password)
    with database.atomic():
        user.change(password_hash=password_hash, password_changed_at=now())
        ended = Session.end_all(user)
        others = [f"proof:{user.id}", f"code:{user.id}"]
        Throttle.forget([*accounts(f"name:{user.key}", user, now()), *others])
        happenings.note("password-reset", now(), {"address": TERMINAL}, person=user)
    return f"{user.name} has a new password, and {_ended(ended)}."


def _ended(sessions: int) -> str:
    return "1 session was ended" if sessions == 1 else f"{sessions} sessions were ended"


def _rest(user: User) -> str:
    """What stays although the password is new, in sentences."""
    sentences = []
    if user.disabled_at is not None:
        sentences.append("The account is disabled still.")
    if SecondFactor.is_on(user):
        sentences.append("The second factor is on still; --second-factor-off turns it off as well.")
    return " ".join(sentences)


def _found(name: str) -> User:
    user = User.named(name)
    if user is None:
        names = ", ".join(each.name for each in User.select().order_by(User.key))
        raise Refused(f"Nobody here is named {name}. There are: {names or 'none yet'}.")
    return user


def typed_password() -> str:
    """Asks twice at a terminal; from a pipe, reads the first line. Raises Refused."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass("New password: ")
    if getpass("Once more: ") != password:
        raise Refused("The two passwords are not the same. Nothing was changed.")
    return password


@contextmanager
def open_as_command(options: Environment) -> Iterator[None]:
    """The database for a command, beside a server. Raises Refused while it is behind."""
    keyring, _ = encryption.load(options.secret_path)
    opened: Database
    if options.database_address is None:
        opened = EmbeddedDatabase(options.database_path, keyring)
    else:
        opened = late("models.database.server").ServerDatabase(options.database_address, keyring)
    opened.open()
    database.initialize(opened)
    try:
        refuse_newer(opened)
        if is_behind(opened) or not opened.table_exists(Household._meta.table_name):
            raise Refused(BEHIND)
        yield
    finally:
        opened.close_all()


def must_exist(options: Environment) -> None:
    if options.database_url_file is None and not options.database_path.exists():
        raise UnusableDatabase(f"There is no database in the data folder {options.data_dir} yet.")
