"""What is kept free of an indexer's limit, as feeds and other programs will ask it."""

import math
from datetime import timedelta
from typing import NamedTuple

from models.database.fields import MILLISECOND

# What others ask in so long is kept free, as it is learnt of only afterwards.
AHEAD = timedelta(minutes=30)
AN_HOUR = AHEAD / timedelta(hours=1)
# The share of the window from which on feeds are as old as it.
OLD_FEEDS = 0.9


class InWindow(NamedTuple):
    """Requests of one kind in a window: all, those of others, and of these in the last hour.

    `oldest` is the moment of the first, by Prowlarr's clock in epoch ms.
    """

    all: int = 0
    others: int = 0
    lately: int = 0
    oldest: int = 0


def reserve(queries: InWindow, feeds: InWindow, at: int, window: int) -> int:
    """How many requests to keep free; `at` by Prowlarr's clock in epoch ms, `window` in ms.

    By the pace of the window or of the last hour, whichever is faster.
    """
    share = AHEAD // MILLISECOND / window
    # Where the feeds are younger than the window, more come than leave it.
    spanned = max(at - feeds.oldest, AHEAD // MILLISECOND)
    is_young = spanned < OLD_FEEDS * window
    in_window = math.ceil(feeds.all * window / spanned) if is_young else feeds.all
    coming = math.ceil(max(in_window * share, feeds.lately * AN_HOUR))
    others = likely_most(max(queries.others * share, queries.lately * AN_HOUR))
    return in_window - feeds.all + coming + math.ceil(others)


def likely_most(expected: float) -> float:
    """The most requests that come by chance where so many are expected, 39 times of 40."""
    return expected + 2 * math.sqrt(expected)
