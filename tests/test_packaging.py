"""What is said of the image and of the requirements, for nothing is built here."""

import json
import re
import tomllib

from tests import dockerfile
from tests.dockerfile import FINAL_STAGE, ROOT, TEXT, USER

COMPOSE = (ROOT / "compose.yaml").read_text()


def test_the_image_holds_every_folder_of_the_program_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    let_in = {line[1:] for line in lines if line.startswith("!")}
    copied = dockerfile.copied()
    assert lines[0] == "*"
    assert let_in == copied | {"requirements.txt"}
    assert {"app.py", "components", "jobs", "models", "static", "views"} <= copied
    assert all((ROOT / name).exists() for name in copied)


def test_the_image_is_built_of_wheels_with_hashes_and_has_no_compiler() -> None:
    assert TEXT.startswith("ARG BASE=python:3.13-slim\n")
    assert [rest.split()[0] for rest in dockerfile.of("FROM")] == ["${BASE}"] * 2
    assert "--only-binary :all:" in TEXT
    assert "--require-hashes" in TEXT
    assert "apt-get" not in TEXT
    assert re.findall(r"\S*pip\S*", FINAL_STAGE) == [
        "/usr/local/bin/pip*",
        "/usr/local/lib/python3*/ensurepip",
        "/usr/local/lib/python3*/site-packages/pip*",
    ]
    assert "RUN rm -rf /usr/local/bin/pip* " in FINAL_STAGE


def test_any_builder_understands_the_dockerfile() -> None:
    for special in ("# syntax=", "--mount", "--link", "--parents", "--chmod", "<<"):
        assert special not in TEXT


def test_the_container_has_no_more_rights_than_it_needs() -> None:
    assert f"\nUSER {USER}:{USER}\n" in FINAL_STAGE
    for line in (
        "    read_only: true",
        "    cap_drop:\n      - ALL",
        "      - no-new-privileges:true",
        "    tmpfs:\n      - /tmp:",
        '      - "7337:7337"',
        "    stop_grace_period: 40s",
        "      - data:/data\n      - secret:/secret",
        "volumes:\n  data:\n  secret:",
    ):
        assert line in COMPOSE, line
    for line in ("privileged:", "cap_add:", "network_mode:", "user:"):
        assert line not in COMPOSE, line


def test_dockerfile_and_compose_file_check_health_alike() -> None:
    found = re.search(r"test: (\[.+\])", COMPOSE)
    assert found
    assert json.loads(found[1]) == ["CMD", *dockerfile.health_command()]


def test_line_ends_are_kept_whatever_system_it_is_fetched_on() -> None:
    assert (ROOT / ".gitattributes").read_text().startswith("* text=auto eol=lf\n")
    run = [ROOT / ".ci/run", ROOT / "Dockerfile", ROOT / "Makefile", ROOT / "compose.yaml"]
    for path in (*run, *(ROOT / "docs/deploy").rglob("*.*"), *(ROOT / ".github").rglob("*.yml")):
        assert b"\r" not in path.read_bytes(), path


def test_every_action_of_others_is_pinned_by_its_commit_and_no_job_may_more_than_it_needs() -> None:
    for path in sorted((ROOT / ".github/workflows").iterdir()):
        text = path.read_text()
        assert "\npermissions:\n  contents: read\n\n" in text, path.name
        for used, remark in re.findall(r"uses: (\S+)(.*)", text):
            pinned = re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", used) and re.match(r" # v\d", remark)
            assert pinned or used.startswith("./"), used
        checkouts = text.count("actions/checkout@")
        assert text.count("persist-credentials: false") == checkouts, path.name


def test_every_requirement_is_pinned_with_hashes() -> None:
    for name in ("requirements.txt", "tests/requirements.txt"):
        text = re.sub(r"^ *#.*\n", "", (ROOT / name).read_text(), flags=re.MULTILINE)
        for pin in re.split(r"\n(?=\S)", text):
            assert re.match(r"[a-z0-9-]+==\S+", pin), pin
            assert "--hash=sha256:" in pin, pin


def test_requirements_hold_all_that_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for asked, name in (
        (project["project"]["dependencies"], "requirements.txt"),
        (project["dependency-groups"]["test"], "tests/requirements.txt"),
    ):
        pinned = (ROOT / name).read_text()
        names = [re.split(r"[^a-z0-9-]", each)[0] for each in asked]
        assert [each for each in names if f"\n{each}==" not in pinned] == []
