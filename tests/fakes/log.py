"""The program's log for a while, as a start of the program sets it up."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.logs import LOG, TALKATIVE, Log


@contextmanager
def kept_log(folder: Path, *, style: str = "text", level: str = "info") -> Iterator[Log]:
    root, before, hook = logging.getLogger(), logging.getLogger().level, sys.excepthook
    talkative = {name: logging.getLogger(name).level for name in TALKATIVE}
    LOG.begin(style=style, level=level)
    LOG.keep_in(folder)
    try:
        yield LOG
    finally:
        LOG.end()
        LOG.level = "info"
        logging.captureWarnings(False)
        sys.excepthook = hook
        root.setLevel(before)
        for name, was in talkative.items():
            logging.getLogger(name).setLevel(was)
