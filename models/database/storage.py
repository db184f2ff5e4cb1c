"""The database file's free room, statistics and soundness."""

from collections.abc import Callable

from peewee import DatabaseError

from models.database import Database, Room

PAGES_KEPT_FREE = 1000
# 16 pages take 1 ms, and 8 where their commit meets a checkpoint.
PAGES_A_STEP = 16
# An index of 200,000 rows takes up to 16 ms; one of a million, 80.
LONGEST_ANALYSED = 200_000
ROWS_ANALYSED = 200
# SQLite's steps between two questions whether to stop: about 10 ms.
STEPS_BETWEEN = 100_000
MOST_FAULTS = 3


class Storage(Database):
    """The embedded database's free room, statistics and check for damage."""

    def room(self) -> Room:
        page = self._pragma("page_size")
        return Room(self._pragma("page_count") * page, self._pragma("freelist_count") * page)

    def give_back(self) -> bool:
        free = self._pragma("freelist_count")
        if free <= PAGES_KEPT_FREE:
            return False
        self.execute_sql(f"PRAGMA incremental_vacuum({PAGES_A_STEP})").fetchall()
        return self._pragma("freelist_count") < free

    def outgrown(self) -> list[str]:
        """Asks SQLite, which names a table that has become ten times as long.

        Tables that would block the loop wait until the program stops: `close_all` renews them.
        """
        self.execute_sql(f"PRAGMA analysis_limit = {ROWS_ANALYSED}")
        asked = self.execute_sql("PRAGMA optimize(-1)").fetchall()
        tables = [statement.split('"')[3] for (statement,) in asked]
        return [
            name
            for table in tables
            if self._length(table) <= LONGEST_ANALYSED
            for name in self._index_names(table) or [table]
        ]

    def learn(self, name: str) -> None:
        self.execute_sql(f'ANALYZE "{name}"')

    def faults(self, is_to_stop: Callable[[], bool]) -> list[str] | None:
        """Reads each page, checks its authentication code, and compares each index with its table.

        That takes 16 s for a million items and a million searches.
        """
        connection = self.connection()
        connection.set_progress_handler(is_to_stop, STEPS_BETWEEN)
        found: list[str] = []
        try:
            for table in self.get_tables():
                if is_to_stop():
                    return None
                rows = self.execute_sql(f'PRAGMA integrity_check("{table}")').fetchall()
                found += [text for (text,) in rows if text != "ok"]
        except (DatabaseError, connection.DatabaseError) as error:
            if is_to_stop():
                return None
            found.append(str(error))
        return found[:MOST_FAULTS]

    def _pragma(self, name: str) -> int:
        return int(self.execute_sql(f"PRAGMA {name}").fetchone()[0])

    def _length(self, table: str) -> int:
        """The most rows the table can have, from its highest row number.

        A table without row numbers counts as too long, as counting its rows would take time.
        """
        (*_, unnumbered, _) = self.execute_sql(f'PRAGMA table_list("{table}")').fetchone()
        if unnumbered:
            return LONGEST_ANALYSED + 1
        query = f'SELECT max(rowid) FROM "{table}"'  # noqa: S608  # nosec B608 # our own names
        (highest,) = self.execute_sql(query).fetchone()
        return highest or 0

    def _index_names(self, table: str) -> list[str]:
        return [index.name for index in self.get_indexes(table)]
