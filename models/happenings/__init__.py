"""Events: one row for each, written together with the fact itself."""

import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from peewee import SQL, IntegerField, ModelSelect, TextField, fn

from models.database import database
from models.database.fields import Table, UtcField
from models.happenings.kinds import KINDS
from models.logs.about import about
from models.people import User
from models.people.audit import Event

log = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=30)
LONGEST_DETAIL = 300

Details = Mapping[str, str | int | None]
NO_DETAILS: Details = {}


class Happening(Table):
    """An event.

    `kind` is a key of KINDS.
    `details` is a JSON object with the names that the kind lists.
    The ids have no foreign key: an event outlives what it is about.
    A reader keeps the id up to which it has read, and asks for the events `after` it.
    """

    at = UtcField()
    kind = TextField()
    instance = IntegerField(null=True)
    queue = IntegerField(null=True)
    search = IntegerField(null=True)
    person = IntegerField(null=True)
    details = TextField(default="{}", constraints=[SQL("DEFAULT '{}'")])

    class Meta:
        table_name = "happenings"

    @classmethod
    def after(cls, last_id: int, limit: int) -> ModelSelect:
        """The next events for a reader that has read up to `last_id`."""
        return cls.select().where(cls.id > last_id).order_by(cls.id).limit(limit)

    @classmethod
    def latest_id(cls) -> int:
        """The id of the latest event; 0 if there is none."""
        return cls.select(fn.MAX(cls.id)).scalar() or 0

    @classmethod
    def forget(cls, at: datetime) -> int:
        """Deletes events older than 30 days; returns how many."""
        return cls.delete().where(cls.at < at - KEPT_FOR).execute()


def note(
    kind: str,
    at: datetime,
    details: Details = NO_DETAILS,
    *,
    instance: int | None = None,
    queue: int | None = None,
    search: int | None = None,
    person: User | None = None,
) -> None:
    """Writes an event. Call inside the transaction that writes the fact, so that both are kept.

    A refusal that the audit trail only counts, in a row of the same hour, is no new event.
    Raises RuntimeError outside a transaction.
    """
    if not database.in_transaction():
        raise RuntimeError(f"{kind} is noted outside the transaction of its fact.")
    known = KINDS[kind]
    assert details.keys() <= set(known.details), (kind, details)
    with about(instance=instance or 0, queue=queue or 0, search=search or 0):
        told = [f"{name} “{value}”" for name, value in details.items() if value not in (None, "")]
        log.info("%s", ", ".join([kind, *told, *([f"by “{person.name}”"] if person else [])]))
    if known.is_audited and not Event.note(
        kind,
        at,
        user=person,
        address=str(details.get("address", "")),
        about=str(details.get("about", "")),
    ):
        return
    short = {
        name: value[:LONGEST_DETAIL] if isinstance(value, str) else value
        for name, value in details.items()
    }
    Happening.create(
        at=at,
        kind=kind,
        instance=instance,
        queue=queue,
        search=search,
        person=person and person.id,
        details=json.dumps(short, ensure_ascii=False),
    )
