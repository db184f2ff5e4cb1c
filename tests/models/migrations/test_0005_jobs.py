"""The household keeps its settings when the jobs come."""

import shutil
from pathlib import Path

from models.database import database
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring
from models.household import Household
from models.jobs import Job
from models.opening.schema import MIGRATIONS, migrate
from tests.conftest import START


def test_settings_stay_and_history_is_kept_for_a_year(tmp_path: Path, keyring: Keyring) -> None:
    folder = tmp_path / "earlier"
    folder.mkdir()
    for script in MIGRATIONS.glob("000[1-4]_*.py"):
        shutil.copy(script, folder)
    opened = EmbeddedDatabase(tmp_path / "old.db", keyring)
    opened.open()
    database.initialize(opened)
    migrate(opened, tmp_path / "old.db", START, folder)
    household = Household(pepper="00", created_at=START, time_zone="Asia/Tokyo", daily_budget=77)
    there = {column.name for column in opened.get_columns("settings")}
    fields = [field for field in Household._meta.sorted_fields if field.column_name in there]
    columns = {field.name: field.db_value(getattr(household, field.name)) for field in fields}
    columns |= {"recent_cooldown_hours": 12, "recent_days": 14}
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    values = list((columns | {"id": 1}).values())
    opened.execute_sql(f"INSERT INTO settings ({names}) VALUES ({marks})", values)
    migrate(opened, tmp_path / "old.db", START)
    household = Household.current()
    kept = household.time_zone, household.daily_budget, household.history_days
    assert kept == ("Asia/Tokyo", 77, 365)
    assert Job.select().count() == 0
    opened.close_all()
