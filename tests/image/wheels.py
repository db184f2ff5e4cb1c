"""Whether the image can be built for both kinds of processor: `python -m tests.image.wheels`.

pip fetches, for each, a wheel of every pin that is among its hashes; the network is needed, and
neither of the two processors.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from packaging.markers import Marker, default_environment

from tests.dockerfile import ROOT, TEXT

PROCESSORS = {"amd64": "x86_64", "arm64": "aarch64"}
# The C library of the base, Debian's, is newer; wheels for older ones run on it.
OLDEST, NEWEST = 17, 36


def python_of_the_base() -> str:
    found = re.search(r"^ARG BASE=python:(\d+\.\d+)", TEXT, re.MULTILINE)
    assert found
    return found[1]


def pins(text: str, processor: str, python: str) -> Iterator[str]:
    """The pins that hold for the image, with their hashes and without what they depend on."""
    there: dict[str, str] = {key: str(value) for key, value in default_environment().items()}
    there |= {"platform_machine": processor, "python_version": python, "sys_platform": "linux"}
    there |= {"python_full_version": f"{python}.0", "platform_system": "Linux", "os_name": "posix"}
    for line in re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines():
        pin, *hashes = line.split(" --hash=")
        name, _, marker = pin.partition(" ; ")
        if not marker.strip() or Marker(marker).evaluate(there):
            yield " --hash=".join([name.strip(), *(each.strip() for each in hashes)])


def command(processor: str, python: str, wanted: Path, into: Path) -> list[str]:
    """That of pip, which takes wheels alone and of them only those with a known hash."""
    abi = f"cp{python.replace('.', '')}"
    platforms = [f"manylinux_2_{minor}_{processor}" for minor in range(NEWEST, OLDEST - 1, -1)]
    platforms += [f"manylinux2014_{processor}", f"linux_{processor}"]
    told = [f"--platform={each}" for each in platforms]
    told += [f"--abi={each}" for each in (abi, "abi3", "none")]
    told += [f"--python-version={python}", "--implementation=cp", "--only-binary=:all:"]
    told += ["--no-deps", "--require-hashes", "--quiet", "--disable-pip-version-check"]
    return [sys.executable, "-m", "pip", "download", *told, f"--dest={into}", f"-r{wanted}"]


def main() -> int:
    text, python, failed = (ROOT / "requirements.txt").read_text(), python_of_the_base(), 0
    for image, processor in PROCESSORS.items():
        wanted = list(pins(text, processor, python))
        with tempfile.TemporaryDirectory() as folder:
            listed, into = Path(folder, "requirements.txt"), Path(folder, "wheels")
            listed.write_text("\n".join(wanted))
            done = subprocess.run(command(processor, python, listed, into), check=False)
            found = len(list(into.glob("*.whl"))) if into.exists() else 0
        whole = done.returncode == 0 and found == len(wanted)
        failed += not whole
        verdict = "each has a wheel among its hashes" if whole else "NOT each has a wheel"
        print(f"linux/{image}, Python {python}: {len(wanted)} requirements, {verdict}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
