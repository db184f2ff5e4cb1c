"""A person's decision that something is never to be searched, or not before a date."""

from peewee import ForeignKeyField, IntegerField, TextField

from models.fields import Table, UtcField
from models.instances import Instance
from models.users import User


class Exclusion(Table):
    """`kind` is item, season, series or movie; ids are the instance's. No `until`: for ever."""

    instance = ForeignKeyField(Instance, backref="exclusions", on_delete="CASCADE")
    user = ForeignKeyField(User, null=True, on_delete="SET NULL")
    kind = TextField()
    arr_id = IntegerField()
    season = IntegerField(null=True)
    title = TextField()
    note = TextField(default="")
    created_at = UtcField()
    until = UtcField(null=True)

    class Meta:
        table_name = "exclusions"
        indexes = ((("instance", "kind", "arr_id", "season"), True),)
