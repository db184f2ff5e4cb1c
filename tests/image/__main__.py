"""Builds the image and runs it with every set of rights: `python -m tests.image`, `make image`.

Needs Docker or Podman and the base image, so it is no part of `make test-all`.
"""

import argparse
import json
import shlex
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import yaml

from models.version import VERSION
from tests import dockerfile
from tests.dockerfile import ROOT, USER

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["vqs"]
# As the compose file runs it.
HARDENED = (
    *("--read-only", "--tmpfs", *COMPOSE["tmpfs"], "--cap-drop", *COMPOSE["cap_drop"]),
    *("--security-opt", "no-new-privileges", "--memory", COMPOSE["mem_limit"]),
    *("--pids-limit", str(COMPOSE["pids_limit"])),
)
TO_BECOME = [f"--cap-add={each}" for each in ("CHOWN", "DAC_OVERRIDE", "SETGID", "SETUID")]
PATIENCE = 60
# Each line is one thing that the final stage must not hold.
INSIDE = """
import os, shutil, sys
from importlib.util import find_spec
wrong = [name for name in ("pip", "ensurepip", "setuptools", "wheel") if find_spec(name)]
wrong += [name for name in ("cc", "gcc", "make", "pip", "pip3", "git") if shutil.which(name)]
for folder in ("/root/.cache", "/var/lib/apt/lists", "/build", "/app/tests"):
    wrong += [folder] if os.path.isdir(folder) and os.listdir(folder) else []
for top in ("/app", "/venv"):
    for folder, _, files in os.walk(top):
        wrong += [f"{folder}/{name}" for name in files if name.endswith(".whl")]
        if any(n.endswith(".py") for n in files) and not os.path.isdir(f"{folder}/__pycache__"):
            wrong.append(f"{folder} without bytecode")
print(wrong)
"""
OWNERS = """
import os
found = set()
for top in ("/data", "/secret"):
    for folder, folders, files in os.walk(top):
        for name in (".", *folders, *files):
            about = os.lstat(os.path.join(folder, name))
            found.add((about.st_uid, about.st_gid))
print(sorted(found))
"""
PROCESS = """
status = dict(line.split(":", 1) for line in open("/proc/1/status"))
print(status["Uid"].split(), status["CapEff"].strip(), status["CapBnd"].strip())
"""


class Wrong(Exception):
    """The image is not what it has to be; the message says in what."""


class Machine:
    """Docker or Podman."""

    def __init__(self, command: str, flags: str, image: str) -> None:
        self.command, self.flags, self.image = shlex.split(command), shlex.split(flags), image

    def said(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*self.command, *words], capture_output=True, text=True, check=False)

    def do(self, *words: str) -> str:
        done = self.said(*words)
        if done.returncode:
            raise Wrong(f"{' '.join(words[:3])} failed: {done.stderr.strip()[-2000:]}")
        return done.stdout.strip()

    def build(self, base: str) -> None:
        revision = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.strip()
        given = {"BASE": base, "BASE_NAME": base, "VERSION": VERSION, "REVISION": revision}
        told = [f"--build-arg={name}={value}" for name, value in given.items()]
        docker = ["--format", "docker"] if "podman" in self.command[0] else []
        self.do("build", *docker, *told, "--tag", self.image, str(ROOT))
        labels = self.config()["Labels"]
        for name, value in (("version", VERSION), ("revision", revision), ("base.name", base)):
            same(f"label {name}", labels[f"org.opencontainers.image.{name}"], value)

    def config(self) -> dict[str, Any]:
        """As Docker tells it; Podman keeps the health check beside the rest."""
        (about,) = json.loads(self.do("image", "inspect", self.image))
        return {"Healthcheck": about.get("Healthcheck")} | about["Config"]

    def python(self, code: str, *flags: str) -> str:
        """What a program says that root runs in the image, with Docker's usual rights."""
        words = ("run", "--rm", *self.flags, "--user", "0:0", *flags)
        return self.do(*words, self.image, "python", "-c", code)

    @contextmanager
    def volumes(self) -> Iterator[list[str]]:
        names = [f"vqs-{uuid.uuid4().hex[:8]}-{each}" for each in ("data", "secret")]
        try:
            yield [f"--volume={name}:/{name.rpartition('-')[2]}" for name in names]
        finally:
            self.said("volume", "rm", "--force", *names)

    @contextmanager
    def running(self, *flags: str) -> Iterator[str]:
        name = f"vqs-{uuid.uuid4().hex[:8]}"
        self.do("run", "--detach", "--name", name, *self.flags, *HARDENED, *flags, self.image)
        try:
            yield name
        finally:
            self.said("rm", "--force", name)

    def serves(self, *flags: str) -> tuple[str, str]:
        """Whom the healthy program runs as, with its capabilities, and its log after a stop."""
        with self.running(*flags) as name:
            until = time.monotonic() + PATIENCE
            while self.said("exec", name, *dockerfile.health_command()).returncode:
                if time.monotonic() > until or self.state(name) != "running":
                    raise Wrong(f"it is not healthy: {self.log(name)}")
                time.sleep(0.5)
            process = self.do("exec", name, "python", "-c", PROCESS)
            self.do("stop", "-t", "40", name)
            same("exit code", self.do("inspect", "--format", "{{.State.ExitCode}}", name), "0")
            return process, self.log(name)

    def refuses(self, *flags: str) -> str:
        """What it says before it ends by itself."""
        with self.running(*flags) as name:
            same("exit code", self.do("wait", name), "2")
            return self.log(name)

    def state(self, name: str) -> str:
        return self.do("inspect", "--format", "{{.State.Status}}", name)

    def log(self, name: str) -> str:
        done = self.said("logs", name)
        return done.stdout + done.stderr


