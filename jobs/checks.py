"""Checks whether a connection works, and what answers at its other end."""

import asyncio

from jobs.arr import Door, Fault, Status, Target, connect
from jobs.clock import Clock
from jobs.engine import target_of
from jobs.sync import probe_with
from models.forms.instances import ConnectionForm
from models.instances import Instance, twins
from models.instances.proxies import Credentials

FIELDS = {"wrong_key": "api_key", "wrong_application": "application"}


async def check(door: Door, target: Target) -> Status | Fault:
    """Asks for the status once, over a connection of its own."""
    client = connect(door, target)
    try:
        return await client.status()
    except Fault as fault:
        return fault
    finally:
        await client.close()


async def check_saved(door: Door, clock: Clock, instance: Instance) -> Fault | None:
    """Asks a stored instance as before a run, over a connection of its own."""
    client = connect(door, target_of(instance))
    try:
        return await probe_with(client, clock, instance)
    finally:
        await client.close()


async def twin_of(door: Door, target: Target, but: Instance | None = None) -> Instance | None:
    """The stored real instance, other than `but`, that is the same server as the target.

    The server may have two addresses, but only instances with the same key are asked. The target
    and each of them get one request; an instance that does not answer is no twin.
    """
    alike = twins.with_key(target.application, target.key, but)
    if not alike:
        return None
    targets = [target, *(target_of(each) for each in alike)]
    found, *others = await asyncio.gather(*(check(door, each) for each in targets))
    if isinstance(found, Fault):
        return None
    for instance, answer in zip(alike, others, strict=True):
        if isinstance(answer, Status) and found.is_same_process(answer):
            return instance
    return None


def typed_target(form: ConnectionForm, instance: Instance | None = None, name: str = "") -> Target:
    """The connection that a form describes; empty fields are taken from the stored instance.

    `name` is what people call the instance, if it has a name yet.
    """
    key, kept = form.api_key, Credentials()
    if instance is not None:
        key, kept = key or instance.api_key.reveal(), Credentials.of(instance)
    return Target(
        form.application,
        form.url,
        key,
        form.verify_tls,
        form.http2,
        form.credentials(kept).sent,
        name,
        known=instance is not None and bool(instance.checked_at) and instance.url == form.url,
    )


def field_of(fault: Fault) -> str:
    """The form's field that most likely causes the fault."""
    return FIELDS.get(fault.code, "url")
