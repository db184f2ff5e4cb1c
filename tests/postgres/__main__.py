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
CHOSEN = ("-n", "auto", "-m", "not browser and not embedded and not api")


def main() -> int:
    if programs() is None:
        print("SKIPPED: PostgreSQL is not installed; on Debian: apt install postgresql")
        return int(bool(os.environ.get("CI")))
    with server() as address:
        words = [sys.executable, "-m", "pytest", *CHOSEN, *sys.argv[1:]]
        if not any(word.startswith("tests") for word in sys.argv[1:]):
            words += FOLDERS
        return subprocess.run(words, env=os.environ | {"VQS_TEST_POSTGRES": address}).returncode


if __name__ == "__main__":
    sys.exit(main())
