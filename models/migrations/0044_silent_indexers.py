"""An indexer that used to give something and has gone silent."""


def up(migrator, db):
    moment = "BIGINT" if db.is_server else "INTEGER"
    db.execute_sql(f"ALTER TABLE indexers ADD COLUMN silent_since {moment}")
    db.execute_sql("ALTER TABLE indexers ADD COLUMN silent_searches INTEGER NOT NULL DEFAULT 0")
