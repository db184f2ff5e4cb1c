"""The scenarios by their names."""

import argparse
from collections.abc import Callable

from tests.replicas.bench import Bench, Figures
from tests.replicas.cuts import cut_off, frozen, lock_cut, rolling, severed
from tests.replicas.hooks import hooks
from tests.replicas.loads import budget, cold, idle, kills, limits, load, skewed
from tests.replicas.outbox import outbox
from tests.replicas.people import administrators, passwords

# How many instances a scenario needs at least.
INSTANCES = {"limits": 3}
SCENARIOS: dict[str, Callable[[Bench, argparse.Namespace], Figures]] = {
    "kills": kills,
    "budget": budget,
    "limits": limits,
    "cold": cold,
    "load": load,
    "frozen": frozen,
    "severed": severed,
    "lock-cut": lock_cut,
    "skewed": skewed,
    "cut-off": cut_off,
    "rolling": rolling,
    "passwords": passwords,
    "administrators": administrators,
    "idle": idle,
    "outbox": outbox,
    "hooks": hooks,
}
