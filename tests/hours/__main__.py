"""Runs the tests that are bound to the time at each hour of the day, by a false clock.

Half of the hours are those of the two days on which Europe's clocks change, and the machine's own
zone is another one each time. Needs libfaketime, as Debian's package of that name installs it.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent.parent
LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
# What shows or reckons times of the day by the machine's own clock.
TIME_BOUND = (
    "tests/views/test_previews.py",
    "tests/views/test_dashboard.py",
    "tests/views/test_cards.py",
    "tests/views/test_jobs.py",
    "tests/views/test_pauses.py",
    "tests/jobs/time/test_hours.py",
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
    moments = [DAYS[hour % len(DAYS)].replace(hour=hour) for hour in range(24)]
    with ThreadPoolExecutor(os.cpu_count() or 1) as side_by_side:
        failed = list(side_by_side.map(run_at, moments))
    hours = len(failed) - sum(failed)
    print(f"{hours} passed, {sum(failed)} failed")
    return int(any(failed))


def run_at(moment: datetime) -> bool:
    """Whether they fail when the machine's clock, in a zone of its own, shows this moment."""
    zone = ZONES[moment.hour % len(ZONES)]
    shown = f"{moment:%Y-%m-%d} {moment.hour:02d}:{MINUTE}:{SECOND}"
    with TemporaryDirectory(dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")) as own:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-n0", "-p", "no:cacheprovider", *TIME_BOUND],
            cwd=ROOT,
            env=os.environ
            | {
                "LD_PRELOAD": str(LIBRARIES[0]),
                "FAKETIME": f"@{shown}",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                # Else the threads of Python, which wait by that clock, would wait for nothing.
                "FAKETIME_FORCE_MONOTONIC_FIX": "0",
                "TZ": zone,
                # Else one removes what another has just looked at, when both end at once.
                "PYTEST_DEBUG_TEMPROOT": own,
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
