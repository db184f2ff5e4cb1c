"""The audit of what is pinned: it finds, it finds nothing, or it says that it could not look."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.audit.__main__ import REQUIREMENTS, ROOT
from tests.fakes.program import free_port
from tests.fakes.serving import serving

PINS = "".join(f"{name}==1.2.3 --hash=sha256:{'0' * 64}\n" for name in ("harmless", "weak"))


class Advisories:
    """A source that knows one weakness, of one version of one package."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.asked: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        question = json.loads((await receive())["body"])
        name = question["package"]["name"]
        self.asked.append(name)
        found = {"id": "PYSEC-1-1", "summary": "Weak.", "affected": [], "modified": "2026-01-01"}
        body = json.dumps({"vulns": [found]} if name == "weak" else {}).encode()
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def pins(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.txt"
    path.write_text(PINS)
    return path


def _run(source: str, *told: Path | str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.audit", "--source", source, *map(str, told)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_a_known_weakness_fails_the_check(pins: Path) -> None:
    with serving(Advisories()) as source:
        done = _run(source, pins)
    assert done.returncode == 1, done.stderr
    assert "PYSEC-1-1" in done.stdout
    assert "weak" in done.stdout and "harmless" not in done.stdout


def test_without_one_it_passes_and_each_pin_was_asked_for(pins: Path) -> None:
    pins.write_text(PINS.replace("weak", "sound"))
    source = Advisories()
    with serving(source) as address:
        done = _run(address, pins)
    assert done.returncode == 0, done.stderr
    assert {"harmless", "sound"} <= set(source.asked)
    assert "SKIPPED" not in done.stdout


@pytest.mark.parametrize("status", [403, 407, 500, 503])
def test_a_source_that_refuses_is_none(status: int, pins: Path) -> None:
    with serving(Advisories(status)) as source:
        done = _run(source, pins)
    assert (done.returncode, done.stdout.count("SKIPPED")) == (0, 1)


def test_where_none_can_be_reached_it_says_so_and_refuses_nothing(pins: Path) -> None:
    source = f"http://127.0.0.1:{free_port()}"
    done = _run(source, pins)
    assert done.returncode == 0
    assert done.stdout == f"Dependency audit SKIPPED: no advisories can be had from {source}.\n"
    assert _run(source, "--strict", pins).returncode == 1


def test_what_cannot_be_read_is_no_reason_to_skip(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("weak>=1\n")
    with serving(Advisories()) as source:
        assert _run(source, tmp_path / "requirements.txt").returncode != 0


def test_it_looks_at_all_that_is_pinned() -> None:
    assert [path.relative_to(ROOT).as_posix() for path in REQUIREMENTS] == [
        "requirements.txt",
        "tests/requirements.txt",
    ]
