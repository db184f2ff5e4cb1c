"""How seldom runs search files whose scores are as good as any seen."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from peewee import ModelSelect

from models.backlog import Item
from models.backlog.eligibility import is_at_best
from models.searches import FOR_SCORES, Search

# One search for a score in so many is for a file as good as any seen.
ONE_IN = 20
# An instance without any other search for a score in this time searches one of them a day.
NO_OTHERS = timedelta(days=30)
A_DAY = timedelta(days=1)

T = TypeVar("T")


class Seldom:
    """Lets files as good as any seen have their turn: after 19 other searches for a score.

    So they take 5 % of an instance's searches for a score, and have their turn even where others
    are always waiting. `waiting` are their items by instance id, the longest waiting first.
    """

    def __init__(self, waiting: dict[int, list[Item]], now: datetime) -> None:
        self._waiting = waiting
        self._others = {each: _others_since(each) for each in waiting}
        self._alone = [each for each in waiting if _is_alone(each, now)]

    def among(self, picks: Iterable[T], made: Callable[[Item], T]) -> Iterator[T]:
        """The picks, and the waiting items where their turn has come; `made` is a pick of one.

        Each pick that is made is counted by `count` before the next one is asked for.
        """
        yield from self._due(made)
        found = False
        for pick in picks:
            found = True
            yield pick
            yield from self._due(made)
        for instance_id in () if found else self._alone:
            yield from (made(item) for item in self._waiting[instance_id][:1])

    def count(self, items: Sequence[Item]) -> None:
        """Counts a search that the run makes."""
        first = items[0]
        if first.want == "score" and first.instance_id in self._others:
            at_best = is_at_best(first.want, first.gap)
            others = 0 if at_best else self._others[first.instance_id] + 1
            self._others[first.instance_id] = others

    def _due(self, made: Callable[[Item], T]) -> Iterator[T]:
        for instance_id, items in self._waiting.items():
            while items and self._others[instance_id] >= ONE_IN - 1:
                yield made(items.pop(0))


def _others_since(instance_id: int) -> int:
    """How many searches for a score came after the last one at its best; at most 19 are known."""
    last = _sent(instance_id).order_by(Search.created_at.desc()).limit(ONE_IN - 1).tuples()
    found = [at_best for (at_best,) in last]
    return found.index(True) if True in found else len(found)


def _is_alone(instance_id: int, now: datetime) -> bool:
    """Whether an instance searched nothing else for its score in a month, and nothing in a day."""
    others = (Search.created_at > now - NO_OTHERS) & ~Search.at_best
    return not _sent(instance_id).where(others | (Search.created_at > now - A_DAY)).exists()


def _sent(instance_id: int) -> ModelSelect:
    sent = (Search.instance == instance_id) & FOR_SCORES & (Search.cost > 0)
    return Search.select(Search.at_best).where(sent)
