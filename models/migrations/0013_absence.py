"""Absence is kept item by item, and a list that lost most of itself is doubted."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE items ADD COLUMN unseen_at INTEGER")
    for column in ("doubted_at", "doubted_from", "again_at"):
        db.execute_sql(f"ALTER TABLE wanted_lists ADD COLUMN {column} INTEGER")
    db.execute_sql("ALTER TABLE wanted_lists ADD COLUMN whole INTEGER NOT NULL DEFAULT 1")
    db.execute_sql("ALTER TABLE wanted_lists DROP COLUMN empty_since")
