"""The times at which runs were held, of a database whose runs only know since when."""

import json
from importlib import util

from models.database import Database
from models.database.fields import to_ms
from models.opening.schema import MIGRATIONS
from models.queues import Queue
from models.searches.holds import times_held
from models.searches.runs import Run
from tests.conftest import START


def test_a_run_that_is_held_keeps_since_when_and_why(db: Database, nightly: Queue) -> None:
    for state, note in (("held", "The “budget” is spent."), ("finished", "")):
        run = Run.start(nightly, START, trigger="schedule")
        assert run is not None
        run.finish(state, START, note, "budget:1")
    for table, column in (("runs", "holds"), ("exclusions", "replaced")):
        db.execute_sql(f"ALTER TABLE {table} DROP COLUMN {column}")
    found = util.spec_from_file_location("holds", MIGRATIONS / "0057_holds_and_replaced.py")
    assert found and found.loader
    migration = util.module_from_spec(found)
    found.loader.exec_module(migration)
    with db.atomic():
        migration.up(None, db)
    held, finished = Run.select().order_by(Run.id)
    told = {"since": to_ms(START), "gates": "", "sentence": "The “budget” is spent."}
    assert json.loads(held.holds_json) == [told]
    assert times_held(held.holds_json, [], None)[0].since == START
    assert finished.holds_json == "[]"
