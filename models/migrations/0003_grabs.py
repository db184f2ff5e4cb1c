"""What became of each grab, and which items left their list because of one."""

from peewee import BigIntegerField, ForeignKeyField, IntegerField, Model, TextField
from playhouse.sqlite_ext import AutoIncrementField

COLUMNS = {
    "searches": {
        "strategy": TextField(null=True),
        "item_order": TextField(null=True),
        "local_hour": IntegerField(null=True),
        "fate": TextField(null=True),
        "fate_at": BigIntegerField(null=True),
    },
    "instances": {
        "history_at": BigIntegerField(null=True),
        "followed_at": BigIntegerField(null=True),
    },
    "items": {"brought": IntegerField(null=True)},
}
BY_FATE = (
    "CREATE INDEX searches_by_fate ON searches (outcome, fate, created_at)"
    " WHERE outcome = 'grabbed'"
)
# Which queue's strategy an earlier search followed is not known any more; by hand there was none.
BY_HAND = "UPDATE searches SET strategy = '', item_order = '' WHERE queue_name = ''"


def up(migrator, db):
    for table, columns in COLUMNS.items():
        for name, field in columns.items():
            migrator.migrate(migrator.add_column(table, name, field))

    class Search(Model):
        id = AutoIncrementField()

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "searches"

    class Instance(Model):
        id = AutoIncrementField()

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "instances"

    class Grab(Model):
        id = AutoIncrementField()
        search = ForeignKeyField(Search, on_delete="CASCADE")
        instance = ForeignKeyField(Instance, null=True, on_delete="SET NULL", index=False)
        arr_id = IntegerField()
        download_id = TextField(null=True)
        release = TextField()
        indexer = TextField()
        grabbed_at = BigIntegerField()
        fate = TextField(null=True)
        fate_at = BigIntegerField(null=True)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "grabs"
            indexes = (
                (("instance", "arr_id"), False),
                (("instance", "grabbed_at"), False),
            )

    class Departure(Model):
        id = AutoIncrementField()
        instance = ForeignKeyField(Instance, on_delete="CASCADE", index=False)
        day = IntegerField()
        ours = IntegerField(default=0)
        others = IntegerField(default=0)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "departures"
            indexes = ((("instance", "day"), True),)

    db.create_tables([Grab, Departure])
    for statement in (BY_FATE, BY_HAND):
        db.execute_sql(statement)
