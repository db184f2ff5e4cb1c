"""Real proxies in front of the program, each configured as docs/how-to/proxies.md says."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.fakes.program import PATIENCE, free_port

# Whatever it serves: in the foreground, and with all its files in one folder.
NGINX_HEAD = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
"""
NGINX = (
    NGINX_HEAD
    + """\
    server {{
        listen 127.0.0.1:{port};
        {location}
    }}
}}
"""
)
CADDY = """
{{
    admin off
    auto_https off
    storage file_system {folder}/storage
}}
http://127.0.0.1:{port} {{
    {location}
}}
"""
# nginx is where only root usually looks.
PLACES = "/usr/sbin:/usr/bin:/sbin:/bin"
CONFIGURATIONS = {"nginx": NGINX, "caddy": CADDY}


@contextmanager
def serving(name: str, location: str, folder: Path) -> Iterator[str]:
    """The address of a proxy whose site holds this configuration; of no other process."""
    port = free_port()
    text = CONFIGURATIONS[name].format(folder=folder, port=port, location=location)
    address = f"http://127.0.0.1:{port}"
    with started(name, text, folder, address):
        yield address


@contextmanager
def started(
    name: str, configuration: str, folder: Path, address: str
) -> Iterator[subprocess.Popen[bytes]]:
    """The process of a proxy with this configuration, once it answers at the address."""
    path = folder / f"{name}.conf"
    path.write_text(configuration)
    log = folder / f"{name}.log"
    with log.open("wb") as lines:
        process = subprocess.Popen(
            _command(name, path),
            env={"HOME": str(folder), "PATH": PLACES},
            stdout=subprocess.DEVNULL,
            stderr=lines,
        )
    try:
        _wait(process, address, log)
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _command(name: str, path: Path) -> list[str]:
    if name == "nginx":
        return ["nginx", "-p", str(path.parent), "-e", "stderr", "-c", str(path)]
    return ["caddy", "run", "--config", str(path), "--adapter", "caddyfile"]


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            httpx.get(address, trust_env=False, verify=False)  # its own
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())
