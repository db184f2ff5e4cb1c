"""Which servers may be spoken to without TLS."""

from ipaddress import ip_address

from models.database import UnusableDatabase
from models.late import late


def refuse_open_wire(address: str) -> None:
    """Raises UnusableDatabase unless the server is on this machine, or proves its name by TLS."""
    psycopg = late("psycopg")
    if not address.startswith(("postgresql://", "postgres://")):
        raise UnusableDatabase(
            "The file in VQS_DATABASE_URL_FILE does not hold an address that begins with "
            "postgresql://."
        )
    try:
        parts = late("psycopg.conninfo").conninfo_to_dict(address)
    except psycopg.ProgrammingError:
        raise UnusableDatabase(
            "The file in VQS_DATABASE_URL_FILE holds no usable address: it is written "
            "postgresql://user:password@host:5432/name."
        ) from None
    # What the address leaves out, libpq takes from the environment.
    taken = late("psycopg.pq").Conninfo.get_defaults()
    defaults = {each.keyword.decode(): each.val.decode() for each in taken if each.val}
    parts = defaults | parts
    if parts.get("service"):
        raise UnusableDatabase(
            "The address of the PostgreSQL server names a service: write the server itself there, "
            "and set no PGSERVICE."
        )
    hosts = f"{parts.get('hostaddr') or parts.get('host') or ''}".split(",")
    if all(_is_here(host) for host in hosts) or parts.get("sslmode") == "verify-full":
        return
    raise UnusableDatabase(
        "The PostgreSQL server is on another machine, so its address must end with "
        "?sslmode=verify-full&sslrootcert=FILE: without TLS whatever is asked could be read and "
        "changed on the way."
    )


def _is_here(host: str) -> bool:
    """Whether the host is a Unix socket, or an address of this machine alone."""
    if not host or host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
