"""S32: the container runs without rights that it does not need, and within bounds."""

import re

import pytest

from tests.dockerfile import ROOT, USER

COMPOSE = (ROOT / "compose.yaml").read_text()
FINAL_STAGE = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2]


@pytest.mark.parametrize(
    "line",
    [
        "    read_only: true",
        "    cap_drop:\n      - ALL",
        "    security_opt:\n      - no-new-privileges:true",
        "    mem_limit: 512m",
        "    pids_limit: 256",
        "    tmpfs:\n      - /tmp:size=64m,mode=1777,noexec,nosuid,nodev",
    ],
)
def test_the_compose_file_bounds_it(line: str) -> None:
    assert f"{line}\n" in COMPOSE


def test_it_is_given_nothing_else() -> None:
    for word in ("privileged", "cap_add", "network_mode", "pid:", "ipc:", "devices", "docker.sock"):
        assert word not in COMPOSE, word
    assert "unconfined" not in COMPOSE


def test_it_runs_as_nobody_of_the_machine() -> None:
    assert f"\nUSER {USER}:{USER}\n" in FINAL_STAGE
    assert USER >= 1000
    assert not re.search(r"sudo|gosu|su-exec|chmod .*[ugo]*s", FINAL_STAGE)
