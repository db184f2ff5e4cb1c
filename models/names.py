"""Names that people give: compared without regard to case."""


def key_of(name: str) -> str:
    """The name as it is compared."""
    return name.strip().casefold()
