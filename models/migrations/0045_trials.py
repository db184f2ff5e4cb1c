"""Searches that only look, and the releases that they were told of."""

from peewee import BigIntegerField, BooleanField, ForeignKeyField, IntegerField, Model, TextField

from models.database.fields import NumberField


def up(migrator, db):
    truth = "BOOLEAN" if db.is_server else "INTEGER"
    db.execute_sql(f"ALTER TABLE searches ADD COLUMN is_trial {truth} NOT NULL DEFAULT FALSE")

    class Base(Model):
        id = NumberField()

        class Meta:
            database = db
            legacy_table_names = False

    class Search(Base):
        class Meta:
            table_name = "searches"

    class Item(Base):
        class Meta:
            table_name = "items"

    class Trial(Base):
        item = ForeignKeyField(Item, on_delete="CASCADE")
        search = ForeignKeyField(Search, on_delete="CASCADE")
        at = BigIntegerField(index=True)
        total = IntegerField(default=0)
        approved = IntegerField(default=0)

        class Meta:
            table_name = "trials"

    class Offer(Base):
        trial = ForeignKeyField(Trial, on_delete="CASCADE")
        place = IntegerField()
        release = TextField()
        quality = TextField(default="")
        formats = TextField(default="")
        score = IntegerField(null=True)
        size = BigIntegerField(null=True)
        age_minutes = IntegerField(null=True)
        indexer = TextField(default="")
        seeders = IntegerField(null=True)
        state = TextField()
        is_taken = BooleanField(default=False)
        rejections = TextField(default="")

        class Meta:
            table_name = "offers"

    db.create_tables([Trial, Offer])
