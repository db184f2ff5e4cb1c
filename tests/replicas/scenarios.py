"""What happens to the replicas in each scenario of the bench."""

import argparse
import json
import signal
import time
from collections.abc import Callable

from models.database.locks import Lock
from tests.hours.__main__ import LIBRARIES
from tests.replicas.bench import Bench, Figures, Replica
from tests.replicas.household import Terms
from tests.replicas.people import administrators, passwords
from tests.replicas.program import CLOCK
from tests.replicas.rows import UNDONE
from tests.replicas.verdict import judge, spread
from tests.replicas.wire import Wire

SERVED_AGAIN_WITHIN = 5.0
LET_GO_WITHIN = 30.0
SKEWS = ("+0s", "+120s", "-120s")
SEVER = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name LIKE 'replica-%'
"""
# A false clock, as tests.hours explains it.
FALSE = {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_FORCE_MONOTONIC_FIX": "0"}


def loaded(bench: Bench, chosen: argparse.Namespace, terms: Terms, every: float = 2.0) -> None:
    """Replicas that have read the lists, and whose queues are made due all the time."""
    bench.found(terms)
    while len(bench.replicas) < chosen.replicas:
        bench.add(**settings(chosen))
    bench.start()
    if "INDEX" in chosen.without.split(","):
        bench.rows.ask("DROP INDEX searches_one_undone")
    until = time.monotonic() + 30
    while bench.rows.count("instances", "synced_at IS NULL") and time.monotonic() < until:
        time.sleep(0.1)
    bench.feed(every)


def settings(chosen: argparse.Namespace, pace: float = 1.0) -> dict[str, str]:
    off = [each for each in chosen.without.split(",") if each != "INDEX"]
    return {"REPLICA_WITHOUT": ",".join(off), "REPLICA_PACE": str(pace)}


def ended(bench: Bench) -> Figures:
    """Makes nothing due any more, stops all and judges."""
    settled = bench.settle()
    bench.watcher.stop()
    for replica in bench.replicas:
        bench.excused |= bench.owners(replica)
    bench.stop()
    return judge(bench) | {"settled in, s": round(settled, 1)}


def kills(bench: Bench, chosen: argparse.Namespace) -> Figures:
    """kill -9 at random; who was killed begins again at once."""
    loaded(bench, chosen, Terms())
    _kill(bench, chosen.kills)
    return {"kills": chosen.kills} | ended(bench)


def budget(bench: Bench, chosen: argparse.Namespace) -> Figures:
    """A demand of many times the budget that two instances share."""
    loaded(bench, chosen, Terms(spacing=1, budget=chosen.budget, batch=chosen.budget))
    until = time.monotonic() + chosen.seconds
    while time.monotonic() < until:
        _kill(bench, 1)
    return {"budget": chosen.budget} | ended(bench)


def _kill(bench: Bench, times: int) -> None:
    for _ in range(times):
        time.sleep(bench.rng.uniform(0.3, 5.0))
        replica = bench.rng.choice(bench.alive())
        bench.kill(replica)
        replica.begin()
    for replica in bench.replicas:
        replica.wait()


def none(bench: Bench, chosen: argparse.Namespace) -> Figures:
    """Nothing; only load."""
    loaded(bench, chosen, Terms())
    time.sleep(chosen.seconds)
    return ended(bench)


def frozen(bench: Bench, chosen: argparse.Namespace) -> Figures:
    """Each replica stands still for a minute, as a virtual machine does that is moved."""
    loaded(bench, chosen, Terms())
    for replica in bench.replicas:
        time.sleep(bench.rng.uniform(1, 5))
        bench.excused |= bench.owners(replica)
        replica.signal(signal.SIGSTOP)
        time.sleep(chosen.freeze)
        replica.signal(signal.SIGCONT)
    for replica in bench.replicas:
        replica.wait()
    time.sleep(5)
    return {"stops": len(bench.replicas), "seconds each": chosen.freeze} | ended(bench)


def severed(bench: Bench, chosen: argparse.Namespace) -> Figures:
    """All sessions are ended by the server, again and again; then the server is started anew."""
    loaded(bench, chosen, Terms())
    again: list[float] = []
    for _ in range(5):
        time.sleep(bench.rng.uniform(2, 6))
        _excuse_all(bench)
        bench.rows.ask(SEVER)
        again += [_served_again(bench, replica) for replica in bench.replicas]
    for how in ("fast", "immediate"):
        time.sleep(4)
        _excuse_all(bench)
        bench.server.stop(how)
        bench.server.start()
        again += [_served_again(bench, replica) for replica in bench.replicas]
    time.sleep(10)
    return {"pages good again, s": spread(again)} | ended(bench)


def _excuse_all(bench: Bench) -> None:
    for replica in bench.replicas:
        bench.excused |= bench.owners(replica)


def _served_again(bench: Bench, replica: Replica) -> float:
    """Seconds until a page that asks the database was good."""
    began = time.monotonic()
    while not replica.answers("/session/new"):
        if time.monotonic() - began > SERVED_AGAIN_WITHIN * bench.patience:
            bench.violations.append(f"{replica.name} had no good page in time.")
            break
        time.sleep(0.05)
    return time.monotonic() - began


def lock_cut(bench: Bench, chosen: argparse.Namespace) -> Figures:
    """The session that holds a replica's locks is ended while its command is outstanding."""
    loaded(bench, chosen, Terms())
    cuts, until = 0, time.monotonic() + chosen.seconds
    while time.monotonic() < until:
        time.sleep(bench.rng.uniform(0.5, 3))
        sent = {owner for (owner,) in bench.rows.ask(f"SELECT owner FROM searches WHERE {UNDONE}")}
        held = [each for each in bench.rows.holders(Lock.REPLICA) if each[1] in sent]
        if held:
            _, owner, pid = bench.rng.choice(held)
            bench.excused.add(owner)
            bench.rows.ask("SELECT pg_terminate_backend(%s)", pid)
            bench.watcher.died([owner], time.monotonic())
            cuts += 1
    return {"sessions cut": cuts} | ended(bench)


