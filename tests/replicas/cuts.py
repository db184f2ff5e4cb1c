"""What happens to the replicas' sessions, network and time: scenarios in which nobody is killed."""

import argparse
import signal
import time

from models.database.locks import Lock
from tests.replicas.bench import Bench, Figures, Replica
from tests.replicas.household import Terms
from tests.replicas.loads import ended, loaded, settings
from tests.replicas.rows import UNDONE
from tests.replicas.verdict import spread
from tests.replicas.wire import Wire

SERVED_AGAIN_WITHIN = 5.0
LET_GO_WITHIN = 30.0
SEVER = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name LIKE 'replica-%'
"""


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
