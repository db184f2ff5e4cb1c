"""What a pushed tag starts: its notes, and what the workflows may do."""

import re
from datetime import date
from typing import Any

import pytest
import yaml

from models.version import VERSION
from tests.dockerfile import ROOT, TEXT
from tests.release.__main__ import CATEGORIES, HEADING, CannotRelease, notes, section

CHANGES = (ROOT / "CHANGELOG.md").read_text()
FOLDER = ROOT / ".github/workflows"
# PyYAML reads the key `on` as a truth.
WORKFLOWS: dict[str, Any] = {
    path.stem: yaml.safe_load(path.read_text()) for path in sorted(FOLDER.iterdir())
}
SOURCE = f'VERSION = "{VERSION}"\n'
TOLD = (
    f"## [Unreleased]\n\n## [{VERSION}] - 2026-01-02\n- One.\n\n## [0.0.9] - 2026-01-01\n- Old.\n"
)


def _jobs() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{name}: {job}", about)
        for name, workflow in WORKFLOWS.items()
        for job, about in workflow["jobs"].items()
    ]


def _steps() -> list[tuple[str, dict[str, Any]]]:
    return [(name, step) for name, job in _jobs() for step in job.get("steps", ())]


def test_the_changes_keep_the_form() -> None:
    headings = HEADING.findall(CHANGES)
    assert len(headings) == CHANGES.count("\n## ")
    (first, undated), *released = headings
    assert (first, undated) == ("Unreleased", "")
    days = [date.fromisoformat(day) for _, day in released]
    assert days == sorted(days, reverse=True)
    assert VERSION in [name for name, _ in released]
    assert set(re.findall(r"^### (.+)$", CHANGES, re.MULTILINE)) <= set(CATEGORIES)
    for part in re.split(r"^## .+$", CHANGES, flags=re.MULTILINE)[1:]:
        found = re.findall(r"^### (.+)$", part, re.MULTILINE)
        assert found == [each for each in CATEGORIES if each in found]


def test_the_notes_are_what_the_changes_say_of_that_version_alone() -> None:
    assert notes(VERSION, SOURCE, TOLD) == "- One.\n"
    assert notes(VERSION, f'VERSION = "{VERSION}"', CHANGES).startswith(section(CHANGES, VERSION))
    said = notes(VERSION, SOURCE, TOLD, "ghcr.io/a/b@sha256:1", "python:3@sha256:2")
    assert "`ghcr.io/a/b@sha256:1`" in said
    assert "`python:3@sha256:2`" in said


@pytest.mark.parametrize(
    ("tag", "changes", "sentence"),
    [
        ("9.9.9", TOLD, f"The tag 9.9.9 is not the version {VERSION}."),
        (f"v{VERSION}", TOLD, f"The tag v{VERSION} is not the version {VERSION}."),
        (VERSION, f"## [{VERSION}]\n- One.\n", f"CHANGELOG.md names no day for {VERSION}."),
        (VERSION, "## [Unreleased]\n- One.\n", f"CHANGELOG.md says nothing of {VERSION}."),
    ],
)
def test_what_cannot_be_released_is_refused(tag: str, changes: str, sentence: str) -> None:
    with pytest.raises(CannotRelease) as refused:
        notes(tag, SOURCE, changes)
    assert str(refused.value) == sentence


def test_a_tag_that_is_a_version_starts_the_image_and_nothing_else_does() -> None:
    (pattern,) = WORKFLOWS["image"][True]["push"]["tags"]
    assert re.fullmatch(pattern.replace(".", r"\."), VERSION)
    assert list(WORKFLOWS["image"][True]) == ["push"]
    assert list(WORKFLOWS["image"][True]["push"]) == ["tags"]


def test_no_workflow_is_started_by_strangers_with_rights() -> None:
    for name, workflow in WORKFLOWS.items():
        assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(workflow[True])
        assert workflow["permissions"] == {"contents": "read"}, name


def test_only_what_publishes_may_write() -> None:
    assert {name: job["permissions"] for name, job in _jobs() if "permissions" in job} == {
        "image: test": {"contents": "read"},
        "image: build": {"contents": "read", "packages": "write"},
        "image: publish": {
            "attestations": "write",
            "contents": "write",
            "id-token": "write",
            "packages": "write",
        },
    }


def test_every_action_is_pinned_by_its_commit_with_its_version_beside_it() -> None:
    for path in FOLDER.iterdir():
        for line in re.findall(r"uses: (.+)", path.read_text()):
            ours = line == "./.github/workflows/test.yml"
            assert ours or re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_no_command_holds_what_somebody_else_wrote() -> None:
    for name, step in _steps():
        assert "${{" not in step.get("run", ""), name
        if "actions/checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False, name


def test_every_job_ends() -> None:
    for name, job in _jobs():
        assert "timeout-minutes" in job or "uses" in job, name


def test_both_processors_are_built_on_the_base_whose_digest_was_read() -> None:
    jobs = WORKFLOWS["image"]["jobs"]
    built = jobs["build"]["strategy"]["matrix"]["include"]
    assert {each["processor"] for each in built} == {"amd64", "arm64"}
    assert WORKFLOWS["image"]["env"]["BASE"].endswith(TEXT.partition("=")[2].partition("\n")[0])
    (build,) = [step["run"] for step in jobs["build"]["steps"] if "run" in step]
    given = set(re.findall(r"--build-arg (\w+)=", build))
    assert given == set(re.findall(r"^ARG (\w+)", TEXT, re.MULTILINE))
    assert '--build-arg BASE="$BASE@$DIGEST"' in build
    assert {"--sbom=true", "--provenance=mode=max", "--push"} <= set(build.split())
    assert {"test", "base"} <= set(jobs["build"]["needs"])


def test_no_address_of_a_repository_is_made_up() -> None:
    for path in FOLDER.iterdir():
        for found in re.findall(r"(?:ghcr\.io|github\.com)/(\S+)", path.read_text()):
            assert found.startswith("${GITHUB_REPOSITORY"), found


def test_the_commands_of_the_workflows_are_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    runs = [step["run"] for _, step in _steps() if step.get("run", "").startswith("make ")]
    assert {run.split()[1] for run in runs} == {"test", "image", "audit", "image-check"}
    assert {run.split()[1] for run in runs} <= targets
