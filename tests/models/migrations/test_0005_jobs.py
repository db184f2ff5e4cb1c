"""The house keeps its settings when the jobs come."""

import shutil
from pathlib import Path

from models.database import Database, database
from models.encryption import Keyring
from models.house import House
from models.jobs import Job
from models.schema import MIGRATIONS, migrate
from tests.conftest import START


def test_settings_stay_and_history_is_kept_for_a_year(tmp_path: Path, keyring: Keyring) -> None:
    folder = tmp_path / "earlier"
    folder.mkdir()
    for script in MIGRATIONS.glob("000[1-4]_*.py"):
        shutil.copy(script, folder)
    opened = Database(tmp_path / "old.db", keyring)
    opened.open()
    database.initialize(opened)
    migrate(opened, tmp_path / "old.db", START, folder)
    house = House(pepper="00", created_at=START, time_zone="Asia/Tokyo", daily_budget=77)
    there = {column.name for column in opened.get_columns("settings")}
    fields = [field for field in House._meta.sorted_fields if field.column_name in there]
    columns = {field.name: field.db_value(getattr(house, field.name)) for field in fields}
    columns |= {"recent_cooldown_hours": 12, "recent_days": 14}
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    values = list((columns | {"id": 1}).values())
    opened.execute_sql(f"INSERT INTO settings ({names}) VALUES ({marks})", values)
    migrate(opened, tmp_path / "old.db", START)
    house = House.current()
    assert (house.time_zone, house.daily_budget, house.history_days) == ("Asia/Tokyo", 77, 365)
    assert Job.select().count() == 0
    opened.close_all()
