"""Backup and restore, killed at each step: the old database or the new one, never neither."""

from pathlib import Path

import pytest

from tests.torture.backups import torture

pytestmark = pytest.mark.long


def test_a_kill_or_a_full_disk_leaves_old_or_new(tmp_path: Path) -> None:
    assert torture(tmp_path, stride=4, full_stride=9) == []
