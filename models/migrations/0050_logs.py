"""The level of the log is a setting, and a wish knows the request that asked for it."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE settings ADD COLUMN log_level TEXT NOT NULL DEFAULT 'info'")
    db.execute_sql("ALTER TABLE wishes ADD COLUMN request_id TEXT NOT NULL DEFAULT ''")
