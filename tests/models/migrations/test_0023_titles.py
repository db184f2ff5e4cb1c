"""The index in the order of the backlog's pages."""

from importlib import util

import pytest

from models.database import Database
from models.instances import Instance
from models.opening.schema import MIGRATIONS
from tests.wanted import wanted


@pytest.mark.embedded("is about what SQLite knows of its indexes")
def test_how_the_rows_of_the_index_are_spread_is_known_at_once(
    db: Database, living_room: Instance
) -> None:
    for _ in range(3):
        wanted(living_room)
    db.execute_sql("DROP INDEX items_by_title")
    found = util.spec_from_file_location("titles", MIGRATIONS / "0023_titles.py")
    assert found and found.loader
    migration = util.module_from_spec(found)
    found.loader.exec_module(migration)
    with db.atomic():
        migration.up(None, db)
    known = {name for (name,) in db.rows("SELECT idx FROM sqlite_stat1", ())}
    assert {"items_by_title", "items_due"} <= known
