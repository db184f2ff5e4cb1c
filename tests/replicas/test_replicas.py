"""A short bench of the replicas beside the other tests on PostgreSQL; `make replicas` is it all."""

import subprocess
import sys

import pytest

from tests.torture.program import ROOT

pytestmark = pytest.mark.server


def test_a_few_kills_of_three_replicas_lose_and_repeat_nothing() -> None:
    """On a busy machine everything may take longer: here only the rows and the audit are judged."""
    command = [sys.executable, "-m", "tests.replicas", "--scenario", "kills", "--seed", "5"]
    few = ["--kills", "4", "--patience", "10"]
    ended = subprocess.run([*command, *few], cwd=ROOT, capture_output=True, text=True, timeout=110)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "No violation." in ended.stdout
