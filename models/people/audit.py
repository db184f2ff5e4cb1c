"""The audit trail: who did what, when and from where. It is written and read, never edited."""

from datetime import datetime, timedelta
from typing import NamedTuple

from peewee import SQL, IntegerField, ModelSelect, TextField, fn

from models.database.fields import Table, UtcField
from models.environment.network import place_of
from models.people import User

PAGE = 50
NOBODY = ""
# These have many rows when somebody guesses passwords.
REFUSALS = ("refused", "locked")
CAME_IN = ("signed-in", "joined", "first-account")
# The database itself refuses to delete younger rows.
KEPT_AT_LEAST = timedelta(days=90)

SIGNING_IN = {
    "signed-in": "signed in",
    "signed-out": "signed out",
    "refused": "was refused: wrong name, password, code or API key",
    "not-proven": "typed a wrong password before something that cannot be undone",
    "locked": "was refused: too many tries",
    "second-factor-asked": "gave the right password",
    "recovery-code-used": "used a recovery code",
    "sessions-ended": "ended sessions",
}
PEOPLE = {
    "first-account": "made the first account",
    "invited": "invited somebody",
    "invitation-withdrawn": "withdrew an invitation",
    "joined": "accepted an invitation",
    "person-changed": "changed the role of",
    "person-disabled": "disabled",
    "person-enabled": "enabled again",
    "person-deleted": "deleted",
    "profile-changed": "changed their own profile",
    "password-changed": "changed their own password",
    "password-reset": "was given a new password",
    "second-factor-begun": "began to set up a second factor",
    "second-factor-on": "turned the second factor on",
    "second-factor-off": "turned the second factor off",
    "recovery-codes-renewed": "made new recovery codes",
    "key-made": "made the API key",
    "key-revoked": "revoked the API key",
}
HOUSEHOLD = {
    "settings-changed": "changed the settings",
    "settings-imported": "imported settings:",
    "secret-changed": "changed the master secret",
    "held": "put everything on hold",
    "went-on": "let everything go on",
    "demo-added": "added the demo library",
    "demo-removed": "removed the demo library",
    "instance-added": "added the instance",
    "instance-changed": "changed the instance",
    "instance-deleted": "deleted the instance",
    "webhook-made": "made a webhook address for",
    "webhook-removed": "removed the webhook of",
    "prowlarr-added": "connected the Prowlarr",
    "prowlarr-changed": "changed the Prowlarr",
    "prowlarr-removed": "removed the Prowlarr",
    "target-added": "added the notification target",
    "target-changed": "changed the notification target",
    "target-removed": "removed the notification target",
    "job-run": "ran the job",
    "log-downloaded": "downloaded the log",
    "backup-asked": "made a backup",
    "backup-downloaded": "downloaded the backup",
    "backup-deleted": "deleted the backup",
    "restore-begun": "began to restore the backup",
    "backup-restored": "restored the backup",
    "restore-failed": "could not restore the backup",
}
QUEUES = {
    "queue-made": "made the queue",
    "queue-changed": "changed the queue",
    "queue-deleted": "deleted the queue",
    "queue-started": "started the queue",
    "queue-paused": "paused the queue",
    "queue-resumed": "resumed the queue",
    "excluded": "excluded",
    "exclusion-ended": "ended the exclusion of",
}
KINDS = {
    "signing-in": ("Signing in", SIGNING_IN),
    "people": ("People", PEOPLE),
    "household": ("Settings and instances", HOUSEHOLD),
    "queues": ("Queues and exclusions", QUEUES),
}
WORDS = SIGNING_IN | PEOPLE | HOUSEHOLD | QUEUES


class Event(Table):
    """An event of the audit trail; it keeps names, as it outlives the people in it.

    `address` is where the person's browser was, "" for a command at the terminal.
    """

    at = UtcField(index=True)
    user_id = IntegerField(null=True)
    name = TextField()
    address = TextField()
    action = TextField()
    about = TextField(default="")
    times = IntegerField(default=1, constraints=[SQL("DEFAULT 1")])

    class Meta:
        table_name = "audit"
        indexes = ((("action", "at"), False), (("user_id", "at"), False))

    @classmethod
    def note(
        cls, action: str, at: datetime, *, user: User | None, address: str, about: str = ""
    ) -> bool:
        """Writes an event; `user` is None for an unknown person or the terminal.

        Refusals are counted in one row for each person, address and hour; False if that existed.
        """
        assert action in WORDS, action
        if action in REFUSALS:
            address = place_of(address)
            if cls._count_again(action, at, user, address):
                return False
        cls.create(
            at=at,
            user_id=user and user.id,
            name=user.name if user else NOBODY,
            address=address,
            action=action,
            about=about[:200],
        )
        return True

    @classmethod
    def _count_again(cls, action: str, at: datetime, user: User | None, address: str) -> bool:
        """Adds to the row of the same hour of the clock; False if there is none."""
        hour = at.replace(minute=0, second=0, microsecond=0)
        row = (
            cls.select(cls.id)
            .where(cls.action == action, cls.at >= hour, cls.at <= at, cls.address == address)
            .where(cls.user_id.is_null() if user is None else cls.user_id + 0 == user.id)
            .first()
        )
        if row is None:
            return False
        cls.update(times=cls.times + 1).where(cls.id == row.id).execute()
        return True

    @classmethod
    def recent(cls) -> ModelSelect:
        return cls.select().order_by(cls.at.desc(), cls.id.desc())

    @classmethod
    def places(cls, user: User | None, since: datetime) -> set[str]:
        """Addresses from which the person signed in since then; for no person it takes as long."""
        # The sum makes SQLite use the index of actions, so that it does not read wrong guesses, of
        # which there may be many.
        theirs = cls.user_id + 0 == (user.id if user else 0)
        came = cls.select(cls.address).where(theirs, cls.action.in_(CAME_IN), cls.at > since)
        return {place_of(row.address) for row in came.distinct()}

    @classmethod
    def forget(cls, before: datetime, at: datetime) -> int:
        """Deletes old events; returns how many."""
        oldest = min(before, at - KEPT_AT_LEAST)
        return cls.delete().where(cls.at < oldest).execute()

    @property
    def words(self) -> str:
        return WORDS[self.action]

    @property
    def kind(self) -> str:
        return next(kind for kind, (_, actions) in KINDS.items() if self.action in actions)


class Trail(NamedTuple):
    """One page of the audit trail."""

    events: list[Event]
    total: int
    has_more: bool


def read(kind: str, name: str, page: int) -> Trail:
    """One page of the trail; `page` counts from 1, and "" filters nothing."""
    rows = Event.recent()
    if kind in KINDS:
        rows = rows.where(Event.action.in_(list(KINDS[kind][1])))
    if name:
        rows = rows.where(Event.name == name)
    total = rows.order_by().count()
    shown = list(rows.limit(PAGE).offset((page - 1) * PAGE))
    return Trail(shown, total, page * PAGE < total)


def names() -> list[str]:
    """The names of all people in the trail."""
    one = fn.MAX(Event.name)
    rows = Event.select(one).where(Event.name != NOBODY).group_by(fn.LOWER(Event.name))
    return sorted((name for (name,) in rows.tuples()), key=str.casefold)
