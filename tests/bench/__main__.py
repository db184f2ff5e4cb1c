"""`python -m tests.bench`: measures, and prints what was found.

With `--write docs/explanation/performance.md` the figures between its marks are replaced too.
"""

import argparse
import importlib
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from tests.bench import machine
from tests.bench.figures import Figure, table

PARTS = (
    "starting",
    "syncing",
    "scanning",
    "stalls",
    "pages",
    "picturing",
    "larger",
    "telling",
    "statistics",
    "planning",
    "choosing",
    "asking",
    "idling",
    "living",
    "crowding",
    "notifying",
    "hostile",
    "serving",
)
MARKS = "<!-- figures -->\n", "<!-- end of figures -->"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--write", type=Path, metavar="FILE")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.alone:
        print(json.dumps(_part(asked.parts[0]).measure()))
        return
    text = _measured(asked.parts or PARTS)
    if asked.write:
        _write(asked.write, text)


def _measured(parts: list[str] | tuple[str, ...]) -> str:
    """Each part in a process of its own, so that none finds what another left behind."""
    texts = [f"{machine.described()}\n"]
    print(texts[0])
    for name in parts:
        command = [sys.executable, "-m", "tests.bench", "--alone", name]
        found = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        figures = [Figure(*each) for each in json.loads(found.splitlines()[-1])]
        texts.append(table(_part(name).TITLE, figures))
        print(texts[-1], flush=True)
    return "\n".join(texts)


def _part(name: str) -> ModuleType:
    return importlib.import_module(f"tests.bench.{name}")


def _write(path: Path, figures: str) -> None:
    before, mark, rest = path.read_text().partition(MARKS[0])
    assert mark, f"{path} has no mark {MARKS[0]}"
    _, mark, after = rest.partition(MARKS[1])
    path.write_text(f"{before}{MARKS[0]}\n{figures}\n{MARKS[1]}{after}")


if __name__ == "__main__":
    main()
