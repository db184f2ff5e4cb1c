"""Serves the pages of a folder that `past.live` has filled.

`python -m tests.screenshots.serve FOLDER PORT [--trouble]`: it is past.UNTIL when it starts.
"""

import sys
import time
from pathlib import Path
from typing import Any

import uvicorn

from app import create_app
from jobs.engine import Engine
from models.database.encryption import load, write_secret
from models.database.fields import follow, now
from models.environment import Environment
from models.logs import LOG
from models.opening.schema import open_database
from models.people.setup import SetupToken
from tests.screenshots import acts, past


def main(folder: Path, port: int, *, in_trouble: bool) -> None:
    """Nothing is searched or synced meanwhile: the pages stay as they are."""
    follow(past.UNTIL, time.monotonic())
    options = Environment(data_dir=folder, port=port)
    options.secret_path.parent.mkdir(mode=0o700)
    write_secret(options.secret_path, past.SECRET.hex())
    keyring, _ = load(options.secret_path)
    open_database(folder / "vqs.db", keyring, now())
    acts.act(folder, past.UNTIL)
    if in_trouble:
        acts.trouble(past.UNTIL)
    LOG.begin(style="text", level="warning")
    app, work = create_app(options, keyring, SetupToken(""), Engine())

    async def ticking(scope: Any, receive: Any, send: Any) -> None:
        """Nothing ticks, and the page System would say so."""
        if work is not None and hasattr(work, "ticked_at"):
            work.ticked_at = now()
        await app(scope, receive, send)

    uvicorn.run(ticking, port=port, lifespan="off", log_level="warning")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), in_trouble="--trouble" in sys.argv[3:])
