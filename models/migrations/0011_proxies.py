"""What a proxy in front of an instance asks for, how it is spoken to, and what of its disks is
not known."""


def up(migrator, db):
    for column in ("proxy_name", "proxy_password", "proxy_headers"):
        db.execute_sql(f"ALTER TABLE instances ADD COLUMN {column} TEXT")
    db.execute_sql("ALTER TABLE instances ADD COLUMN http2 INTEGER NOT NULL DEFAULT 0")
    db.execute_sql("ALTER TABLE instances ADD COLUMN lost_folder TEXT")
    db.execute_sql("ALTER TABLE instances ADD COLUMN unmeasured_folder TEXT")
