"""Targets of notifications, what they are told, and the messages that tell it."""

from peewee import SQL, BigIntegerField, BooleanField, ForeignKeyField, IntegerField, Model, TextField

from models.database.fields import NumberField


def up(migrator, db):
    class Base(Model):
        id = NumberField()

        class Meta:
            database = db
            legacy_table_names = False

    class NoticeTarget(Base):
        name = TextField()
        key = TextField(unique=True)
        kind = TextField()
        settings = TextField()
        at_once = TextField(default="[]")
        digest = TextField(default="[]")
        instances = TextField(default="[]")
        says_titles = BooleanField(default=True)
        digest_hour = IntegerField(default=8)
        quiet_from = IntegerField(null=True)
        quiet_to = IntegerField(null=True)
        gap_seconds = IntegerField(default=30)
        created_at = BigIntegerField()
        disabled_at = BigIntegerField(null=True)
        waits_until = BigIntegerField(null=True)
        failures = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
        dead_at = BigIntegerField(null=True)
        fault = TextField(null=True)
        sent_at = BigIntegerField(null=True)

        class Meta:
            table_name = "targets"

    class Message(Base):
        target = ForeignKeyField(NoticeTarget, on_delete="CASCADE", index=False)
        event = TextField()
        title = TextField()
        text = TextField()
        link = TextField(default="")
        tone = TextField()
        created_at = BigIntegerField()
        retry_at = BigIntegerField(null=True)
        tries = IntegerField(default=0)
        taken_by = IntegerField(null=True)
        taken_at = BigIntegerField(null=True)
        ended_at = BigIntegerField(null=True)
        outcome = TextField(null=True)
        fault = TextField(null=True)

        class Meta:
            table_name = "messages"
            indexes = ((("target", "ended_at"), False),)

    class Notice(Base):
        target = ForeignKeyField(NoticeTarget, on_delete="CASCADE", index=False)
        event = TextField()
        about = TextField()
        at = BigIntegerField()
        due_at = BigIntegerField()
        in_digest = BooleanField(default=False)
        text = TextField()
        path = TextField()
        message = ForeignKeyField(Message, null=True, on_delete="CASCADE")

        class Meta:
            table_name = "notices"
            indexes = ((("target", "message", "due_at"), False), (("event", "at"), False))

    class Bookmark(Base):
        last = IntegerField(default=0)

        class Meta:
            table_name = "bookmarks"

    unended = SQL("ended_at IS NULL")
    Message.add_index(
        Message.index(Message.target, name="messages_one_open", unique=True, where=unended)
    )
    db.create_tables([NoticeTarget, Message, Notice, Bookmark])
    if db.is_server:
        # Compared by its bytes, as in the file.
        db.execute_sql('ALTER TABLE targets ALTER COLUMN "key" TYPE TEXT COLLATE "C"')
