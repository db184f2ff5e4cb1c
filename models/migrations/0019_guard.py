"""Known browsers, forms that wait for a sign-in, counted refusals, and keys of names."""

from peewee import BigIntegerField, ForeignKeyField, Model, TextField
from playhouse.sqlite_ext import AutoIncrementField

COLUMNS = (
    "ALTER TABLE sessions ADD COLUMN by_proxy INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE sessions ADD COLUMN browser_hash TEXT",
    "ALTER TABLE audit ADD COLUMN times INTEGER NOT NULL DEFAULT 1",
)
# A refusal of the same hour may be counted in its row; nothing else of a row may change.
ONLY_COUNTED = (
    "CREATE TRIGGER audit_is_not_edited BEFORE UPDATE ON audit WHEN NOT ("
    " OLD.action IN ('refused', 'locked') AND NEW.times = OLD.times + 1"
    " AND NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.user_id IS OLD.user_id"
    " AND NEW.name = OLD.name AND NEW.address = OLD.address AND NEW.action = OLD.action"
    " AND NEW.about = OLD.about)"
    " BEGIN SELECT RAISE(ABORT, 'the audit trail cannot be edited'); END"
)
NAMED = ("users", "instances", "queues")
# Accounts without a password are signed in by a proxy alone.
BY_PROXY = (
    "UPDATE sessions SET by_proxy = 1"
    " WHERE user_id IN (SELECT id FROM users WHERE password_hash IS NULL)"
)


def up(migrator, db):
    for statement in (*COLUMNS, BY_PROXY, "DROP TRIGGER audit_is_not_edited", ONLY_COUNTED):
        db.execute_sql(statement)
    for table in NAMED:
        for row, name in db.execute_sql(f'SELECT id, name FROM "{table}"').fetchall():  # nosec B608 # our own names
            db.execute_sql(f'UPDATE "{table}" SET key = ? WHERE id = ?', (_key_of(name), row))  # nosec B608 # our own names
    _new_tables(db)


def _key_of(name):
    return "".join(_small(letter) for letter in name.strip())


def _small(letter):
    small = letter.lower()
    return small if small.upper() == letter else letter


def _new_tables(db):
    class User(Model):
        id = AutoIncrementField()

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "users"

    class KnownBrowser(Model):
        id = AutoIncrementField()
        browser_hash = TextField()
        user = ForeignKeyField(User, on_delete="CASCADE")
        seen_at = BigIntegerField()

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "known_browsers"
            indexes = ((("browser_hash", "user"), True),)

    class HeldForm(Model):
        id = AutoIncrementField()
        visitor_hash = TextField(unique=True)
        user = ForeignKeyField(User, on_delete="CASCADE")
        path = TextField()
        method = TextField()
        typed = TextField()
        held_at = BigIntegerField()

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "held_forms"

    db.create_tables([KnownBrowser, HeldForm])
