"""Writes the baseline of PostgreSQL anew, from the models: `python -m tests.postgres.baseline`.

Only for a version that was never released: what comes after is a migration.
"""

from models.database.encryption import Keyring
from models.database.server import ServerDatabase
from models.opening.schema import TABLES
from models.opening.servers import BASELINE

# From here on the baseline is written by hand, and stays.
BY_HAND = "-- The audit trail is only added to"
# Keys and titles are sorted by their bytes as in the file, whatever the database's own order.
BY_BYTES = ("key", "sort_title")
# SQLite refuses NULLS FIRST in an index, and sorts NULL first by itself.
NULLABLE = ("searched_at", "series_id", "season", "episode", "aired_at", "eligible_at")
SORTED = ("items_due", "items_by_")


def statements() -> list[str]:
    opened = ServerDatabase("postgresql://", Keyring(bytes(32)))
    found = []
    with opened.bind_ctx(TABLES):
        for table in TABLES:
            rowless, table._meta.without_rowid = table._meta.without_rowid, False
            schema = table._schema
            contexts = [schema._create_table(safe=False), *schema._create_indexes(safe=False)]
            for context in contexts:
                text, values = context.query()
                assert not values, text
                found.append(text)
            table._meta.without_rowid = rowless
    return [_in_its_words(text) for text in found]


def _in_its_words(statement: str) -> str:
    if any(f'INDEX "{name}' in statement for name in SORTED):
        for name in NULLABLE:
            statement = statement.replace(f'"{name}"', f'"{name}" NULLS FIRST')
    for name in BY_BYTES:
        statement = statement.replace(f'"{name}" TEXT', f'"{name}" TEXT COLLATE "C"')
    return statement


def main() -> None:
    lines = "".join(f"{text.strip()};\n" for text in statements())
    by_hand = BASELINE.read_text().partition(BY_HAND)[2]
    head = "-- The tables as they were when PostgreSQL came."
    BASELINE.write_text(f"{head}\n{lines}\n{BY_HAND}{by_hand}")


if __name__ == "__main__":
    main()