def same(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise Wrong(f"{what} is {found!r} and has to be {wanted!r}")


def holds(log: str, *sentences: str) -> None:
    for each in sentences:
        if each not in log:
            raise Wrong(f"the log does not say {each!r}:\n{log}")


def user(process: str) -> str:
    """The four user ids of a process that has no capability in effect."""
    ids, effective, _ = process.rsplit(" ", 2)
    same("capabilities in effect", int(effective, 16), 0)
    return ids


def ids(number: int) -> str:
    return str([str(number)] * 4)


def check(machine: Machine) -> Iterator[str]:
    config = machine.config()
    same("user", config["User"], f"{USER}:{USER}")
    same("health check", config["Healthcheck"]["Test"], ["CMD", *dockerfile.health_command()])
    same("what should not be in it", machine.python(INSIDE), "[]")
    yield "it holds no pip, no compiler, no cache, and all bytecode"
    with machine.volumes() as volumes:
        process, log = machine.serves(*volumes)
        same("user", user(process), ids(USER))
        holds(log, f"Vibe-Quality-Searcharr {VERSION} serves at", "/setup?token=")
        yield f"it serves as user {USER} on a read-only root without capabilities, and stops"
        _, log = machine.serves(*volumes, "--env=PUID=99")
        holds(log, "PUID and PGID are ignored, because the program was not started as root")
        yield "PUID is ignored with a sentence where the program is not started as root"
        said = machine.refuses(*volumes, "--user=4711:4711")
        holds(said, "cannot be written to by user 4711")
        yield "folders of another user are refused with a sentence"
        machine.python("import os; os.symlink('/venv', '/data/link')", *volumes)
        as_root = (*volumes, "--user=0:0", "--env=PUID=99", "--env=PGID=100")
        said = machine.refuses(*as_root)
        holds(said, "PUID cannot be used: root may not become user 99 here")
        yield "PUID is refused with a sentence where root lacks the capabilities for it"
        taken = (*as_root, *TO_BECOME, "--env=UMASK=022", "--env=TZ=Europe/Berlin")
        process, _ = machine.serves(*taken)
        same("user", user(process), ids(99))
        same("owners", machine.python(OWNERS, *volumes), "[(99, 100)]")
        same(
            "what the link leads to",
            machine.python("import os; print(os.stat('/venv').st_uid)"),
            "0",
        )
        yield "started as root with PUID it takes its folders, follows no link, and is user 99"
    with machine.volumes() as volumes:
        give = "import os; [os.chown(each, 4711, 4711) for each in ('/data', '/secret')]"
        machine.python(give, *volumes)
        process, _ = machine.serves(*volumes, "--user=4711:4711")
        same("user", user(process), ids(4711))
        yield "it serves as any other user to whom the folders were given"


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.image")
    parser.add_argument("--machine", default="docker", help="docker, or podman with its options")
    parser.add_argument("--base", default="python:3.13-slim", help="the image to build on")
    parser.add_argument("--flags", default="", help="more options for each run")
    chosen = parser.parse_args()
    machine = Machine(chosen.machine, chosen.flags, "vibe-quality-searcharr:checked")
    try:
        machine.build(chosen.base)
        print(f"built on {chosen.base}", flush=True)
        for sentence in check(machine):
            print(sentence, flush=True)
    except Wrong as wrong:
        print(wrong, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
