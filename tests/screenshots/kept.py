"""The month that the pictures show, lived once and kept until what it is made by has changed."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.fakes.program import ROOT
from tests.screenshots import past

KEPT = ROOT / ".lived"
# The program itself is not among them: its migrations bring an older month up to date.
MADE_BY = (
    "tests/month/*.py",
    "tests/screenshots/past.py",
    "tests/fakes/indexers.py",
    "jobs/demo/*.py",
)


def lived(kept: Path = KEPT, *, anew: bool = False) -> Path:
    """The folder with the database and its backups; `anew` lives the month again in any case."""
    folder = kept / _mark()
    if anew or not folder.exists():
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        # What is stopped half-way is not taken for whole.
        draft = Path(tempfile.mkdtemp(dir=kept))
        past.live(draft)
        draft.rename(folder)
    return folder


def _mark() -> str:
    """A word that changes with the files that make the month."""
    digest = hashlib.sha256()
    for path in sorted(_files()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _files() -> Iterator[Path]:
    for pattern in MADE_BY:
        yield from ROOT.glob(pattern)
