"""The columns of an item's row, by what decides them, and the statement that writes them."""

LISTED = (
    "kind",
    "want",
    "external_id",
    "title",
    "sort_title",
    "series_id",
    "series_title",
    "season",
    "episode",
    "year",
    "aired_at",
    "home_release_at",
    "available",
    "monitored",
    "profile_id",
    "root_folder",
    "series_status",
    "series_type",
    "slug",
    "gap",
    "arr_searched_at",
    "arr_searched_told",
)
LEARNT = (
    "unseen_at",
    "left_at",
    "brought",
    "searched_at",
    "cooldown_until",
    "excluded_until",
    "downloading",
    "streak",
)
DECIDED = ("reason", "reason_at", "eligible_at", "early_at")
MUTABLE = (*LISTED, *LEARNT, *DECIDED)
COLUMNS = ("instance_id", "arr_id", *MUTABLE, "first_seen_at", "attempts", "random_key")

UPSERT = (
    f"INSERT INTO items ({', '.join(COLUMNS)}) "  # noqa: S608  # nosec B608 # our own names
    f"VALUES ({', '.join('?' * len(COLUMNS))}) ON CONFLICT (instance_id, arr_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in MUTABLE)
)


def known_among(number: int) -> str:
    """The statement that reads `number` items; its values are an instance's id and *arr ids.

    It is written by hand: peewee would take as long to compose it as SQLite takes to run it.
    """
    names, marks = ", ".join(("arr_id", *MUTABLE)), ", ".join("?" * number)
    return (
        f"SELECT {names} FROM items "  # noqa: S608  # nosec B608 # our own names
        f"WHERE instance_id = ? AND arr_id IN ({marks})"
    )
