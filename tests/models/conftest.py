"""What models stand on."""

from pathlib import Path

import pytest

from tests.placed import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A data folder with a secret beside it, for what opens it anew."""
    return Place(tmp_path)
