"""One run of the play, while it lasts."""

from collections.abc import Iterator

from models.claims import HOUSE
from models.planning.contenders import Contender
from models.planning.draws import Pick
from models.planning.windows import Full


class Outing:
    """One run: its picks, and the budgets that it found spent before and since.

    `left` are those that it has not drawn yet of as many as it owes.
    """

    def __init__(
        self, contender: Contender, owed: int, shut: dict[int, Full], picks: Iterator[Pick]
    ) -> None:
        self.contender = contender
        self.owed = self.left = owed
        self.before = shut
        self.since: dict[int, Full] = {}
        self.picks = picks

    @property
    def is_over(self) -> bool:
        """Whether no instance is left that could search."""
        open_ = len(self.contender.instances) - len(self.before)
        return len(self.since) >= open_ or any(full.whose == HOUSE for full in self.since.values())
