"""Several replicas on one PostgreSQL, hurt in every way: `python -m tests.replicas`."""

import argparse
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from models.database.locks import Lock
from tests.replicas.bench import Figures, bench
from tests.replicas.loads import INDEX
from tests.replicas.program import CLAIM, CLOCK
from tests.replicas.scenarios import INSTANCES, SCENARIOS
from tests.torture.program import NotServing


def main() -> int:
    chosen = parser().parse_args()
    names = [chosen.scenario] if chosen.scenario else list(SCENARIOS)
    bad = [name for name in names if lived(name, chosen)]
    print(f"With violations: {', '.join(bad)}." if bad else "No violation.")
    return int(bool(bad))


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m tests.replicas", description=__doc__)
    made.add_argument("--scenario", choices=SCENARIOS, help="one only")
    made.add_argument("--kills", type=int, default=100)
    made.add_argument("--seconds", type=float, default=120, help="of load, where nobody is killed")
    made.add_argument("--freeze", type=float, default=60, help="seconds of a stop")
    made.add_argument("--budget", type=int, default=31)
    made.add_argument("--replicas", type=int, default=3)
    made.add_argument("--instances", type=int, default=2)
    made.add_argument("--patience", type=float, default=1, help="times longer than may be")
    made.add_argument("--seed", type=int, default=random.randrange(10**6))
    switches = [*(lock.name for lock in Lock), CLOCK, CLAIM, INDEX]
    made.add_argument("--without", default="", help=f"by commas, of {', '.join(switches)}")
    return made


def lived(name: str, chosen: argparse.Namespace) -> list[str]:
    """The violations of a scenario; its figures are printed."""
    folder = Path(tempfile.mkdtemp(prefix=f"replicas-{name}-"))
    off = f", without {chosen.without}" if chosen.without else ""
    print(f"\n{name}: {chosen.replicas} replicas, seed {chosen.seed}{off}", flush=True)
    began = time.monotonic()
    many = max(chosen.instances, INSTANCES.get(name, 0))
    chosen = argparse.Namespace(**vars(chosen) | {"instances": many})
    with bench(folder, chosen) as made:
        figures: Figures = {}
        try:
            figures |= SCENARIOS[name](made, chosen)
        except NotServing as error:
            made.violations.append(f"a replica did not start: {error}.")
        violations = made.violations
    figures["seconds in all"] = round(time.monotonic() - began)
    for figure, value in figures.items():
        print(f"  {figure}: {value}")
    for violation in violations:
        print("  VIOLATION:", violation, flush=True)
    if violations:
        print(f"  Replay with --scenario {name} --seed {chosen.seed}; the files are in {folder}.")
    else:
        shutil.rmtree(folder)
    return violations


if __name__ == "__main__":
    sys.exit(main())
