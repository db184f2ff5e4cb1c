"""Reading on the side goes on when the server has ended the reader's session."""

import asyncio

from models.database import Database, database


def pid() -> int:
    found: int = database.execute_sql("SELECT pg_backend_pid()").fetchone()[0]
    return found


async def test_a_reader_whose_session_was_ended_reads_over_a_new_one(db: Database) -> None:
    own = pid()
    readers = set(await asyncio.gather(*(database.aside(pid) for _ in range(8))))
    for reader in readers:
        database.execute_sql("SELECT pg_terminate_backend(%s, 5000)", (reader,))
    again = set(await asyncio.gather(*(database.aside(pid) for _ in range(8))))
    assert not again & readers
    assert pid() == own
