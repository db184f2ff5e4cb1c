"""Ways to look at the pages, few of them, in which every two circumstances meet."""

from itertools import combinations, product
from typing import NamedTuple


class Way(NamedTuple):
    """How somebody looks: `role` is None for who is not signed in, `base` a path of a proxy."""

    role: str | None
    width: int
    script: bool
    scheme: str
    base: str

    @property
    def name(self) -> str:
        script = "script" if self.script else "no script"
        return f"{self.role or 'nobody'}, {self.width} px, {script}, {self.scheme}, {self.base}/"


CIRCUMSTANCES: tuple[tuple[object, ...], ...] = (
    ("admin", "member", "viewer", None),
    (320, 768, 1440),
    (True, False),
    ("light", "dark"),
    ("", "searcharr"),
)


def pairs(way: tuple[object, ...]) -> set[tuple[int, object, int, object]]:
    """Every two of its circumstances, each with its place."""
    return {(a, one, b, other) for (a, one), (b, other) in combinations(enumerate(way), 2)}


def ways() -> list[Way]:
    """One after the other, each time the way in which the most new pairs meet."""
    every = [Way(*way) for way in product(*CIRCUMSTANCES)]
    left = set().union(*map(pairs, every))
    chosen = []
    while left:
        chosen.append(max(every, key=lambda way: len(pairs(way) & left)))
        left -= pairs(chosen[-1])
    return chosen
