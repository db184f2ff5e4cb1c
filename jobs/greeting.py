"""What the program says in the terminal once it serves: where, and what comes first."""

import sys
from ipaddress import ip_address

from models.environment import Environment
from models.people.setup import SetupToken, is_open
from models.version import VERSION


def greet(options: Environment, token: SetupToken) -> None:
    """Prints the address; on the first start also the one that carries the setup token."""
    address = _address(options)
    print(f"Vibe-Quality-Searcharr {VERSION} serves at {address}")
    if is_open():
        first = f"{address}/setup" + ("" if token.from_file else f"?token={token.value}")
        print(f"First start: open {first} in a browser and make the administrator's account.")
        if token.from_file:
            print("The page asks for the setup token, which is in VQS_SETUP_TOKEN_FILE.")
        if ip_address(options.host).is_unspecified:
            print("From another machine, use this machine's name instead of localhost.")
    sys.stdout.flush()


def _address(options: Environment) -> str:
    """An address to click: localhost where the server listens on all addresses."""
    is_here = options.loopback or ip_address(options.host).is_unspecified
    host = "localhost" if is_here else options.host
    host = f"[{host}]" if ":" in host else host
    scheme = "http" if options.tls_cert_file is None else "https"
    return f"{scheme}://{host}:{options.port}{options.base_path}"
