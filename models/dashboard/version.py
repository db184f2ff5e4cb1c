"""A value that polled pages compare before reading more, to see that nothing has changed."""

from datetime import datetime

from models.dashboard.cards import is_due
from models.dashboard.rows import Rows
from models.database import database
from models.database.fields import Sealed
from models.instances import Instance

# Asked at each poll of each page, so they are not composed anew each time.
STATEMENTS = (
    "SELECT MAX(id) FROM happenings",
    "SELECT * FROM runs WHERE state = 'active'",
    "SELECT id, state FROM searches WHERE state IN ('sending', 'sent')",
)


def moving(at: datetime, rows: Rows | None = None) -> tuple[object, ...]:
    """The latest event, and the rows that change without an event.

    Those are the steps of active runs and searches, the progress of syncs, and the queues with
    their next runs. A change by time alone, such as the end of a cooldown, shows a minute later.
    A page that has read `rows` passes them.
    """
    household, queues, instances = rows or Rows.now()
    return (
        *(database.rows(statement, ()) for statement in STATEMENTS),
        household.__data__ | {"pepper": None},
        [(queue.__data__, is_due(queue, household, at)) for queue in queues],
        [_plain(instance) for instance in instances],
    )


def _plain(instance: Instance) -> list[object]:
    return [value for value in instance.__data__.values() if not isinstance(value, Sealed)]
