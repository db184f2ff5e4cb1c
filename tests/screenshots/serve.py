"""Serves the pages of a folder that `past.live` has filled.

`python -m tests.screenshots.serve FOLDER PORT [MOMENT]`: it is that moment when it starts.
"""

import sys
import time
from datetime import datetime
from pathlib import Path

import uvicorn

from app import create_app
from jobs.engine import Engine
from models.database.encryption import Keyring
from models.database.fields import follow, now
from models.environment import Environment
from models.opening.schema import open_database
from models.people.setup import SetupToken


def main(folder: Path, port: int, moment: datetime | None) -> None:
    """Nothing is searched or synced meanwhile: the pages stay as they are."""
    follow(moment, time.monotonic())
    keyring = Keyring(b"an example of 32 bytes for tests")
    open_database(folder / "vqs.db", keyring, now())
    options = Environment(data_dir=folder, port=port)
    app, _ = create_app(options, keyring, SetupToken(""), Engine())
    uvicorn.run(app, port=port, lifespan="off", log_level="warning")


if __name__ == "__main__":
    then = datetime.fromisoformat(sys.argv[3]) if sys.argv[3:] else None
    main(Path(sys.argv[1]), int(sys.argv[2]), then)
