"""What people ask for on the pages: a row for each, which a worker takes up."""

from datetime import datetime, timedelta
from typing import Any

from peewee import SQL, IntegerField, IntegrityError, ModelSelect, TextField

from models.database import database
from models.database.fields import Table, UtcField
from models.logs.about import request_id

# Old wishes are not taken up, so that a start of the program alone begins no search.
LATEST = timedelta(minutes=2)
KEPT = timedelta(days=1)
LATE = "It was not begun, as the program was not there within two minutes. Ask again."


class Wish(Table):
    """Something that a person asked for.

    `kind` is search, trial, season-trial, sync, prowlarr, judge, run or job.
    `about` is the id of the item, the instance, the Prowlarr, the run or the run of a job, or 0.
    `taken_by` is the number of the replica that took it up.
    `sentence` says why nothing came of it.
    `request_id` is the request by which it was asked for, for the log.
    """

    kind = TextField()
    about = IntegerField(default=0)
    asked_at = UtcField()
    taken_by = IntegerField(null=True)
    taken_at = UtcField(null=True)
    ended_at = UtcField(null=True, index=True)
    sentence = TextField(default="")
    request_id = TextField(default="", constraints=[SQL("DEFAULT ''")])

    class Meta:
        table_name = "wishes"

    @classmethod
    def ask(cls, kind: str, about: int, at: datetime, *, instead_of: tuple[str, ...] = ()) -> bool:
        """Asks the workers for it, and forgets what was said when it was asked for before.

        What was said to a wish of one of the kinds `instead_of` is forgotten too.
        False when the same is asked for and not taken up yet.
        """
        try:
            with database.atomic():
                cls.create(kind=kind, about=about, asked_at=at, request_id=request_id())
                same = cls.kind.in_({kind, *instead_of}) & (cls.about == about)
                cls.delete().where(same, cls.ended_at.is_null(False)).execute()
                database.notify("wishes")
        except IntegrityError:
            return False
        return True

    @classmethod
    def waiting(cls) -> ModelSelect:
        """Wishes that no worker has taken up, the oldest first."""
        return cls.select().where(cls.taken_at.is_null()).order_by(cls.id)

    @classmethod
    def going_on(cls) -> ModelSelect:
        return cls.select().where(cls.taken_at.is_null(False), cls.ended_at.is_null())

    @classmethod
    def waits_for(cls, kind: str) -> set[int]:
        """What the waiting wishes of this kind are about."""
        return {wish.about for wish in cls.waiting().where(cls.kind == kind)}

    @classmethod
    def latest(cls, kinds: tuple[str, ...], about: int) -> "Wish | None":
        """The last wish of one of these kinds for this."""
        mine = cls.select().where(cls.kind.in_(kinds), cls.about == about)
        found: Wish | None = mine.order_by(cls.id.desc()).first()
        return found

    @classmethod
    def late_sync(cls, instance: Any) -> "Wish | None":
        """The sync that was asked for too long ago to be begun, unless there was one since."""
        last = cls.latest(("sync",), instance.id)
        if last is None or not last.sentence:
            return None
        is_over = instance.synced_at is not None and instance.synced_at >= last.asked_at
        return None if is_over else last

    @classmethod
    def sweep(cls, at: datetime) -> int:
        """Deletes wishes that ended long ago; returns how many."""
        return cls.delete().where(cls.ended_at < at - KEPT).execute()

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    def is_late(self, at: datetime) -> bool:
        """Whether it is too old to be taken up; the clock may have been set back since.

        Judging asks nobody anything, and without it the backlog would show old reasons.
        """
        return self.kind != "judge" and abs(at - self.asked_at) > LATEST

    def take(self, replica: int, at: datetime) -> bool:
        """Takes the wish up; of several workers that try, one gets True."""
        free = (Wish.id == self.id) & Wish.taken_at.is_null()
        taken = Wish.update(taken_by=replica, taken_at=at).where(free).execute()
        self.taken_by, self.taken_at = replica, at
        return bool(taken)

    def end(self, at: datetime, sentence: str = "") -> None:
        """Ends the wish, and deletes it unless there is a sentence to show."""
        if sentence:
            self.change(ended_at=at, sentence=sentence)
        else:
            self.delete_instance()


Wish.add_index(Wish.index(Wish.kind, Wish.about, name="wishes_about"))
Wish.add_index(
    Wish.index(
        Wish.kind, Wish.about, name="wishes_waiting", unique=True, where=SQL("taken_at IS NULL")
    )
)
