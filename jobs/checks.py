"""Whether a connection works, and what is at its other end."""

import asyncio

from jobs.arr import Fault, Status, Target, connect
from jobs.engine import Engine, target_of
from models.forms.instances import ConnectionForm
from models.instances import Instance, twins
from models.instances.proxies import Credentials

FIELDS = {"wrong_key": "api_key", "wrong_application": "application"}


async def check(engine: Engine, target: Target) -> Status | Fault:
    """One request over a connection of its own."""
    client = connect(engine.door, target)
    try:
        return await client.status()
    except Fault as fault:
        return fault
    finally:
        await client.close()


async def twin_of(engine: Engine, target: Target, but: Instance | None = None) -> Instance | None:
    """The real instance, other than `but`, that is the very server at the target.

    It may be known under another address. Only instances with the same key can be: each of them is
    asked what it is, and so is the target, with one request. Who does not answer is no twin.
    """
    alike = twins.with_key(target.application, target.key, but)
    if not alike:
        return None
    targets = [target, *(target_of(each) for each in alike)]
    found, *others = await asyncio.gather(*(check(engine, each) for each in targets))
    if isinstance(found, Fault):
        return None
    for instance, answer in zip(alike, others, strict=True):
        if isinstance(answer, Status) and found.is_same_process(answer):
            return instance
    return None


def typed_target(form: ConnectionForm, instance: Instance | None = None, name: str = "") -> Target:
    """The connection of a form; what it leaves empty is as it is stored for the instance.

    `name` is what people call it, if they have given it one.
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
    """The field of the form that the fault most likely lies in."""
    return FIELDS.get(fault.code, "url")
