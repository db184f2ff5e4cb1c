"""Runs a command of the program, and kills it at one of its steps on the disk.

`python -m tests.torture.steps NUMBER COMMAND...`; exit code 77 where it has fewer steps.
"""

import os
import signal
import sys
from typing import Any

import app

EVENTS = {"os.rename", "os.remove", "os.mkdir", "os.link", "os.truncate", "open"}
DONE = 77


def main() -> int:
    left = int(sys.argv[1])
    sys.argv = ["app.py", *sys.argv[2:]]
    folder = os.environ["VQS_DATA_DIR"]

    def step(event: str, args: tuple[Any, ...]) -> None:
        """Counts what opens, renames or removes something in the data folder."""
        nonlocal left
        if event in EVENTS and str(args[0]).startswith(folder):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(step)
    return app.main() or DONE


if __name__ == "__main__":
    sys.exit(main())
