"""Gives a library an exact number of missing items and upgrades."""

from random import Random

from jobs.demo import words
from jobs.demo.library import HOUR_S, DemoItem, File
from jobs.demo.qualities import QUALITIES
from jobs.demo.sizes import Size

BYTES = {480: 350_000_000, 720: 900_000_000, 1080: 2_200_000_000, 2160: 6_500_000_000}


def new_file(rng: Random, item: DemoItem, *, low: bool, added: int) -> File:
    """A file at or above the cutoff of the item's profile; a `low` one is below, if possible."""
    profile = item.profile
    quality = rng.choice(profile.low if low and profile.low else profile.good)
    size = int(BYTES[QUALITIES[quality].resolution] * rng.uniform(0.6, 1.8))
    return File(item.id, quality, size, added + HOUR_S, rng.choice(words.GROUPS))


class Quotas:
    """The wanted items of a library that is being made."""

    def __init__(self, rng: Random, size: Size) -> None:
        self.rng, self.size = rng, size
        self.items: list[DemoItem] = []
        self.upgradables: list[DemoItem] = []

    def add(self, item: DemoItem, *, upgradable: bool) -> None:
        self.items.append(item)
        if upgradable and item.profile.low:
            self.upgradables.append(item)

    def short(self) -> bool:
        """Whether there are too few items for the numbers."""
        wanted = self.size.missing + self.size.upgrade
        return len(self.items) < wanted or len(self.upgradables) < self.size.upgrade

    def settle(self) -> None:
        """Adds and removes files until the numbers of missing items and upgrades are exact."""
        rng = self.rng
        upgrades = [item for item in self.upgradables if item.upgradable]
        others = [item for item in self.upgradables if not item.upgradable]
        chosen = self._take(upgrades, others, self.size.upgrade)
        rest = [item for item in self.items if item not in chosen]
        missing = [item for item in rest if item.file is None]
        complete = [item for item in rest if item.file is not None]
        absent = self._take(missing, complete, self.size.missing)
        for item in self.items:
            low = item in chosen
            if item in absent:
                item.file = None
            elif item.file is None or item.upgradable != low:
                item.file = new_file(rng, item, low=low, added=0)

    def _take(self, fitting: list[DemoItem], others: list[DemoItem], number: int) -> set[DemoItem]:
        if len(fitting) >= number:
            return set(self.rng.sample(fitting, number))
        return set(fitting) | set(self.rng.sample(others, number - len(fitting)))
