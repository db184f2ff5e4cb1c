"""One line of a yield, as a page shows it."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from models.instances import Instance
from models.queues import Queue
from models.queues.orders import ORDERS
from models.queues.strategies import STRATEGIES
from models.yields.intervals import Interval, wilson
from models.yields.keys import BY_HAND, NOT_TOLD

AGES = {
    "0": "Under 14 days",
    "1": "14 to 89 days",
    "2": "90 days to a year",
    "3": "1 to 5 years",
    "4": "Older",
    NOT_TOLD: "Not known",
}
ATTEMPTS = {
    "1": "First",
    "2": "Second",
    "3": "Third",
    "4": "Fourth and fifth",
    "5": "Sixth and later",
}
HOURS = {f"{hour:02}": f"{hour:02}:00" for hour in range(24)}
OF_QUEUES = {BY_HAND: "By hand", NOT_TOLD: "Not recorded"}
# Words for dimensions with fixed keys, in the order in which they are shown.
WORDS: Mapping[str, Mapping[str, str]] = {
    "total": {"all": "All"},
    "strategy": STRATEGIES | OF_QUEUES,
    "order": ORDERS | OF_QUEUES,
    "age": AGES,
    "attempt": ATTEMPTS,
    "hour": HOURS | {NOT_TOLD: "Not known"},
}

ROWS: Mapping[str, type[Queue] | type[Instance]] = {"queue": Queue, "instance": Instance}


class YieldLine(NamedTuple):
    """The figures of one key; `gone` means that the queue or instance was deleted."""

    key: str
    label: str
    gone: bool = False
    grabbed: int = 0
    nothing: int = 0
    no_indexer: int = 0
    failed: int = 0
    unknown: int = 0
    imported: int = 0
    import_failed: int = 0
    import_ignored: int = 0

    @property
    def searches(self) -> int:
        return self.answered + self.unanswered

    @property
    def answered(self) -> int:
        """Searches that asked an indexer and whose outcome is known; rates are shares of these."""
        return self.grabbed + self.nothing

    @property
    def unanswered(self) -> int:
        return self.no_indexer + self.failed + self.unknown

    @property
    def open(self) -> int:
        """Grabs without a known fate, also of old searches."""
        return max(self.grabbed - self.settled, 0)

    @property
    def rate(self) -> float | None:
        """The share of answered searches that grabbed something; None without an answer."""
        return self.grabbed / self.answered if self.answered else None

    @property
    def interval(self) -> Interval | None:
        """How far the rate may be off by chance."""
        return wilson(self.grabbed, self.answered)

    @property
    def settled(self) -> int:
        """Grabs whose fate is known."""
        return self.imported + self.import_failed + self.import_ignored

    @property
    def import_rate(self) -> float | None:
        """The share of grabs with a known fate that were imported; None without such a grab."""
        return self.imported / self.settled if self.settled else None

    @property
    def import_interval(self) -> Interval | None:
        return wilson(self.imported, self.settled)

    @property
    def outcomes(self) -> dict[str, int]:
        return {
            "grabbed": self.grabbed,
            "nothing": self.nothing,
            "no_indexer": self.no_indexer,
            "failed": self.failed,
            "unknown": self.unknown,
        }


class Labels(NamedTuple):
    """The names of the keys of one dimension; `rows` are existing queues or instances."""

    words: Mapping[str, str]
    rows: dict[str, str] | None = None

    @classmethod
    def of(cls, dimension: str, names: dict[str, str]) -> "Labels":
        """The labels of a dimension; `names` are from the roll-ups, which know deleted rows too."""
        if dimension not in ROWS:
            return cls(WORDS.get(dimension, names | {NOT_TOLD: "Not named"}))
        table = ROWS[dimension]
        rows = {f"#{number}": name for number, name in table.select(table.id, table.name).tuples()}
        return cls(names | rows | {BY_HAND: "By hand"}, rows)

    def line(self, key: str, figures: Iterable[int]) -> YieldLine:
        gone = self.rows is not None and key != BY_HAND and key not in self.rows
        return YieldLine(key, self.words.get(key, key), gone, *figures)
