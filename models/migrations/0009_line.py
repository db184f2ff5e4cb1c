"""What a queue that a budget has held waits for, and what its next search costs."""

from peewee import IntegerField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("queues", "in_line", IntegerField(default=0)),
        migrator.add_column("queues", "next_cost", IntegerField(default=1)),
    )
