"""A queue may be a dry run, and a dry run keeps what it would have searched."""

from peewee import ForeignKeyField, IntegerField, Model, TextField

from models.database.fields import NumberField


def up(migrator, db):
    truth = "BOOLEAN" if db.is_server else "INTEGER"
    for table in ("queues", "runs"):
        db.execute_sql(f"ALTER TABLE {table} ADD COLUMN is_dry {truth} NOT NULL DEFAULT FALSE")

    class Base(Model):
        id = NumberField()

        class Meta:
            database = db
            legacy_table_names = False

    class Run(Base):
        class Meta:
            table_name = "runs"

    class Item(Base):
        class Meta:
            table_name = "items"

    class DrySearch(Base):
        run = ForeignKeyField(Run, on_delete="CASCADE")
        item = ForeignKeyField(Item, null=True, on_delete="SET NULL")
        instance_name = TextField()
        application = TextField()
        title = TextField()
        link = TextField(null=True)
        want = TextField()
        items = IntegerField(default=1)
        cost = IntegerField(default=1)

        class Meta:
            table_name = "dry_searches"

    db.create_tables([DrySearch])
