"""Runs the tests that ask the machine for the time at each hour of the day, by a false clock.

Half of the hours are those of the two days on which Europe's clocks change, and the machine's own
zone is another one each time. Needs libfaketime, as Debian's package of that name installs it.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
ASKS_THE_CLOCK = re.compile(r"models\.fields import .*\bnow\b|datetime\.now\(|time\.time\(\)")
# Walks over all pages, processes with a clock of their own, and pages that tell no time.
LEFT_OUT = re.compile(
    r"test_(routes|render|twins|odd_items|instances|people|invitations|database|schema|setup)\.py"
    r"|fakes\.program|playwright"
)
DAYS = (
    datetime(2027, 3, 28),
    datetime(2027, 10, 31),
    datetime(2028, 2, 29),
    datetime(2027, 12, 31),
)
ZONES = ("Europe/Berlin", "UTC", "America/St_Johns", "Pacific/Auckland", "Asia/Kolkata")
# Just before the hour is full, so that it turns while the tests run.
MINUTE, SECOND = 59, 45


def main() -> int:
    if not LIBRARIES:
        print("libfaketime is not installed: apt-get install libfaketime", file=sys.stderr)
        return 2
    modules = time_bound()
    moments = [DAYS[hour % len(DAYS)].replace(hour=hour) for hour in range(24)]
    with ThreadPoolExecutor(os.cpu_count() or 1) as side_by_side:
        failed = list(side_by_side.map(lambda moment: run_at(moment, modules), moments))
    hours = len(failed) - sum(failed)
    print(f"{hours} passed, {sum(failed)} failed")
    return int(any(failed))


def time_bound() -> list[str]:
    """The test modules whose answers may depend on when they run."""
    folders = (ROOT / "tests" / name for name in ("views", "models", "jobs"))
    found = (path for folder in folders for path in sorted(folder.rglob("test_*.py")))
    texts = ((path, path.read_text()) for path in found)
    return [
        str(path.relative_to(ROOT))
        for path, text in texts
        if ASKS_THE_CLOCK.search(text) and not LEFT_OUT.search(f"{path}\n{text}")
    ]


def run_at(moment: datetime, modules: Iterable[str]) -> bool:
    """Whether they fail when the machine's clock, in a zone of its own, shows this moment."""
    zone = ZONES[moment.hour % len(ZONES)]
    shown = f"{moment:%Y-%m-%d} {moment.hour:02d}:{MINUTE}:{SECOND}"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-p", "no:cacheprovider", *modules],
        cwd=ROOT,
        env=os.environ
        | {
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME": f"@{shown}",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "TZ": zone,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    print(f"{shown} {zone}: {done.stdout.strip().splitlines()[-1]}", flush=True)
    if done.returncode:
        print(done.stdout, done.stderr, flush=True)
    return done.returncode != 0


if __name__ == "__main__":
    sys.exit(main())
