"""All tags of an item, each in a row of its own."""

FIRST_OF_THE_REST = 62


def up(migrator, db):
    db.execute_sql(
        "CREATE TABLE item_tags (item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,"
        " tag_id INTEGER NOT NULL, PRIMARY KEY (item_id, tag_id)) WITHOUT ROWID"
    )
    db.execute_sql("CREATE INDEX item_tags_tag_id_item_id ON item_tags (tag_id, item_id)")
    db.execute_sql(
        "INSERT INTO item_tags (item_id, tag_id) SELECT items.id, snapshots.arr_id"
        " FROM items JOIN snapshots ON snapshots.instance_id = items.instance_id"
        " WHERE snapshots.kind = 'tag' AND snapshots.bit < ?"
        " AND (items.tag_mask >> snapshots.bit) & 1",
        (FIRST_OF_THE_REST,),
    )
    _read_again(db)
    db.execute_sql("ALTER TABLE items DROP COLUMN tag_mask")
    db.execute_sql("ALTER TABLE snapshots DROP COLUMN bit")


def _read_again(db):
    """Which of the further tags an item has was not kept: its lists are read at the next look.

    No list has the length -1, so that look finds it changed.
    """
    crowded = (
        "SELECT instance_id FROM snapshots WHERE kind = 'tag' AND bit >= ?",
        (FIRST_OF_THE_REST,),
    )
    for (instance_id,) in set(db.execute_sql(*crowded).fetchall()):
        mine = (instance_id,)
        db.execute_sql("UPDATE wanted_lists SET total = -1 WHERE instance_id = ?", mine)
        db.execute_sql("UPDATE instances SET looked_at = NULL WHERE id = ?", mine)
