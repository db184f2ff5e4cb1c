"""How pages look to a person: refreshed without script, and with titles and addresses masked."""


def up(migrator, db):
    kind = "BOOLEAN" if db.is_server else "INTEGER"
    for column in ("refreshes", "masked"):
        db.execute_sql(f"ALTER TABLE users ADD COLUMN {column} {kind} NOT NULL DEFAULT FALSE")
