"""The outbox: what a target is told, the messages that say it, and what became of each."""

from datetime import datetime, timedelta
from typing import Any

from peewee import SQL, BooleanField, ForeignKeyField, IntegerField, ModelSelect, TextField

from models.database import database
from models.database.fields import Table, UtcField
from models.happenings import Happening
from models.notifications import NoticeTarget

# Pauses before the second try, the third and so on; there is none after the last.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (30, 120, 600, 1800))
MOST_TRIES = len(PAUSES) + 1
# A service may ask for a longer pause, up to this.
LONGEST_PAUSE = timedelta(hours=6)
# What could not be told for so long is news no more.
WAITS_AT_MOST = timedelta(days=7)
KEPT_FOR = timedelta(days=30)
UNSURE = "No answer came, so it may have arrived or not. It is not sent again."
TOO_LATE = "It waited for 7 days, and is not sent any more."
RESTORED = "It waited in a backup that was restored, and may have been sent since."


class Message(Table):
    """A message exactly as it is to be sent; a target has one at a time that has not ended.

    `event` is what it tells: a key of EVENTS, several, digest or test.
    `link` is an address of our own page; "" for none.
    `taken_by` is the number of the replica that is sending it, and `tries` how often it was sent.
    `outcome` is sent, failed or unsure once it has ended, and `fault` says why it was not sent.
    """

    target = ForeignKeyField(NoticeTarget, backref="messages", on_delete="CASCADE", index=False)
    event = TextField()
    title = TextField()
    text = TextField()
    link = TextField(default="")
    tone = TextField()
    created_at = UtcField()
    retry_at = UtcField(null=True)
    tries = IntegerField(default=0)
    taken_by = IntegerField(null=True)
    taken_at = UtcField(null=True)
    ended_at = UtcField(null=True)
    outcome = TextField(null=True)
    fault = TextField(null=True)

    class Meta:
        table_name = "messages"
        indexes = ((("target", "ended_at"), False),)

    @classmethod
    def open_of(cls, target: NoticeTarget) -> "Message | None":
        return cls.get_or_none(cls.target == target, cls.ended_at.is_null())

    @classmethod
    def taken(cls) -> ModelSelect:
        """Messages that somebody is sending, or was sending when it died."""
        return cls.select().where(cls.ended_at.is_null(), cls.taken_by.is_null(False))

    @classmethod
    def lost(cls, target: NoticeTarget, number: int = 5) -> "list[Message]":
        """The latest messages that did not get through for certain."""
        mine = cls.select().where(cls.target == target, cls.outcome.in_(("failed", "unsure")))
        return list(mine.order_by(cls.id.desc()).limit(number))

    def take(self, replica: int, at: datetime) -> bool:
        """Takes it for one try; only one caller gets True, and it must send it at once.

        It is on the disk before the request leaves, so that no restart sends it a second time.
        """
        free = (Message.id == self.id) & Message.taken_by.is_null() & Message.ended_at.is_null()
        told = {"taken_by": replica, "taken_at": at, "tries": Message.tries + 1}
        with database.durable():
            taken = bool(Message.update(told).where(free).execute())
        self.tries += taken
        return taken

    def end(self, outcome: str, at: datetime, fault: str | None = None) -> None:
        self.change(outcome=outcome, ended_at=at, fault=fault, taken_by=None)

    def again(self, at: datetime, fault: str, pause: timedelta | None) -> None:
        """Lets it be sent once more, after a pause of its own or the one that was asked for."""
        own = PAUSES[min(self.tries, len(PAUSES)) - 1]
        wait = own if pause is None else min(max(pause, timedelta(seconds=1)), LONGEST_PAUSE)
        self.change(retry_at=at + wait, taken_by=None, taken_at=None, fault=fault)


Message.add_index(
    Message.index(
        Message.target, name="messages_one_open", unique=True, where=SQL("ended_at IS NULL")
    )
)


class Notice(Table):
    """One event that a target is told of.

    `about` names the thing, so that it is not told of twice.
    `due_at` is the earliest moment to tell it, and `in_digest` whether it waits for the digest.
    `path` is of the page that shows it.
    `message` is the one that tells it; None while it waits.
    """

    target = ForeignKeyField(NoticeTarget, backref="notices", on_delete="CASCADE", index=False)
    event = TextField()
    about = TextField()
    at = UtcField()
    due_at = UtcField()
    in_digest = BooleanField(default=False)
    text = TextField()
    path = TextField()
    message = ForeignKeyField(Message, null=True, on_delete="CASCADE")

    class Meta:
        table_name = "notices"
        indexes = ((("target", "message", "due_at"), False), (("event", "at"), False))

    @classmethod
    def waiting(cls, target: NoticeTarget) -> ModelSelect:
        mine = cls.select().where(cls.target == target, cls.message.is_null())
        return mine.order_by(cls.id)

    @classmethod
    def was_told(cls, target: NoticeTarget, event: str, about: str, since: datetime) -> bool:
        """Whether the target was told of the same, or is about to be."""
        same = (cls.target == target) & (cls.event == event) & (cls.about == about)
        return cls.select().where(same, cls.at > since).exists()

    @classmethod
    def withdraw(cls, target: NoticeTarget, event: str, about: str) -> bool:
        """Takes back what nobody was told of yet; False if there was nothing."""
        same = (cls.target == target) & (cls.event == event) & (cls.about == about)
        return bool(cls.delete().where(same, cls.message.is_null()).execute())


class Bookmark(Table):
    """Up to which event the notifications have been read; the table has one row."""

    last = IntegerField(default=0)

    class Meta:
        table_name = "bookmarks"

    def move(self, last: int) -> bool:
        """Moves on to this event; False when another replica has moved it meanwhile."""
        same = (Bookmark.id == self.id) & (Bookmark.last == self.last)
        return bool(Bookmark.update(last=last).where(same).execute())


def forget(at: datetime) -> int:
    """Gives up what waited for too long, and deletes what is old; returns how many were deleted."""
    late = Message.ended_at.is_null() & (Message.created_at < at - WAITS_AT_MOST)
    told: dict[str, Any] = {"outcome": "failed", "ended_at": at, "fault": TOO_LATE}
    Message.update(told).where(late & Message.taken_by.is_null()).execute()
    waiting = Notice.message.is_null() & (Notice.due_at < at - WAITS_AT_MOST)
    old = Notice.delete().where(waiting).execute()
    return int(old) + int(Message.delete().where(Message.ended_at < at - KEPT_FOR).execute())


def drop_waiting(at: datetime) -> None:
    """Ends what waits in a restored database, as it may have been sent since the backup."""
    Notice.delete().where(Notice.message.is_null()).execute()
    told: dict[str, Any] = {"outcome": "unsure", "ended_at": at, "fault": RESTORED}
    Message.update(told).where(Message.ended_at.is_null()).execute()
    Bookmark.update(last=Happening.latest_id()).execute()
