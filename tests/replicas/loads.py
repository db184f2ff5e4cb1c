"""What is asked of the replicas, and how they end: scenarios in which only processes are hurt."""

import argparse
import time

from tests.hours.__main__ import LIBRARIES
from tests.replicas.bench import Bench, Figures
from tests.replicas.household import Terms
from tests.replicas.servers import LIMIT
from tests.replicas.verdict import judge, judge_limit, overlapping, requests

# Seconds, after which a queue is due by the slowest clock as well.
SLOWEST = 130.0
SKEWS = ("+0s", "+120s", "-120s")
# A false clock, as tests.hours explains it.
FALSE = {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_FORCE_MONOTONIC_FIX": "0"}
INDEX = "INDEX"
# How many times more requests are no sign of a second leader, as ticks fall where they fall.
MORE = 1.25


# By it what was asked of the indexers is read every 3 s.
HURRIED = 40


def loaded(
    bench: Bench, chosen: argparse.Namespace, terms: Terms, *, every: float = 2.0, ago: float = 0.0
) -> None:
    """Replicas that have read the lists, and whose queues are made due all the time."""
    bench.found(terms)
    while len(bench.replicas) < chosen.replicas:
        bench.add(**settings(chosen))
    bench.start()
    if INDEX in chosen.without.split(","):
        bench.rows.ask("DROP INDEX searches_one_undone")
    _wait_for_lists(bench)
    bench.feed(every, ago)


def _wait_for_lists(bench: Bench) -> None:
    until = time.monotonic() + 30
    while bench.rows.count("instances", "synced_at IS NULL") and time.monotonic() < until:
        time.sleep(0.1)


def settings(chosen: argparse.Namespace, pace: float = 1.0) -> dict[str, str]:
    off = [each for each in chosen.without.split(",") if each != INDEX]
    return {"REPLICA_WITHOUT": ",".join(off), "REPLICA_PACE": str(pace)}


def ended(bench: Bench) -> Figures:
    """Makes nothing due any more, stops all and judges."""
    settled = bench.settle()
    bench.watcher.stop()
    for replica in bench.replicas:
        bench.excused |= bench.owners(replica)
    bench.stop()
    return judge(bench) | {"settled in, s": round(settled, 1)}


def load(bench: Bench, chosen: argparse.Namespace) -> Figures:
    """Nothing; only load."""
    loaded(bench, chosen, Terms())
    time.sleep(chosen.seconds)
    return ended(bench)


def kills(bench: Bench, chosen: argparse.Namespace) -> Figures:
    """kill -9 at random; who was killed begins again at once."""
    loaded(bench, chosen, Terms())
    _kill(bench, chosen.kills)
    return {"kills": chosen.kills} | ended(bench)


def budget(bench: Bench, chosen: argparse.Namespace) -> Figures:
    """A demand of many times the budget that all instances share, with kills.

    One replica mostly begins all that is due, so this does not show what the household's lock is
    for: `limits` does, and `tests/postgres/test_replicas.py`.
    """
    loaded(bench, chosen, Terms(spacing=1, budget=chosen.budget, batch=chosen.budget))
    until = time.monotonic() + chosen.seconds
    while time.monotonic() < until:
        _kill(bench, 1)
    return {"budget": chosen.budget} | ended(bench)


def limits(bench: Bench, chosen: argparse.Namespace) -> Figures:
    """A demand of many times what an indexer has left, which all instances ask.

    Each replica searches on an instance of its own, and waits between reading what is left and
    writing its search until all may write: without the household's lock they find the same room.
    """
    terms = Terms(spacing=5, batch=LIMIT, limited=True, apart=True)
    for each in range(chosen.replicas):
        own = {"REPLICA_TURN": f"{each}/{chosen.replicas}", "REPLICA_STILL": "3"}
        bench.add(**settings(chosen, pace=HURRIED), **own)
    loaded(bench, chosen, terms)
    time.sleep(chosen.seconds)
    return {"limit": LIMIT} | ended(bench) | judge_limit(bench)


def _kill(bench: Bench, times: int) -> None:
    for _ in range(times):
        time.sleep(bench.rng.uniform(0.3, 5.0))
        replica = bench.rng.choice(bench.alive())
        bench.kill(replica)
        replica.begin()
    for replica in bench.replicas:
        replica.wait()


def cold(bench: Bench, chosen: argparse.Namespace) -> Figures:
    """Every instance is to be read anew, which the leader and the runs of all notice at once."""
    loaded(bench, chosen, Terms(spacing=1), every=0.5)
    rounds = 8
    for _ in range(rounds):
        time.sleep(bench.rng.uniform(2, 4))
        bench.rows.ask("UPDATE instances SET synced_at = NULL")
        bench.rows.make_due()
        _wait_for_lists(bench)
    figures = ended(bench)
    mixed = overlapping(bench)
    if mixed:
        bench.violations.append(f"lists were read {mixed} times while another replica read them.")
    return {"rounds": rounds, "readings at once": mixed} | figures


def skewed(bench: Bench, chosen: argparse.Namespace) -> Figures:
    """Clocks two minutes apart and a long spacing. Kills see to it that all send searches."""
    for each in range(chosen.replicas):
        clock = {"LD_PRELOAD": str(LIBRARIES[0]), "FAKETIME": SKEWS[each % 3], **FALSE}
        bench.add(**settings(chosen), **clock)
    loaded(bench, chosen, Terms(spacing=30, batch=1), every=1.0, ago=SLOWEST)
    until = time.monotonic() + chosen.seconds
    while time.monotonic() < until:
        time.sleep(4)
        _kill(bench, 1)
    return {"clocks": ", ".join(SKEWS)} | ended(bench)


def idle(bench: Bench, chosen: argparse.Namespace) -> Figures:
    """Nothing is searched; one replica asks as much as several. Two hours pass in two minutes."""
    bench.found(Terms(queues=()))
    for _ in range(chosen.replicas):
        bench.add(**settings(chosen, pace=60))
    first, *others = bench.replicas
    first.start()
    bench.watcher.start()
    _wait_for_lists(bench)
    by_one = _asked(bench, chosen.seconds)
    for replica in others:
        replica.start()
    by_all = _asked(bench, chosen.seconds)
    if by_all > by_one * MORE + 2:
        bench.violations.append(f"{chosen.replicas} asked {by_all} times, one {by_one} times.")
    asked = {"requests by one": by_one, "requests by all": by_all}
    return asked | {"leaders at once, most": bench.watcher.leaders} | ended(bench)


def _asked(bench: Bench, seconds: float) -> int:
    """How many requests the instances were sent meanwhile."""
    before = len(requests(bench))
    time.sleep(seconds)
    return len(requests(bench)) - before
