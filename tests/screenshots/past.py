"""The household of the pictures, which lives its month by a clock that nobody waits for."""

from datetime import datetime, timedelta
from pathlib import Path

from models.household import Household
from models.people import User, hash_password
from tests.month.household import Place, Plan, daily, every
from tests.month.month import Month

PASSWORD = "a long walk by the river"
# The scheduler looks round so many times less often than every 15 s: it is woken for what is due.
SLOWER = 12
EVENINGS = ("18:00", "23:59")
NIGHTS = ("01:00", "06:00")
PLACES = (
    Place("Living room", 1_650, 320, named="sonarr"),
    Place("Cinema", 560, 240, named="radarr"),
    Place("Anime", 420, 0, named="sonarr", settings={"hourly_budget": 5, "daily_budget": 60}),
)
PLANS = (
    Plan("Missing", ("Living room", "Cinema"), every(120), 5),
    Plan("Upgrades", ("Living room", "Cinema"), daily("03:00"), 5, strategy="cutoff"),
    Plan("New releases", ("Living room",), every(60, hours=EVENINGS), 3, strategy="recent"),
    Plan("Anime by night", ("Anime",), every(30, hours=NIGHTS), 2, order="random"),
)


def live(folder: Path, until: datetime, days: int = 30) -> None:
    """Leaves a database in the folder; what happened in it is what the program did."""
    start = until - timedelta(days=days)
    month = Month(
        folder, days=days, places=PLACES, plans=PLANS, stops=(), start=start, slower=SLOWER
    )
    month.live()
    Household.current().change(created_at=start)
    User.get().change(password_hash=hash_password(Household.current(), PASSWORD))
    month.program.database.close_all()
