"""Names that people give, and their form for comparing."""

LONGEST_NAME = 60


def key_of(name: str) -> str:
    """The name for comparing: "Alice" is "alice", but no two other names are the same.

    A capital becomes small only if it is the only capital of that small letter: "str.casefold"
    would make "ſam" the same as "sam", and "straße" the same as "strasse".
    """
    return "".join(_small(letter) for letter in name.strip())


def _small(letter: str) -> str:
    small = letter.lower()
    return small if small.upper() == letter else letter
