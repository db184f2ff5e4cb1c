"""An index of the backlog in the order of its pages, so that no page sorts all of it."""


def up(migrator, db):
    db.execute_sql(
        "CREATE INDEX items_by_title ON items (reason, (series_id IS NULL), sort_title,"
        " instance_id, series_id, season, episode, id, want)"
    )
