"""Numbers in the sentences that jobs write."""


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: "1 search", "1,204 searches"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
