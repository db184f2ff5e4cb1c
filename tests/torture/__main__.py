"""Kills the real program again and again while it searches: `python -m tests.torture`.

Some of its lives end by SIGTERM instead, which has to lose nothing and to leave nothing open.
"""

import argparse
import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.torture import backups, disks
from tests.torture.home import Home
from tests.torture.ledger import Ledger
from tests.torture.program import GRACEFUL, NotServing, Program, servers

SHORTEST_LIFE = 0.3
TOUCHED = 0.7
# The share of lives that end by SIGTERM.
GENTLE = 0.15


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--instances", type=int, default=6)
    parser.add_argument("--life", type=float, default=3.0, help="seconds until a kill, at most")
    parser.add_argument("--within", type=float, default=2.0, help="seconds until it serves again")
    parser.add_argument("--full", type=int, default=12, help="times that its disk is filled")
    parser.add_argument("--stride", type=int, default=1, help="tries each n-th step of a backup")
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="torture-"))
    print(f"{chosen.kills} kills, {chosen.instances} instances, seed {chosen.seed}")
    violations = [
        *torture(folder, chosen),
        *disks.torture(folder, chosen.seed, chosen.full),
        *backups.torture(folder, chosen.stride, chosen.stride),
    ]
    for violation in violations:
        print("VIOLATION:", violation)
    if violations:
        print(f"Replay with --seed {chosen.seed}; the files are in {folder}.")
        return 1
    print("No violation.")
    shutil.rmtree(folder)
    return 0


def torture(folder: Path, chosen: argparse.Namespace) -> list[str]:
    """The violations; the figures are printed."""
    rng, began = random.Random(chosen.seed), time.monotonic()
    log = folder / "commands.jsonl"
    with servers(log, chosen.seed, chosen.instances) as places:
        household = Home(folder, places)
        options = household.options
        program = Program(options.data_dir, folder / "program.log")
        scratch = folder / "copy"
        scratch.mkdir()
        ledger = Ledger(options.database_path, household.keyring, scratch)
        starts: list[float] = []
        try:
            for _ in range(chosen.kills):
                starts.append(program.start())
                time.sleep(rng.uniform(SHORTEST_LIFE, chosen.life))
                if rng.random() < GENTLE:
                    ledger.after_stop(program.stop() in GRACEFUL)
                else:
                    program.kill()
                    ledger.after_kill()
                if rng.random() < TOUCHED:
                    household.make_due(rng, starts[-1])
            starts.append(program.start())
            time.sleep(chosen.life)
            code = program.stop()
        except NotServing as error:
            return [*ledger.violations, f"the program did not start: {error}."]
        finally:
            program.kill()
        figures = ledger.at_the_end(log)
    ms = [round(start * 1000) for start in starts]
    figures["restarts, ms"] = {"median": round(statistics.median(ms)), "longest": max(ms)}
    figures["seconds in all"] = round(time.monotonic() - began)
    for name, figure in figures.items():
        print(f"{name}: {figure}")
    late = sum(start > chosen.within for start in starts)
    slow = [f"{late} restarts took longer than {chosen.within} s."] if late else []
    bad_end = [] if code in GRACEFUL else [f"the graceful stop ended with code {code}."]
    return [*ledger.violations, *slow, *bad_end]


if __name__ == "__main__":
    sys.exit(main())
