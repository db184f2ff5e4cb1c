"""A short torture in the ordinary suite; `make torture` is the long one."""

import subprocess
import sys

import pytest

from tests.torture.program import ROOT

pytestmark = pytest.mark.long


def test_a_few_kills_lose_and_repeat_nothing() -> None:
    """A busy machine may start programs slowly: here only the rows are judged."""
    command = [sys.executable, "-m", "tests.torture", "--kills", "5", "--seed", "5"]
    few = ["--instances", "3", "--life", "1.5", "--within", "20", "--full", "0", "--stride", "20"]
    ended = subprocess.run([*command, *few], cwd=ROOT, capture_output=True, text=True, timeout=110)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "No violation." in ended.stdout
