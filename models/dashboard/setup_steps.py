"""The next step of the setup; None once a queue was started."""

from models.instances import Instance
from models.people.setup import is_open
from models.queues import Queue


def step() -> str | None:
    if is_open():
        return "account"
    if Queue.select().where(Queue.started_at.is_null(False)).exists():
        return None
    if not Instance.select().exists():
        return "instance"
    return "preview" if Queue.select().exists() else "queue"
