"""Whose month it is: twenty servers, and queues of every strategy, order and kind of schedule."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from jobs.demo.sizes import Size
from models.household import Household
from models.instances import Instance
from models.queues import Queue
from models.schedules import Schedule
from tests.fakes.arr import FakeArr
from tests.people import account

ZONE = "Europe/Berlin"
AS_USUAL: Mapping[str, Any] = MappingProxyType({})


class Place(NamedTuple):
    """An instance: what its library wants at first, and the settings that are not the usual."""

    name: str
    missing: int
    upgrade: int
    skew: float = 0.0
    settings: Mapping[str, Any] = AS_USUAL
    named: str = ""

    @property
    def application(self) -> str:
        """Its application: that of `named`, else the one that its name begins with."""
        if self.named:
            return self.named
        return "sonarr" if self.name.startswith("Sonarr") else "radarr"

    @property
    def host(self) -> str:
        return self.name.lower().replace(" ", "-")

    @property
    def size(self) -> Size:
        return Size(missing=self.missing, upgrade=self.upgrade, searched=0.0, history=10)


class Plan(NamedTuple):
    """A queue."""

    name: str
    places: tuple[str, ...]
    schedule: Schedule
    batch: int
    strategy: str = "missing"
    order: str = "least_recent"
    more: Mapping[str, Any] = AS_USUAL


def every(minutes: int, zone: str = ZONE, **more: Any) -> Schedule:
    return Schedule(kind="every", every_minutes=minutes, time_zone=zone, **more)


def daily(*times: str, zone: str = ZONE, **more: Any) -> Schedule:
    return Schedule(kind="daily", times=times, time_zone=zone, **more)


def weekly(weekdays: tuple[int, ...], *times: str, zone: str = ZONE, **more: Any) -> Schedule:
    return Schedule(kind="weekly", weekdays=weekdays, times=times, time_zone=zone, **more)


def cron(expression: str, zone: str = ZONE, **more: Any) -> Schedule:
    return Schedule(kind="cron", cron=expression, time_zone=zone, **more)


NIGHT = ("22:00", "07:00")
BOTH = '{"wants":["missing","upgrade"]}'

PLACES = (
    Place("Sonarr 1", 440, 0),
    Place("Sonarr 2", 220, 0, skew=90),
    Place("Sonarr 3", 0, 200),
    Place("Sonarr 4", 340, 0),
    Place("Sonarr 5", 200, 0, skew=-2400),
    Place("Sonarr 6", 280, 90, settings={"daily_budget": 24}),
    Place("Sonarr 7", 120, 60),
    Place("Sonarr 8", 130, 60, settings={"download_limit": 4}),
    Place("Sonarr 9", 380, 0),
    Place("Sonarr 10", 480, 0),
    Place("Sonarr 11", 3000, 0),
    Place("Sonarr 12", 260, 0, settings={"hourly_budget": 3, "daily_budget": 15}),
    Place("Radarr 1", 380, 0),
    Place("Radarr 2", 220, 0),
    Place("Radarr 3", 0, 170, skew=5),
    Place("Radarr 4", 150, 0),
    Place("Radarr 5", 180, 0),
    Place("Radarr 6", 160, 0),
    Place("Radarr 7", 190, 0, settings={"spacing_seconds": 120}),
    Place("Radarr 8", 120, 80),
)
PLANS = (
    Plan("Every two hours", ("Sonarr 1",), every(120), 2),
    Plan(
        "Twice a day", ("Sonarr 2",), daily("03:00", "15:00", jitter_minutes=5), 10, order="oldest"
    ),
    Plan(
        "Four nights a week",
        ("Sonarr 3",),
        weekly((0, 2, 4, 6), "04:30", zone="America/New_York"),
        15,
        strategy="cutoff",
        order="newest",
    ),
    Plan(
        "Seasons by cron",
        ("Sonarr 4",),
        cron("0 */6 * * *", "America/Sao_Paulo"),
        5,
        more={"packs": "when"},
    ),
    Plan(
        "At night",
        ("Sonarr 5",),
        every(60, "Europe/London", hours=NIGHT, jitter_minutes=10),
        2,
        order="random",
    ),
    Plan("Heavy", ("Sonarr 6",), every(60), 3, more={"weight": 3}),
    Plan("Light", ("Sonarr 6",), every(60, jitter_minutes=3), 3, strategy="cutoff"),
    Plan("Lately", ("Sonarr 7", "Radarr 8"), every(240), 3, strategy="recent"),
    Plan(
        "A choice",
        ("Sonarr 8",),
        every(180),
        2,
        strategy="custom",
        order="smart",
        more={"filters_json": BOTH},
    ),
    Plan("Two at once", ("Sonarr 9", "Radarr 1"), every(120), 4),
    Plan("Always seasons", ("Sonarr 10",), every(180), 2, more={"packs": "always"}),
    Plan("Too much", ("Sonarr 11",), every(120), 2),
    Plan("Little budget", ("Sonarr 12",), every(60), 5),
    Plan("The hour that comes twice", ("Radarr 2",), daily("02:30"), 12),
    Plan(
        "Cron by night",
        ("Radarr 3",),
        cron("30 1 * * *", "Europe/London"),
        10,
        strategy="cutoff",
        order="oldest",
    ),
    Plan("Weekends", ("Radarr 4",), weekly((5, 6), "08:00", "18:00"), 15),
    Plan("By score", ("Radarr 5",), every(120), 1, order="smart"),
    Plan("By chance", ("Radarr 6",), every(90), 1, order="random"),
    Plan("By title", ("Radarr 7",), every(240), 3, order="title"),
    Plan("Radarr 8 missing", ("Radarr 8",), daily("23:30", zone="Asia/Kolkata"), 8),
    Plan(
        "Old films",
        ("Radarr 8", "Radarr 1"),
        every(360),
        2,
        strategy="custom",
        order="oldest",
        more={"filters_json": '{"wants":["upgrade"]}'},
    ),
)


def settle_in(places: Sequence[Place], plans: Sequence[Plan], at: datetime) -> None:
    """The rows of the household, as the forms would have made them."""
    Household.current().change(time_zone=ZONE)
    owner = account("Alice", time_zone=ZONE, at=at)
    instances = {place.name: _instance(place, at) for place in places}
    for plan in plans:
        queue = Queue.create(
            owner=owner,
            name=plan.name,
            key=plan.name.lower(),
            strategy=plan.strategy,
            order=plan.order,
            batch_size=plan.batch,
            schedule_json=plan.schedule.model_dump_json(exclude_defaults=True),
            created_at=at,
            **plan.more,
        )
        queue.serve([instances[name] for name in plan.places])


def _instance(place: Place, at: datetime) -> Instance:
    return Instance.create(
        name=place.name,
        key=place.name.lower(),
        application=place.application,
        url=f"demo://{place.host}",
        api_key=FakeArr.key,
        created_at=at,
        **place.settings,
    )
