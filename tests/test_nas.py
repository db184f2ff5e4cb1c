"""The template of Unraid, the unit of systemd and the notes beside them fit the program."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from models.environment import Environment
from models.opening.user import Chosen, chosen
from tests import dockerfile
from tests.dockerfile import ROOT

FOLDER = ROOT / "docs/deploy"
TEMPLATE = ElementTree.parse(FOLDER / "unraid.xml").getroot()
CONFIGS = {each.attrib["Target"]: each for each in TEMPLATE.iter("Config")}
USUAL: dict[str, Any] = yaml.safe_load((FOLDER / "compose.puid.yaml").read_text())["services"][
    "vqs"
]
UNIT = (FOLDER / "searcharr.service").read_text()
STARTS = "/opt/vibe-quality-searcharr/.venv/bin/python"
# Unraid's own words for what a Config is, and for when it is shown.
KINDS = {"Port", "Path", "Variable", "Label", "Device"}
DISPLAYS = {"always", "always-hide", "advanced", "advanced-hide"}


def _of_kind(kind: str) -> dict[str, ElementTree.Element]:
    return {name: each for name, each in CONFIGS.items() if each.attrib["Type"] == kind}


def test_the_template_has_what_unraid_reads() -> None:
    assert (TEMPLATE.tag, TEMPLATE.attrib) == ("Container", {"version": "2"})
    assert TEMPLATE.findtext("Repository") == USUAL["image"]
    assert TEMPLATE.findtext("Privileged") == "false"
    assert TEMPLATE.findtext("Network") == "bridge"
    assert len(CONFIGS) == len(TEMPLATE.findall("Config"))
    for each in CONFIGS.values():
        asked = {"Name", "Target", "Default", "Mode", "Description", "Type", "Display"}
        assert set(each.attrib) == asked | {"Required", "Mask"}
        assert each.attrib["Type"] in KINDS and each.attrib["Display"] in DISPLAYS
        assert (each.text or "") == each.attrib["Default"]


def test_the_template_opens_the_port_and_mounts_every_volume_of_the_image() -> None:
    assert list(_of_kind("Port")) == dockerfile.of("EXPOSE") == [str(Environment().port)]
    assert TEMPLATE.findtext("WebUI") == f"http://[IP]:[PORT:{Environment().port}]/"
    (volumes,) = dockerfile.of("VOLUME")
    paths = _of_kind("Path")
    assert list(paths) == yaml.safe_load(volumes)
    data, secret = (Path(each.text or "") for each in paths.values())
    assert not secret.is_relative_to(data)


def test_every_setting_of_the_template_is_one_with_its_default() -> None:
    given = {name: each.text or "" for name, each in _of_kind("Variable").items()}
    assert chosen(given) == Chosen(99, 100, 0o077)
    settings = {name for name in given if name.startswith("VQS_")}
    assert set(given) == settings | {"PUID", "PGID", "UMASK"}
    for name in settings:
        usual = Environment.model_fields[name.removeprefix("VQS_").lower()].default
        assert given[name] == ("" if usual in (None, (), "") else str(usual)), name


def test_the_template_is_as_hardened_as_the_compose_file_that_starts_as_root() -> None:
    words = shlex.split(TEMPLATE.findtext("ExtraParams") or "")
    (tmpfs,), (host,) = USUAL["tmpfs"], USUAL["extra_hosts"]
    added = [word for name in USUAL["cap_add"] for word in ("--cap-add", name)]
    assert words == [
        *("--user", USUAL["user"], "--read-only", "--tmpfs", tmpfs),
        *("--cap-drop", "ALL", *added, "--security-opt", *USUAL["security_opt"]),
        *("--memory", USUAL["mem_limit"], "--pids-limit", str(USUAL["pids_limit"])),
        *("--stop-timeout", USUAL["stop_grace_period"].removesuffix("s")),
        *("--restart", USUAL["restart"], "--add-host", host),
    ]


def _set(name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", UNIT, re.MULTILINE)


def test_the_unit_writes_only_to_its_two_folders_and_has_the_time_that_a_stop_takes() -> None:
    (folders,) = _set("StateDirectory")
    places = dict(re.findall(r"(VQS_\w+)=(\S+)", " ".join(_set("Environment"))))
    data, secret = (f"/var/lib/{name}" for name in folders.split())
    assert places == {"VQS_DATA_DIR": data, "VQS_SECRET_FILE": f"{secret}/master.key"}
    assert _set("ProtectSystem") == ["strict"]
    assert _set("TimeoutStopSec") == [USUAL["stop_grace_period"].removesuffix("s")]
    assert [each.lower() for each in _set("MemoryMax")] == [USUAL["mem_limit"]]
    assert _set("TasksMax") == [str(USUAL["pids_limit"])]
    assert _set("RestartPreventExitStatus") == ["2"]
    assert _set("CapabilityBoundingSet") == [""]


def test_systemd_finds_nothing_in_the_unit_and_little_that_it_could_still_do(
    tmp_path: Path,
) -> None:
    if (analyse := shutil.which("systemd-analyze")) is None:
        pytest.skip("systemd-analyze is not installed")
    unit = tmp_path / "searcharr.service"
    assert STARTS in UNIT
    # It has to exist where the unit is read.
    unit.write_text(UNIT.replace(STARTS, sys.executable))
    for words in (("verify",), ("security", "--offline=true", "--threshold=20", "--no-pager")):
        done = subprocess.run([analyse, *words, unit], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Unknown" not in done.stderr, done.stderr
    unit.write_text(UNIT.replace(STARTS, sys.executable).replace("NoNewPriv", "NoNewPrif"))
    wrong = subprocess.run([analyse, "verify", unit], capture_output=True, text=True, check=False)
    assert "Unknown" in wrong.stderr
