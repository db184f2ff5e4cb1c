"""Whether a connection works, and what is at its other end."""

from jobs.arr import Fault, Status, Target, connect
from jobs.engine import Engine

FIELDS = {"wrong_key": "api_key", "wrong_application": "application"}


async def check(engine: Engine, target: Target) -> Status | Fault:
    """One request over a connection of its own."""
    client = connect(engine.transport, target)
    try:
        return await client.status()
    except Fault as fault:
        return fault
    finally:
        await client.close()


def field_of(fault: Fault) -> str:
    """The field of the form that the fault most likely lies in."""
    return FIELDS.get(fault.code, "url")
