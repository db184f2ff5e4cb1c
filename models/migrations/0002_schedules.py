"""Queues that run by a schedule instead of every so many minutes."""

import json

from peewee import BigIntegerField, TextField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("queues", "schedule", TextField(null=True)),
        migrator.add_column("queues", "last_moment_at", BigIntegerField(null=True)),
        migrator.add_column("queues", "retry_at", BigIntegerField(null=True)),
    )
    rows = db.execute_sql(
        "SELECT queues.id, every_minutes, time_zone"
        " FROM queues JOIN users ON users.id = queues.owner_id"
    ).fetchall()
    for queue, minutes, zone in rows:
        plan = {"kind": "every", "every_minutes": minutes, "time_zone": zone}
        db.execute_sql("UPDATE queues SET schedule = ? WHERE id = ?", (json.dumps(plan), queue))
    migrator.migrate(
        migrator.add_not_null("queues", "schedule"),
        migrator.drop_column("queues", "every_minutes"),
    )
