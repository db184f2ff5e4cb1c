"""Items as a sync would have left them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from models.backlog import Item, Tally
from models.backlog.eligibility import Policy
from models.backlog.tags import link
from models.database.fields import to_ms
from models.instances import Instance
from tests.conftest import START

NUMBERS = count(1)
LONG_AGO = START - timedelta(days=400)


def wanted(
    instance: Instance, *, at: datetime = START, tags: Iterable[int] = (), **changes: Any
) -> Item:
    """Missing, out for long, never searched; an episode of one series, or a movie."""
    number = next(NUMBERS)
    columns: dict[str, Any] = {
        "arr_id": number,
        "kind": instance.application.kind,
        "want": "missing",
        "title": f"Title {number:03d}",
        "sort_title": f"title {number:03d}",
        "year": 2019,
        "aired_at": LONG_AGO,
        "available": True,
        "monitored": True,
        "slug": f"title-{number}",
        "first_seen_at": LONG_AGO,
        "random_key": number,
        "reason": 0,
        "reason_at": LONG_AGO,
    }
    if instance.application.kind.has_seasons:
        columns |= {"series_id": 5, "series_title": "Low Water", "sort_title": "low water"}
        columns |= {"season": 1, "episode": number, "slug": "low-water"}
    item = Item.create(instance=instance, **(columns | changes))
    link(instance, {item.arr_id: tags})
    item.judge(Policy.current(), to_ms(at))
    Tally.recount(instance)
    return Item.get_by_id(item.id)
