"""The household of the pictures, which lives its month by a clock that nobody waits for."""

from datetime import datetime, timedelta
from pathlib import Path

from models.backlog import Item
from models.backlog.exclusions import Exclusion
from models.household import Household
from models.people import User, hash_password
from models.searches.saved_views import SavedView
from tests.month.household import Place, Plan, daily, every
from tests.month.month import Month
from tests.people import account

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
    people_act(until)
    month.program.database.close_all()


def people_act(at: datetime) -> None:
    """Somebody else has an account; what they and Alice decided in the last days."""
    alice, bob = User.get(), account("Bob", "member", at=at - timedelta(days=20))
    series = list(Item.select().where(Item.series_id.is_null(False)).order_by(Item.id).limit(400))
    movie = Item.select().where(Item.series_id.is_null()).order_by(Item.id).first()
    week, month = (at + timedelta(days=each) for each in (7, 30))
    for item, kind, until, user, ago in (
        (series[40], "series", None, alice, 12),
        (series[150], "season", month, bob, 5),
        (series[-1], "item", week, alice, 1),
        (movie, "item", None, alice, 3),
    ):
        Exclusion.decide(item, kind, until=until, user=user, at=at - timedelta(days=ago))
    SavedView.keep(alice, "Grabbed in Cinema", "outcome=grabbed&instance=2", at)
