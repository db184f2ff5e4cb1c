"""What happened, a row for each event."""

from peewee import SQL, BigIntegerField, IntegerField, Model, TextField
from playhouse.sqlite_ext import AutoIncrementField


def up(migrator, db):
    class Happening(Model):
        id = AutoIncrementField()
        at = BigIntegerField()
        kind = TextField()
        instance = IntegerField(null=True)
        queue = IntegerField(null=True)
        search = IntegerField(null=True)
        person = IntegerField(null=True)
        details = TextField(default="{}", constraints=[SQL("DEFAULT '{}'")])

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "happenings"

    db.create_tables([Happening])
