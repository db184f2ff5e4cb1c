"""When backups are made, and how many of them are kept."""


def up(migrator, db):
    moment = "BIGINT" if db.is_server else "INTEGER"
    kept = (("daily", 7), ("weekly", 4), ("monthly", 6))
    db.execute_sql("ALTER TABLE settings ADD COLUMN backup_rhythm TEXT NOT NULL DEFAULT 'daily'")
    db.execute_sql("ALTER TABLE settings ADD COLUMN backup_time TEXT NOT NULL DEFAULT '03:10'")
    for name, number in kept:
        column = f"backups_{name} INTEGER NOT NULL DEFAULT {number}"
        db.execute_sql(f"ALTER TABLE settings ADD COLUMN {column}")
    db.execute_sql(f"ALTER TABLE settings ADD COLUMN backup_old_since {moment}")
