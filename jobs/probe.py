"""Asks the running server whether it is well: `python -m jobs.probe`, for a container's check.

With `live` it asks only whether the process answers, whatever the database does. It loads little,
as it is started every 30 seconds.
"""

import ssl
import sys
from http.client import HTTPConnection, HTTPException, HTTPSConnection

from models.declared import declared, variable

SECONDS = 4
HOST, PORT = "127.0.0.1", "7337"
# Listening on all addresses, it is asked on this machine's own.
OWN = {"0.0.0.0": HOST, "::": "::1"}  # noqa: S104  # nosec B104 # compared, not listened on


def ask(path: str = "/health") -> str:
    """Asks this machine's own server. Returns "" if it is well, else a sentence."""
    found = declared(("host", "port", "tls_cert_file"))
    given = {name: each.text for name, each in found.items()}
    host, port = given.get("host", HOST), given.get("port", PORT)
    host = OWN.get(host, host)
    if not port.isdecimal():
        return f"{variable('port')} is no number."
    asked = _connection(host, int(port), is_https="tls_cert_file" in given)
    try:
        asked.request("GET", path)
        status = asked.getresponse().status
    except (OSError, HTTPException) as error:
        why = getattr(error, "strerror", None) or error
        return f"Nothing answers on port {port} of {host}: {why}."
    finally:
        asked.close()
    return "" if status == 200 else f"It answers, but it is not well (status {status})."


def _connection(host: str, port: int, *, is_https: bool) -> HTTPConnection:
    if not is_https:
        return HTTPConnection(host, port, timeout=SECONDS)
    # Its certificate names the public name, and nothing secret is sent to this machine's own port.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return HTTPSConnection(host, port, timeout=SECONDS, context=context)


def main(path: str = "/health") -> int:
    """The exit code: 0 if it is well."""
    said = ask(path)
    print(said or "It is well.", file=sys.stderr if said else sys.stdout)
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main("/health/live" if sys.argv[1:] == ["live"] else "/health"))
