"""Names that people give: compared without regard to case."""

LONGEST_NAME = 60


def key_of(name: str) -> str:
    """The name as it is compared."""
    return name.strip().casefold()
