"""The tests of models, jobs, views and security on PostgreSQL: `python -m tests.postgres`."""

import os
import subprocess
import sys

from tests.postgres.cluster import programs, server

FOLDERS = (
    "tests/models",
    "tests/jobs",
    "tests/views",
    "tests/security",
    "tests/postgres",
    "tests/replicas",
    "tests/proxies/test_replicas.py",
)
# Whole months, and replies that no database meets: what these show is the same on both.
OF_THE_FILE = (
    *("tests/jobs/prowlarrs/test_month.py", "tests/jobs/searches/test_pack_month.py"),
    *("tests/jobs/test_ceiling.py", "tests/jobs/test_idle_day.py"),
    *("tests/jobs/test_idle_day_heard.py", "tests/security/test_s40_linear.py"),
    *("tests/security/test_s41_hostile_replies.py", "tests/jobs/faults/test_place_or_item.py"),
    "tests/jobs/faults/test_wire.py",
)
CHOSEN = ("-n", "auto", "--dist", "worksteal", "-m", "not browser and not embedded and not api")


def main() -> int:
    if programs() is None:
        print("SKIPPED: PostgreSQL is not installed; on Debian: apt install postgresql")
        return int(bool(os.environ.get("CI")))
    with server() as address:
        words = [sys.executable, "-m", "pytest", *CHOSEN, *sys.argv[1:]]
        if not any(word.startswith("tests") for word in sys.argv[1:]):
            words += [*FOLDERS, *(f"--ignore={each}" for each in OF_THE_FILE)]
        return subprocess.run(words, env=os.environ | {"VQS_TEST_POSTGRES": address}).returncode


if __name__ == "__main__":
    sys.exit(main())
