"""A value that polled pages compare before reading more, to see that nothing has changed."""

from datetime import datetime

from models.dashboard.cards import is_due
from models.dashboard.rows import Rows
from models.database.fields import Sealed
from models.happenings import Happening
from models.instances import Instance
from models.searches import Search
from models.searches.runs import Run


def moving(at: datetime, rows: Rows | None = None) -> tuple[object, ...]:
    """The latest event, and the rows that change without an event.

    Those are the steps of active runs and searches, the progress of syncs, and the queues with
    their next runs. A change by time alone, such as the end of a cooldown, shows a minute later.
    A page that has read `rows` passes them.
    """
    household, queues, instances = rows or Rows.now()
    return (
        Happening.latest_id(),
        household.__data__ | {"pepper": None},
        [(queue.__data__, is_due(queue, household, at)) for queue in queues],
        [run.__data__ for run in Run.active()],
        [(search.id, search.state) for search in Search.undone()],
        [_plain(instance) for instance in instances],
    )


def _plain(instance: Instance) -> list[object]:
    return [value for value in instance.__data__.values() if not isinstance(value, Sealed)]
