"""Faults: what does not work on an instance, kept until it is seen to work again."""

from datetime import datetime, timedelta

from peewee import ForeignKeyField, IntegerField, ModelSelect, TextField

from models import happenings
from models.database import database
from models.database.fields import Table, UtcField
from models.instances import Instance

# In the order in which they are shown: if an earlier one fails, later ones fail with it.
KINDS = (
    *("status", "lists", "conditions", "items", "sending", "following", "indexers", "history"),
    "program",
)
# These can be asked for by themselves. Whether the others work shows at their next use.
ASKED = frozenset({"status", "lists", "conditions"})
# After this many failed probes in a row, one good answer is not enough: it takes two.
DOUBTED_AFTER = 3
BELIEVED_AFTER = 2
ASKED_ONCE_MORE = timedelta(seconds=30)


class InstanceFault(Table):
    """One thing that does not work.

    `kind` is a word of KINDS.
    `since` is when it first failed.
    `retry_at` is when it is tried again; until then nothing is searched on the instance. It is None
    once the next use may try it, and has neither failed nor worked since.
    """

    instance = ForeignKeyField(Instance, backref="faults", on_delete="CASCADE")
    kind = TextField()
    code = TextField()
    sentence = TextField()
    since = UtcField()
    failures = IntegerField(default=0)
    good_probes = IntegerField(default=0)
    retry_at = UtcField(null=True)

    class Meta:
        table_name = "faults"
        indexes = ((("instance", "kind"), True),)

    @classmethod
    def of(cls, instance: Instance, kind: str) -> "InstanceFault | None":
        return cls.get_or_none(instance=instance, kind=kind)

    @classmethod
    def all_of(cls, instance: Instance) -> "list[InstanceFault]":
        """The instance's faults, in the order in which they are shown."""
        mine = cls.select().where(cls.instance == instance)
        return sorted(mine, key=lambda row: KINDS.index(row.kind))

    @classmethod
    def due(cls, instance: Instance, at: datetime | None) -> ModelSelect:
        """The faults to try again by `at`; all of them for None."""
        mine = cls.select().where(cls.instance == instance, cls.retry_at.is_null(False))
        return mine if at is None else mine.where(cls.retry_at <= at)


def failed(
    instance: Instance, kind: str, *, code: str, sentence: str, at: datetime, retry_at: datetime
) -> None:
    """Keeps a failure; searches on the instance wait until `retry_at`."""
    if not instance.is_there:
        return
    with database.atomic():
        if not InstanceFault.all_of(instance):
            told = {"code": code, "sentence": sentence}
            happenings.note("instance-faulty", at, told, instance=instance.id)
        row = InstanceFault.of(instance, kind) or InstanceFault(
            instance=instance, kind=kind, since=at
        )
        row.code, row.sentence, row.retry_at = code, sentence, retry_at
        row.failures += 1
        row.good_probes = 0
        row.save()
        _show(instance)
        instance.change(last_error=sentence, last_error_at=at)


def worked(instance: Instance, at: datetime, *kinds: str) -> None:
    """Deletes the faults of these kinds, as they work."""
    mine = (InstanceFault.instance == instance) & InstanceFault.kind.in_(kinds)
    if InstanceFault.select().where(mine).exists():
        with database.atomic():
            InstanceFault.delete().where(mine).execute()
            if not InstanceFault.all_of(instance):
                happenings.note("instance-well", at, instance=instance.id)
            _show(instance)


def answered(instance: Instance, at: datetime) -> None:
    """Notes a good probe; after three failed ones it takes two good ones."""
    row = InstanceFault.of(instance, "status")
    if row is None:
        return
    good = row.good_probes + 1
    if row.failures < DOUBTED_AFTER or good >= BELIEVED_AFTER:
        worked(instance, at, "status")
        return
    sentence = f"{instance.name} answers again; searches go on after one more answer."
    with database.atomic():
        row.change(good_probes=good, sentence=sentence, retry_at=at + ASKED_ONCE_MORE)
        _show(instance)


def let_try(instance: Instance, at: datetime | None) -> None:
    """Lets the next use try what cannot be asked for, if it has waited until `at`."""
    due = [row for row in InstanceFault.due(instance, at) if row.kind not in ASKED]
    if due:
        with database.atomic():
            for row in due:
                row.change(retry_at=None)
            _show(instance)


def forget(instance: Instance, at: datetime) -> None:
    """Forgets all faults, as the instance has a new address or key, or is another server."""
    worked(instance, at, *KINDS)


def _show(instance: Instance) -> None:
    """Writes the first fault that keeps the instance closed on its row, for pages and gates."""
    first = next((row for row in InstanceFault.all_of(instance) if row.retry_at), None)
    instance.reread()
    instance.change(
        fault_code=first and first.code,
        fault=first and first.sentence,
        faulty_since=first and first.since,
        retry_at=first and first.retry_at,
    )
