"""Custom-format scores of files, the profiles that give them, and the scan that reads them."""

from peewee import (
    SQL,
    BigIntegerField,
    BooleanField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

from models.database.fields import NumberField


def up(migrator, db):
    zero = {"default": 0, "constraints": [SQL("DEFAULT 0")]}

    class Base(Model):
        id = NumberField()

        class Meta:
            database = db
            legacy_table_names = False

    class Instance(Base):
        class Meta:
            table_name = "instances"

    class ScoreProfile(Base):
        instance = ForeignKeyField(Instance, on_delete="CASCADE", index=False)
        arr_id = IntegerField()
        name = TextField()
        upgrades = BooleanField()
        cutoff_score = IntegerField()
        least_step = IntegerField()
        reach = BigIntegerField()
        at_cutoff = IntegerField(**zero)
        below = IntegerField(**zero)
        out_of_reach = IntegerField(**zero)
        below_quality = IntegerField(**zero)
        best = IntegerField(null=True)
        counted_at = BigIntegerField(null=True)

        class Meta:
            table_name = "score_profiles"
            indexes = ((("instance", "arr_id"), True),)

    class ScoreScan(Base):
        instance = ForeignKeyField(Instance, on_delete="CASCADE", unique=True)
        round = IntegerField(**zero)
        began_at = BigIntegerField(null=True)
        ended_at = BigIntegerField(null=True)
        looked_at = BigIntegerField(null=True)
        cursor = IntegerField(**zero)
        shelves = IntegerField(**zero)
        asked = IntegerField(**zero)
        requests = IntegerField(**zero)
        bytes = BigIntegerField(**zero)
        fault = TextField(null=True)

        class Meta:
            table_name = "score_scans"

    class ScoreShelf(Base):
        instance = ForeignKeyField(Instance, on_delete="CASCADE", index=False)
        arr_id = IntegerField()
        title = TextField()
        profile_id = IntegerField()
        facts = TextField()
        round = IntegerField()

        class Meta:
            table_name = "score_shelves"
            indexes = ((("instance", "arr_id"), True),)

    class FileScore(Base):
        instance = ForeignKeyField(Instance, on_delete="CASCADE", index=False)
        arr_id = IntegerField()
        shelf = IntegerField()
        file_id = IntegerField()
        profile_id = IntegerField()
        score = IntegerField()
        below_quality = BooleanField()

        class Meta:
            table_name = "file_scores"
            indexes = (
                (("instance", "arr_id"), True),
                (("instance", "shelf"), False),
            )

    class ScoreChange(Base):
        instance = ForeignKeyField(Instance, on_delete="CASCADE")
        arr_id = IntegerField()
        title = TextField()
        at = BigIntegerField()
        score_before = IntegerField()
        score_after = IntegerField()

        class Meta:
            table_name = "score_changes"
            indexes = (
                (("instance", "at"), False),
                (("instance", "arr_id"), False),
            )

    db.create_tables([ScoreProfile, ScoreScan, ScoreShelf, FileScore, ScoreChange])
