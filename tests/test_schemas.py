"""Files that other programs read are held against the schemas of those programs, offline."""

import subprocess
import sys
from pathlib import Path

from tests.dockerfile import ROOT

COMPOSE = (ROOT / "compose.yaml", *sorted((ROOT / "docs/deploy").glob("compose.*.yaml")))


def _run(*command: str | Path) -> str:
    """What a checker finds; nothing if the files are as they should be."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _held_against(schema: str, *files: Path) -> str:
    assert files
    module = (sys.executable, "-m", "check_jsonschema")
    return _run(*module, "--builtin-schema", f"vendor.{schema}", *files)


def test_hadolint_finds_nothing_in_the_dockerfile(tmp_path: Path) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    assert _run(hadolint, "--no-color", "Dockerfile") == ""
    bad = tmp_path / "Dockerfile"
    bad.write_text("FROM python\nRUN cd /tmp && pip install x\n")
    assert "DL3006" in _run(hadolint, "--no-color", bad)


def test_every_compose_file_is_one(tmp_path: Path) -> None:
    assert _held_against("compose-spec", *COMPOSE) == ""
    bad = tmp_path / "compose.yaml"
    bad.write_text("services: {vqs: {image: x, cap_dropp: [ALL]}}")
    assert "cap_dropp" in _held_against("compose-spec", bad)


def test_every_workflow_is_one(tmp_path: Path) -> None:
    assert _held_against("github-workflows", *sorted((ROOT / ".github/workflows").iterdir())) == ""
    bad = tmp_path / "bad.yml"
    bad.write_text("on: push\njobs: {one: {runs-on: x, steps: [{runn: make}]}}\n")
    assert "runn" in _held_against("github-workflows", bad)
