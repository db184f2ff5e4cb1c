"""What people ask for, a row for each."""

from peewee import SQL, BigIntegerField, IntegerField, Model, TextField

from models.database.fields import NumberField


def up(migrator, db):
    class Wish(Model):
        id = NumberField()
        kind = TextField()
        about = IntegerField(default=0)
        asked_at = BigIntegerField()
        taken_by = IntegerField(null=True)
        taken_at = BigIntegerField(null=True)
        ended_at = BigIntegerField(null=True, index=True)
        sentence = TextField(default="")

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "wishes"

    Wish.add_index(Wish.index(Wish.kind, Wish.about, name="wishes_about"))
    untaken = SQL("taken_at IS NULL")
    Wish.add_index(
        Wish.index(Wish.kind, Wish.about, name="wishes_waiting", unique=True, where=untaken)
    )
    db.create_tables([Wish])
