"""The tables, and the migrations that bring an earlier database up to date."""

import logging
from datetime import datetime
from pathlib import Path

from peewee import DatabaseError
from playhouse.migrations import Runner

from models.backlog import Item, Tally
from models.backlog.exclusions import Exclusion
from models.backlog.seasons import Season
from models.backlog.snapshots import Drift, Snapshot
from models.backlog.tags import ItemTag
from models.backups import BackupFolder, making
from models.backups.making import BackupFailed
from models.database import Database, UnusableDatabase, database
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring
from models.dry_runs import DrySearch
from models.forms.held_forms import HeldForm
from models.happenings import Happening
from models.hooks import Hook
from models.household import Household
from models.instances import Instance, WantedList
from models.instances.faults import InstanceFault
from models.instances.health import HalfHour
from models.jobs import Job, JobRun
from models.notifications import NoticeTarget
from models.notifications.outbox import Bookmark, Message, Notice
from models.people import User
from models.people.audit import Event
from models.people.half_sign_ins import HalfSignIn
from models.people.invitations import Invitation
from models.people.keys import ApiKey
from models.people.known_browsers import KnownBrowser
from models.people.second_factors import RecoveryCode, SecondFactor
from models.people.sessions import Session
from models.people.throttles import Throttle
from models.plan.course import BacklogDay
from models.prowlarrs import Prowlarr
from models.prowlarrs.indexers import IndexerLink, ProwlarrIndexer
from models.prowlarrs.requests import IndexerRequest
from models.queues import Queue, QueueInstance
from models.scores import FileScore, ScoreChange
from models.scores.profiles import ScoreProfile
from models.scores.shelves import ScoreScan, ScoreShelf
from models.searches import Search, SearchItem
from models.searches.grabs import Grab
from models.searches.runs import Run
from models.searches.saved_views import SavedView
from models.trials import Offer, Trial
from models.wishes import Wish
from models.yields import Yield
from models.yields.departures import Departure

log = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parents[1] / "migrations"
TABLES = (
    Household,
    User,
    Session,
    Invitation,
    SecondFactor,
    RecoveryCode,
    HalfSignIn,
    HeldForm,
    KnownBrowser,
    ApiKey,
    Throttle,
    Instance,
    WantedList,
    InstanceFault,
    HalfHour,
    Hook,
    Snapshot,
    Drift,
    Season,
    ScoreProfile,
    ScoreScan,
    ScoreShelf,
    FileScore,
    ScoreChange,
    Item,
    ItemTag,
    Tally,
    Queue,
    QueueInstance,
    Run,
    Search,
    SearchItem,
    DrySearch,
    Trial,
    Offer,
    Grab,
    SavedView,
    Departure,
    Yield,
    BacklogDay,
    Exclusion,
    Job,
    JobRun,
    Event,
    Happening,
    Wish,
    Prowlarr,
    ProwlarrIndexer,
    IndexerLink,
    IndexerRequest,
    NoticeTarget,
    Message,
    Notice,
    Bookmark,
)


def open_database(path: Path, keyring: Keyring, at: datetime) -> Database:
    """Opens and migrates the database for this thread. Raises UnusableDatabase."""
    opened = EmbeddedDatabase(path, keyring)
    opened.open()
    try:
        refuse_newer(opened)
        database.initialize(opened)
        migrate(opened, path, at)
        Household.found(at)
    except UnusableDatabase:
        opened.close_all()
        raise
    except DatabaseError as error:
        # Without what `close_all` writes, as it would fail too.
        opened.stop_threads()
        opened.close()
        if opened.is_unwritable(error):
            raise opened.refusal(error) from None
        raise
    return opened


def migrate(
    opened: EmbeddedDatabase, path: Path, at: datetime, folder: Path = MIGRATIONS
) -> list[str]:
    """Runs the pending migrations and returns their names; makes a backup before the first.

    Raises UnusableDatabase where that backup cannot be made.

    Each script runs in its own transaction with foreign keys off. Inside a transaction of ours they
    would stay on, and rebuilding a table would delete its children by cascade.
    """
    runner = Runner(opened, str(folder))
    pending = [migration.name for migration in runner.status() if migration.applied is None]
    is_new = not runner.applied()
    if pending and not is_new:
        _back_up(opened, path, at)
    if pending:
        runner.up()
        done = f"migrated the database: {', '.join(pending)}"
        log.info("made a new database" if is_new else done)
    return pending


def refuse_newer(opened: Database, folder: Path = MIGRATIONS) -> None:
    """Raises UnusableDatabase for a database that a newer version has brought up to date."""
    unknown = [each.name for each in Runner(opened, str(folder)).status() if each.path is None]
    if unknown:
        raise UnusableDatabase(
            f"A newer version of the program has changed the database (it knows {unknown[-1]}), "
            "and this one could damage it: start the newer one again, or put back a backup from "
            "before that update."
        )


def is_behind(opened: Database, folder: Path = MIGRATIONS) -> bool:
    """Whether the program has migrations that this database has not had."""
    return any(each.applied is None for each in Runner(opened, str(folder)).status())


def _back_up(opened: EmbeddedDatabase, path: Path, at: datetime) -> None:
    """Raises UnusableDatabase where no backup can be made: nothing is changed without one."""
    try:
        making.make(opened, "before-update", at)
    except BackupFailed as error:
        raise UnusableDatabase(
            f"The database is not brought up to date, as no backup can be made before. {error}"
        ) from None
    making.thin_out(BackupFolder.beside(path), "before-update")
