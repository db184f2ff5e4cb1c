"""The notes of a release: `python3 -m tests.release TAG`, run by the workflow that publishes it.

Refuses a tag that is not the version, and a version that the changes do not know with a day. Needs
nothing but Python.
"""

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CATEGORIES = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
HEADING = re.compile(r"^## \[(.+?)\](?: - (\d{4}-\d{2}-\d{2}))?$", re.MULTILINE)
VERSION = re.compile(r'^VERSION = "(\d+\.\d+\.\d+)"$', re.MULTILINE)


class CannotRelease(Exception):
    """The message is one sentence for the log of the workflow."""


def version(source: str) -> str:
    found = VERSION.search(source)
    if found is None:
        raise CannotRelease("models/version.py names no version of three numbers.")
    return found[1]


def section(changes: str, of: str) -> str:
    """What the changes say of a version, without its heading."""
    headings = list(HEADING.finditer(changes))
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        if heading[1] == of:
            if heading[2] is None:
                raise CannotRelease(f"CHANGELOG.md names no day for {of}.")
            end = following.start() if following else len(changes)
            return changes[heading.end() : end].strip()
    raise CannotRelease(f"CHANGELOG.md says nothing of {of}.")


def notes(tag: str, source: str, changes: str, image: str = "", base: str = "") -> str:
    """Raises CannotRelease."""
    if tag != version(source):
        raise CannotRelease(f"The tag {tag} is not the version {version(source)}.")
    told = section(changes, tag)
    if image and base:
        told += (
            f"\n\n### Image\n- `{image}`, for amd64 and arm64\n- built on `{base}`\n"
            f"- check where it was made: `gh attestation verify oci://{image} "
            '--repo "$REPOSITORY"`, as docs/how-to/verify.md explains'
        )
    return told + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.release")
    parser.add_argument("tag")
    parser.add_argument("--image", default="", help="the image, with its digest")
    parser.add_argument("--base", default="", help="what it was built on, with its digest")
    chosen = parser.parse_args()
    source = (ROOT / "models/version.py").read_text()
    changes = (ROOT / "CHANGELOG.md").read_text()
    try:
        print(notes(chosen.tag, source, changes, chosen.image, chosen.base), end="")
    except CannotRelease as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
