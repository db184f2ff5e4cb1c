"""Runs a command of the program, and hurts it at one of its steps on the disk.

`python -m tests.torture.steps HOW NUMBER COMMAND...`; exit code 77 where it has fewer steps. HOW is
`kill`, or the path of a file that then takes all the room there is on the disk.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import app
from tests.disks import fill

EVENTS = {"os.rename", "os.remove", "os.mkdir", "os.link", "os.truncate", "open"}
KILL = "kill"
DONE = 77


def main() -> int:
    how, left = sys.argv[1], int(sys.argv[2])
    sys.argv = ["app.py", *sys.argv[3:]]
    folder = os.environ["VQS_DATA_DIR"]

    def step(event: str, args: tuple[Any, ...]) -> None:
        """Counts what opens, renames or removes something in the data folder."""
        nonlocal left
        if event in EVENTS and str(args[0]).startswith(folder):
            left -= 1
            if left == 0:
                _hurt(how)

    sys.addaudithook(step)
    code = app.main()
    return DONE if left > 0 and code == 0 else code


def _hurt(how: str) -> None:
    if how == KILL:
        os.kill(os.getpid(), signal.SIGKILL)
    else:
        fill(Path(how))


if __name__ == "__main__":
    sys.exit(main())