def skewed(bench: Bench, chosen: argparse.Namespace) -> Figures:
    """Clocks two minutes apart and a long spacing."""
    for each in range(chosen.replicas):
        clock = {"LD_PRELOAD": str(LIBRARIES[0]), "FAKETIME": SKEWS[each % 3], **FALSE}
        bench.add(**settings(chosen), **clock)
    loaded(bench, chosen, Terms(spacing=30, batch=1), every=1.0)
    time.sleep(chosen.seconds)
    if CLOCK in chosen.without:
        time.sleep(chosen.seconds)
    return {"clocks": ", ".join(SKEWS)} | ended(bench)


def cut_off(bench: Bench, chosen: argparse.Namespace) -> Figures:
    """The network between one replica and the server carries nothing any more."""
    wires = [Wire(bench.server.port) for _ in range(chosen.replicas)]
    for wire in wires:
        bench.add(f"postgresql://vqs@127.0.0.1:{wire.port}/vqs", **settings(chosen))
    loaded(bench, chosen, Terms())
    let_go = []
    for wire, replica in zip(wires, bench.replicas, strict=True):
        time.sleep(5)
        owners = bench.owners(replica)
        bench.excused |= owners
        wire.cut()
        began = time.monotonic()
        while owners & bench.owners(replica) and time.monotonic() - began < 2 * LET_GO_WITHIN:
            time.sleep(0.1)
        let_go.append(time.monotonic() - began)
        wire.mend()
    late = [round(each) for each in let_go if each > LET_GO_WITHIN]
    if late:
        bench.violations.append(f"locks of a replica that was cut off were held for {late} s.")
    time.sleep(10)
    figures = ended(bench)
    for wire in wires:
        wire.close()
    return {"locks let go after, s": spread(let_go)} | figures


def rolling(bench: Bench, chosen: argparse.Namespace) -> Figures:
    """Each replica is stopped as a new version is rolled out, and begins again."""
    loaded(bench, chosen, Terms())
    for _ in range(2):
        for replica in bench.replicas:
            time.sleep(bench.rng.uniform(1, 4))
            bench.excused |= bench.owners(replica)
            if code := replica.stop():
                bench.violations.append(f"the graceful stop of {replica.name} ended with {code}.")
            replica.start()
    return {"restarts": 2 * len(bench.replicas)} | ended(bench)


def idle(bench: Bench, chosen: argparse.Namespace) -> Figures:
    """Nothing is searched; the instances are asked as often as by one. Two hours in two minutes."""
    bench.found(Terms(queues=()))
    for _ in range(chosen.replicas):
        bench.add(**settings(chosen, pace=60))
    bench.start()
    time.sleep(chosen.seconds)
    lines = (bench.folder / "commands.jsonl.requests").read_text().splitlines()
    seen = [json.loads(line)["instance"] for line in lines]
    figures = {f"requests to instance {each}": seen.count(each) for each in sorted(set(seen))}
    leaders = {"leaders at once, most": bench.watcher.leaders}
    if bench.watcher.leaders > 1:
        bench.violations.append("there were two leaders at once.")
    return {"all requests": len(seen)} | figures | leaders | ended(bench)


SCENARIOS: dict[str, Callable[[Bench, argparse.Namespace], Figures]] = {
    "kills": kills,
    "budget": budget,
    "none": none,
    "frozen": frozen,
    "severed": severed,
    "lock-cut": lock_cut,
    "skewed": skewed,
    "cut-off": cut_off,
    "rolling": rolling,
    "passwords": passwords,
    "administrators": administrators,
    "idle": idle,
}
