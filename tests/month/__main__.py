"""Lives a month in some minutes, and holds the servers' logs against the rules.

With `--write docs/explanation/performance.md` the report between its two marks is replaced too.
"""

import argparse
import logging
import shutil
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from jobs import scheduler
from tests.bench import machine
from tests.fakes.indexers import LIMITS
from tests.month.month import Month
from tests.month.verdict import judged

MARKS = "<!-- month -->\n", "<!-- end of month -->"
# The program looks every 15 s at the latest; looks between, at which nothing is due, are left out.
LONGEST_WAIT = timedelta(seconds=100)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.month", description=__doc__)
    parser.add_argument("--days", type=float, default=30)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--prowlarr", action="store_true", help="with limits of the indexers")
    parser.add_argument("--write", type=Path, metavar="FILE")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    logging.getLogger("tests.month").setLevel(logging.INFO)
    scheduler.LONGEST_WAIT = LONGEST_WAIT
    folder = Path(tempfile.mkdtemp(prefix="month-"))
    text = f"{machine.described()} Seed {asked.seed}.\n"
    limits = LIMITS if asked.prowlarr else None
    month = Month(folder, days=asked.days, seed=asked.seed, limits=limits)
    month.live()
    verdict = judged(month)
    month.program.database.close_all()
    text += f"\n{verdict.text}"
    print(text)
    for fault in verdict.faults:
        print("BREACH:", fault)
    if asked.write:
        _write(asked.write, text)
    if verdict.faults:
        print(f"{len(verdict.faults)} breaches; the files are in {folder}.")
        return 1
    print("No breach.")
    shutil.rmtree(folder)
    return 0


def _write(path: Path, text: str) -> None:
    before, mark, rest = path.read_text().partition(MARKS[0])
    assert mark, f"{path} has no mark {MARKS[0]}"
    _, mark, after = rest.partition(MARKS[1])
    path.write_text(f"{before}{MARKS[0]}\n{text}\n{MARKS[1]}{after}")


if __name__ == "__main__":
    sys.exit(main())
