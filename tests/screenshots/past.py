"""The household of the pictures, which lives its month by a clock that nobody waits for."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from jobs import scheduler
from jobs.demo.prowlarr import DemoLimits
from models.household import Household
from models.people import User, hash_password
from tests.month.household import Place, Plan, daily, every
from tests.month.month import Month
from tests.month.server import Server
from tests.month.weather import Spell

SECRET = b"an example of 32 bytes for tests"
PASSWORD = "a long walk by the river"
# A Sunday evening in Berlin.
UNTIL = datetime(2026, 11, 29, 19, 10, tzinfo=UTC)
# Charts of 30 days begin when the first lists and scores have been read.
DAYS = 32
# The scheduler looks round so often, where nothing is due before: 15 s take ten times as long.
LOOKS_ROUND = timedelta(minutes=10)
EVENINGS = ("18:00", "23:59")
NIGHTS = ("01:00", "06:00")
PLACES = (
    Place("Living room", 1_150, 220, named="sonarr"),
    Place("Cinema", 390, 160, named="radarr"),
    Place("Anime", 260, 0, named="sonarr", settings={"hourly_budget": 5, "daily_budget": 60}),
)
PLANS = (
    Plan("Missing", ("Living room", "Cinema"), every(120), 5),
    Plan("Upgrades", ("Living room", "Cinema"), daily("03:00"), 5, strategy="cutoff"),
    Plan("Scores", ("Living room", "Cinema"), daily("04:00"), 5, strategy="score"),
    Plan("New releases", ("Living room",), every(60, hours=EVENINGS), 3, strategy="recent"),
    Plan("Anime by night", ("Anime",), every(30, hours=NIGHTS), 2, order="random"),
)
LIMITS = {
    1: DemoLimits(800, 40),
    2: DemoLimits(60, None, is_hourly=True),
    3: DemoLimits(None, None),
}
# The third indexer answers everything with nothing for the last five days.
DYING = (3, DAYS - 5)
# Hours before the end, how many hours, and what is wrong with whom: a night without Cinema, and
# an afternoon on which the machine of two servers was off in the middle of a run.
TROUBLES = (
    (65.4, 3.3, "refused", ("Cinema",)),
    (7.9, 0.4, "refused", ("Living room", "Cinema")),
)


class PicturedMonth(Month):
    """A month whose servers have a bad time when the pictures need one."""

    def _server(self, place: Place, number: int) -> Server:
        server = super()._server(place, number)
        for before, lasts, kind, names in TROUBLES:
            if place.name in names:
                begins = self.days * 86_400 - before * 3_600
                server.spells.append(Spell(begins, begins + lasts * 3_600, kind))
        server.spells.sort()
        return server


def live(folder: Path, days: float = DAYS) -> None:
    """Leaves a database in the folder; what happened in it is what the program did."""
    scheduler.LONGEST_WAIT = LOOKS_ROUND
    start = UNTIL - timedelta(days=days)
    month = PicturedMonth(
        folder,
        days=days,
        places=PLACES,
        plans=PLANS,
        stops=(),
        start=start,
        limits=LIMITS,
        dying=DYING,
    )
    month.live()
    Household.current().change(created_at=start)
    User.get().change(password_hash=hash_password(Household.current(), PASSWORD))
    month.program.database.close_all()
