"""Writes the baseline of PostgreSQL anew, from the models: `python -m tests.postgres.baseline`.

Only for a version that was never released: what comes after is a migration.
"""

from pathlib import Path

from models.database.encryption import Keyring
from models.database.server import ServerDatabase
from models.opening.schema import TABLES
from models.opening.servers import BASELINE

AUDIT = (Path(__file__).parent / "audit.sql").read_text()
# SQLite refuses NULLS FIRST in an index, and sorts NULL first by itself.
DUE = ('"searched_at"', '"searched_at" NULLS FIRST')


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
    return [text.replace(*DUE) if "items_due" in text else text for text in found]


def main() -> None:
    lines = "".join(f"{text.strip()};\n" for text in statements())
    BASELINE.write_text(f"-- The tables as they were when PostgreSQL came.\n{lines}\n{AUDIT}")


if __name__ == "__main__":
    main()
