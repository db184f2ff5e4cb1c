"""Serves the pages of a folder that `past.live` has filled: `python -m tests.screenshots.serve`."""

import sys
from pathlib import Path

import uvicorn

from app import create_app
from jobs.engine import Engine
from models.database.encryption import Keyring
from models.database.fields import now
from models.environment import Environment
from models.opening.schema import open_database
from models.people.setup import SetupToken


def main(folder: Path, port: int) -> None:
    """Nothing is searched or synced meanwhile: the pages stay as they are."""
    keyring = Keyring(b"an example of 32 bytes for tests")
    open_database(folder / "vqs.db", keyring, now())
    options = Environment(data_dir=folder, port=port)
    app, _ = create_app(options, keyring, SetupToken(""), Engine())
    uvicorn.run(app, port=port, lifespan="off", log_level="warning")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
