"""Webhooks that every replica receives: hints are followed by one, seldom, and none stays."""

import argparse
import statistics
import time
from itertools import pairwise

import httpx

from models.hooks import BELOW
from tests.replicas.bench import Bench, Figures
from tests.replicas.household import Terms, secret_of
from tests.replicas.loads import ended, settings
from tests.replicas.verdict import requests

# How many times shorter the pauses are.
HASTE = 12
# Two looks of one replica are further apart, also where a hint comes in the middle of a usual look.
AT_ONCE = 0.1
ENOUGH = 8
KILL_EVERY = 8.0
EVENTS = ("Grab", "Download", "Health", "HealthRestored")
LEFT = "SELECT count(*) FROM hooks WHERE state_at IS NOT NULL"
SETTLED_WITHIN = 30.0


def hooks(bench: Bench, chosen: argparse.Namespace) -> Figures:
    """Each event is sent to all replicas, as by a proxy that tries again, and some are killed."""
    bench.found(Terms(queues=(), hooked=True))
    while len(bench.replicas) < chosen.replicas:
        bench.add(**settings(chosen, pace=HASTE))
    bench.start()
    sent, refused = _sent(bench, chosen.seconds)
    left = _left(bench)
    if left:
        bench.violations.append(f"{left} hints were never followed.")
    if refused:
        bench.violations.append(f"{refused} events were refused.")
    return {"events": sent, "refused": refused, "hints left": left} | _judged(bench) | ended(bench)


def _sent(bench: Bench, seconds: float) -> tuple[int, int]:
    """How many events were sent to living replicas, and how many of them were refused."""
    sent = refused = 0
    until, kill_at = time.monotonic() + seconds, time.monotonic() + KILL_EVERY
    with httpx.Client(timeout=20) as client:
        while time.monotonic() < until:
            number = bench.rng.randint(1, len(bench.places))
            body = {"eventType": bench.rng.choice(EVENTS)}
            for replica in bench.replicas:
                address = f"{replica.address}{BELOW}{secret_of(number)}"
                sent += 1
                refused += client.post(address, json=body).status_code != 204
            time.sleep(bench.rng.uniform(0.05, 0.5))
            if time.monotonic() > kill_at:
                replica = bench.rng.choice(bench.alive())
                bench.kill(replica)
                replica.begin()
                replica.wait()
                kill_at = time.monotonic() + KILL_EVERY
    return sent, refused


def _left(bench: Bench) -> int:
    until = time.monotonic() + SETTLED_WITHIN * bench.patience
    while (left := int(bench.rows.ask(LEFT)[0][0])) and time.monotonic() < until:
        time.sleep(0.2)
    return left


def _judged(bench: Bench) -> Figures:
    """How often the instances were asked for their health, by their own log."""
    looks = [seen for seen in requests(bench) if seen["path"] == "/api/v3/health"]
    gaps = []
    for number in range(1, len(bench.places) + 1):
        at = [seen["at"] for seen in looks if seen["instance"] == number]
        gaps += [later - earlier for earlier, later in pairwise(at)]
    twice = sum(gap < AT_ONCE for gap in gaps)
    if twice:
        bench.violations.append(f"several replicas looked at the same moment, {twice} times.")
    if len(looks) < ENOUGH:
        bench.violations.append(f"only {len(looks)} looks: too few to tell.")
    return {"looks": len(looks), "median of seconds between": round(statistics.median(gaps), 1)}
