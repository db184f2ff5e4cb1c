"""How many items each instance wanted at the end of each day."""

from peewee import ForeignKeyField, IntegerField, Model

from models.database.fields import NumberField


def up(migrator, db):
    class Instance(Model):
        id = NumberField()

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "instances"

    class BacklogDay(Model):
        id = NumberField()
        instance = ForeignKeyField(Instance, on_delete="CASCADE")
        day = IntegerField()
        items = IntegerField()

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "backlog_days"
            indexes = ((("instance", "day"), True),)

    db.create_tables([BacklogDay])
