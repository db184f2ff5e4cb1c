"""Searches that only looked, of a database that has them as unknown."""

from importlib import util

from models.database import Database
from models.instances import Instance
from models.opening.schema import MIGRATIONS
from models.searches import Search
from tests.conftest import START
from tests.wanted import wanted


def test_a_look_that_was_answered_is_told_from_one_whose_end_nobody_saw(
    db: Database, living_room: Instance
) -> None:
    item, answered = wanted(living_room), "2 releases, 1 of them acceptable."
    for message, is_trial in (
        (answered, True),
        ("Nothing was offered.", True),
        ("The program stopped before the outcome was known.", True),
        (answered, False),
    ):
        search = Search.begin([item], None, START, 1, is_trial=is_trial)
        with db.atomic():
            search.end("unknown", START, message=message)
    found = util.spec_from_file_location("looked", MIGRATIONS / "0060_looked.py")
    assert found and found.loader
    migration = util.module_from_spec(found)
    found.loader.exec_module(migration)
    with db.atomic():
        migration.up(None, db)
    outcomes = [search.outcome for search in Search.select().order_by(Search.id)]
    assert outcomes == ["looked", "looked", "unknown", "unknown"]
