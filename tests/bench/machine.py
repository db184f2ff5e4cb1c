"""Where the figures come from."""

import hashlib
import os
import platform
import ssl
import time
from importlib.metadata import version
from pathlib import Path


def described() -> str:
    """A paragraph about the machine; its pace allows comparison with another machine."""
    packages = ("starlette", "peewee", "sqlcipher3", "httpx", "msgspec")
    used = ", ".join(f"{name} {version(name)}" for name in packages)
    return (
        f"{os.cpu_count()} cores of {_model()}, {_memory()} GB of memory, "
        f"{platform.system()}, Python {platform.python_version()}, {ssl.OPENSSL_VERSION}; {used}. "
        f"Pace: ten million turns of an empty Python loop take {_turns():.2f} s, "
        f"SHA-256 of 100 MB takes {_hashing():.2f} s. "
        f"Load of the machine before: {os.getloadavg()[0]:.1f}."
    )


def _model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 10**9)


def _turns() -> float:
    began = time.perf_counter()
    for _ in range(10_000_000):
        pass
    return time.perf_counter() - began


def _hashing() -> float:
    data = bytes(10_000_000)
    began = time.perf_counter()
    for _ in range(10):
        hashlib.sha256(data).digest()
    return time.perf_counter() - began
