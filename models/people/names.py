"""Names that people give: where they are compared, small letters count as their capitals."""

LONGEST_NAME = 60


def key_of(name: str) -> str:
    """The name as it is compared: "Alice" is "alice", and no two other names become one.

    A capital becomes small only where that small letter has no other capital, as "str.casefold"
    makes "ſam" the same as "sam", and "straße" the same as "strasse".
    """
    return "".join(_small(letter) for letter in name.strip())


def _small(letter: str) -> str:
    small = letter.lower()
    return small if small.upper() == letter else letter
