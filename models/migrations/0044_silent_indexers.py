"""An indexer that used to give something and has gone silent; an index that counts windows."""


def up(migrator, db):
    moment = "BIGINT" if db.is_server else "INTEGER"
    db.execute_sql(f"ALTER TABLE indexers ADD COLUMN silent_since {moment}")
    db.execute_sql("ALTER TABLE indexers ADD COLUMN silent_searches INTEGER NOT NULL DEFAULT 0")
    db.execute_sql(
        'CREATE INDEX "indexer_requests_indexer_id_at_kind_search_id" ON "indexer_requests" '
        '("indexer_id", "at", "kind", "search_id")'
    )
