"""When each run was held and by which gates; which exclusion another one has replaced."""

import json


def up(migrator, db):
    db.execute_sql("ALTER TABLE runs ADD COLUMN holds TEXT NOT NULL DEFAULT '[]'")
    db.execute_sql("ALTER TABLE exclusions ADD COLUMN replaced TEXT NOT NULL DEFAULT ''")
    held = "SELECT id, held_since, note FROM runs WHERE state = 'held' AND held_since IS NOT NULL"
    for run, since, note in db.execute_sql(held).fetchall():
        holds = json.dumps([{"since": since, "gates": "", "sentence": note}], ensure_ascii=False)
        update = f"UPDATE runs SET holds = {db.param} WHERE id = {db.param}"  # nosec B608 # our own marks
        db.execute_sql(update, (holds, run))
