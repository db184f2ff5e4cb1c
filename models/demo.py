"""The demo instances, which are added and removed together."""

from datetime import datetime

from models.applications import APPLICATIONS, Application
from models.database import database
from models.database.locks import Lock
from models.happenings import Happening
from models.instances import Instance
from models.people.names import key_of
from models.prowlarrs import Prowlarr
from models.queues import Queue, QueueInstance
from models.searches import Search
from models.searches.runs import Run
from models.yields import Yield

SPACING_SECONDS = 5
HOURLY_BUDGET = 60
DAILY_BUDGET = 500
PROWLARR = "Demo Prowlarr"


def instances() -> list[Instance]:
    return list(Instance.select().where(Instance.demo).order_by(Instance.key))


def add(at: datetime) -> list[Instance]:
    """Adds a demo instance for each application that has none yet, and a Prowlarr."""
    found = [_add(application, at) for application in APPLICATIONS.values()]
    Prowlarr.get_or_create(
        demo=True,
        defaults={
            "name": PROWLARR,
            "key": "demo\x1fprowlarr",
            "url": "demo://prowlarr",
            "api_key": "",
            "created_at": at,
        },
    )
    return found


def remove() -> None:
    """Removes them with their backlogs, their searches, and queues that search nowhere else."""
    with database.atomic():
        ours = [instance.id for instance in instances()]
        links = QueueInstance.select(QueueInstance.queue).where(QueueInstance.instance.in_(ours))
        queues = [row.queue_id for row in links.distinct()]
        Run.delete().where(Run.id.in_(Search.select(Search.run).where(Search.demo))).execute()
        Search.delete().where(Search.demo).execute()
        Yield.delete().where(Yield.demo).execute()
        theirs = Happening.select(Happening.queue).where(Happening.instance.in_(ours))
        gone = {*queues, *(row.queue for row in theirs.distinct())}
        Instance.delete().where(Instance.id.in_(ours)).execute()
        Prowlarr.delete().where(Prowlarr.demo).execute()
        Run.delete().where(Run.queue.in_(queues)).execute()
        served = QueueInstance.select(QueueInstance.queue)
        Queue.delete().where(Queue.id.in_(queues), Queue.id.not_in(served)).execute()
        gone -= {queue.id for queue in Queue.select(Queue.id)}
        about = Happening.instance.in_(ours) | Happening.queue.in_(gone)
        Happening.delete().where(about).execute()


def is_name(name: str) -> bool:
    """Whether a demo instance has this name, so that no real one may take it."""
    return key_of(name) in {key_of(_name(application)) for application in APPLICATIONS.values()}


def is_one_replicas() -> bool:
    """Whether several replicas search, and only the one that leads has the demo library."""
    return len(database.holders(Lock.REPLICA)) > 1


def next_page() -> str:
    """The page to show next: the form of the first queue, or later the list of instances."""
    return "/instances" if Queue.select().exists() else "/queues/new"


def _add(application: Application, at: datetime) -> Instance:
    row, _ = Instance.get_or_create(
        demo=True,
        application=application,
        defaults={
            "name": _name(application),
            "key": f"demo\x1f{application.name}",
            "url": f"demo://{application.name}",
            "api_key": "",
            "hourly_budget": HOURLY_BUDGET,
            "daily_budget": DAILY_BUDGET,
            "spacing_seconds": SPACING_SECONDS,
            "created_at": at,
        },
    )
    return row


def _name(application: Application) -> str:
    return f"Demo {application.label}"
