"""An index that counts the wanted items of each series."""


def up(migrator, db):
    db.execute_sql(
        "CREATE INDEX items_of_series ON items (instance_id, want, series_id) WHERE (reason != 1)"
    )
