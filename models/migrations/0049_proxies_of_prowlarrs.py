"""What a proxy in front of a Prowlarr asks for, and HTTP/2."""


def up(migrator, db):
    truth = "BOOLEAN" if db.is_server else "INTEGER"
    db.execute_sql(f"ALTER TABLE prowlarrs ADD COLUMN http2 {truth} NOT NULL DEFAULT FALSE")
    for name in ("proxy_name", "proxy_password", "proxy_headers"):
        db.execute_sql(f"ALTER TABLE prowlarrs ADD COLUMN {name} TEXT")
