"""Whether a known weakness is in what is pinned: `python -m tests.audit`, part of `make check`.

Where no source of advisories can be reached, it says so and refuses nothing, unless it is strict.
"""

import argparse
import json
import subprocess
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
REQUIREMENTS = [ROOT / "requirements.txt", ROOT / "tests" / "requirements.txt"]
SOURCE = "https://api.osv.dev/v1/query"
PATIENCE = 15
HARMLESS = {"package": {"name": "pip", "ecosystem": "PyPI"}, "version": "0"}


def reachable(source: str) -> bool:
    """Whether it answers a question as a source does; a proxy that refuses does not."""
    question = urllib.request.Request(
        source, json.dumps(HARMLESS).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(question, timeout=PATIENCE) as answer:
            return isinstance(json.load(answer), dict)
    except (OSError, ValueError):
        return False


def audit(requirements: Path, source: str) -> int:
    """The exit code of pip-audit, which tells what it found."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(requirements)]
    command += ["--require-hashes", "--disable-pip", "--progress-spinner", "off"]
    command += ["--vulnerability-service", "osv", "--osv-url", source]
    return subprocess.run(command, check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.audit")
    parser.add_argument("--source", default=SOURCE, help="address of an OSV service")
    told = "fail where no advisories can be had"
    parser.add_argument("--strict", action="store_true", help=told)
    parser.add_argument("requirements", nargs="*", type=Path, default=REQUIREMENTS)
    chosen = parser.parse_args()
    if not reachable(chosen.source):
        print(f"Dependency audit SKIPPED: no advisories can be had from {chosen.source}.")
        return 1 if chosen.strict else 0
    return max(audit(each, chosen.source) for each in chosen.requirements)


if __name__ == "__main__":
    sys.exit(main())
