"""Strategies, and what the form of a new queue starts with for each of them."""

from typing import Any, NamedTuple

STRATEGIES = {
    "missing": "Missing",
    "cutoff": "Upgrades",
    "score": "Score",
    "recent": "New releases",
    "custom": "Custom",
}


class Preset(NamedTuple):
    """What the form starts with; `values` are its fields, with a polite size and schedule."""

    strategy: str
    words: str
    values: dict[str, Any]

    @property
    def label(self) -> str:
        return STRATEGIES[self.strategy]


# Keyed by the word in the form's address.
PRESETS = {
    "missing": Preset(
        "missing",
        "Every 2 hours, 5 items",
        {"kind": "every", "every": 2, "unit": "hours", "batch_size": 5},
    ),
    "upgrades": Preset(
        "cutoff",
        "Daily at 03:00, 5 items",
        {"kind": "daily", "times": "03:00", "batch_size": 5},
    ),
    "score": Preset(
        "score",
        "Daily at 04:00, 5 items",
        {"kind": "daily", "times": "04:00", "batch_size": 5, "order": "farthest"},
    ),
    "recent": Preset(
        "recent",
        "Every hour, 3 items",
        {"kind": "every", "every": 1, "unit": "hours", "batch_size": 3},
    ),
    "custom": Preset(
        "custom",
        "Your own filters",
        {"kind": "every", "every": 2, "unit": "hours", "batch_size": 5},
    ),
}


def preset_of(word: str) -> Preset:
    """The preset of a word or a strategy; the one for missing items for any other text."""
    by_strategy = {preset.strategy: preset for preset in PRESETS.values()}
    return PRESETS.get(word) or by_strategy.get(word) or PRESETS["missing"]
