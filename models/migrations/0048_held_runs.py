"""Since when a run is held: each of its later attempts goes on with the same row."""


def up(migrator, db):
    moment = "BIGINT" if db.is_server else "INTEGER"
    db.execute_sql(f"ALTER TABLE runs ADD COLUMN held_since {moment}")
    db.execute_sql("UPDATE runs SET held_since = finished_at WHERE state = 'held'")
