"""When every item had its turn, beside the days that the plan had named at the start."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from jobs.demo.library import Item
from tests.month.household import Plan
from tests.month.oracle import DAY, HOUR, first_turns
from tests.month.server import Server
from tests.month.world import out_at

GRACE = 6 * HOUR
WANTS = {"missing": {"missing"}, "cutoff": {"upgrade"}}
TOLERANCE = 0.10
# Of spans under five days: runs are whole, and so are nights.
AT_LEAST = 0.5


class Turn(NamedTuple):
    """Of one queue; days since a person agreed. `took` is None when some never had their turn.

    `items` nobody but us has touched since; `said` is None where the plan says never.
    """

    queue: str
    items: int
    had: int
    said: float | None
    took: float | None

    def faults(self, days: float) -> Iterator[str]:
        too_long = self.said is None or self.said > days
        if too_long:
            if self.took is not None and self.took < days * (1 - TOLERANCE):
                yield f"{self.queue}: the plan said no, and it took {self.took:.1f} days."
            return
        if self.took is None:
            left = self.items - self.had
            missing = f"{left} of {self.items} had no turn"
            yield f"{self.queue}: {missing}; {self.said:.1f} days were said."
        elif abs(self.took - self.said) > max(self.said * TOLERANCE, AT_LEAST):
            yield f"{self.queue}: it took {self.took:.1f} days, {self.said:.1f} were said."


def wanted_now(server: Server) -> dict[int, str]:
    """What is on its lists, and could be searched at once."""
    now = server.world.now()
    items = (each for each in server.world.items.values() if _can_be_found(each, now))
    wants = {each.id: server.world.want_of(each) for each in items}
    return {id: want for id, want in wants.items() if want}


def _can_be_found(item: Item, now: float) -> bool:
    """Some hours after it came out; of a movie, Radarr must call it available, too."""
    return item.out(now) and (out_at(item) or 0) + GRACE <= now


def turn(
    plan: Plan,
    servers: Mapping[str, Server],
    universe: Mapping[str, Mapping[int, str]],
    began: float,
    said: float | None,
) -> Turn:
    """`universe`: for each host what it wanted when the plan was made, at `began`."""
    items, turns = 0, []
    for place in plan.places:
        server = servers[place.lower().replace(" ", "-")]
        first = _first(server)
        wants = WANTS.get(plan.strategy, {"missing", "upgrade"})
        for item, want in universe[server.host].items():
            if want in wants and not _was_touched(server, item, began, first.get(item)):
                items += 1
                turns += [first[item]] if item in first else []
    took = (max(turns) - began) / DAY if turns and len(turns) == items else None
    return Turn(plan.name, items, len(turns), said, took)


def _first(server: Server) -> dict[int, float]:
    """A search whose fate nobody can know is not sent again: it was the item's turn."""
    found = first_turns(server.sent())
    for item, at in server.lost:
        found[item] = min(at, found.get(item, at))
    return found


def _was_touched(server: Server, item: int, began: float, turn: float | None) -> bool:
    """By somebody else, before its turn."""
    touches = [server.since(each) for each in server.world.turned.get(item, ())]
    return any(began < each and (turn is None or each < turn) for each in touches)
