"""Webhooks: enters them at instances, follows their hints, and proves that they still come."""

from urllib.parse import urlsplit

from jobs.arr import Client, Door, Fault, connect
from jobs.arr.webhooks import said_no
from jobs.engine import Engine, target_of
from jobs.searches.fates import follow
from jobs.sync import look, sync
from jobs.sync.conditions import ask
from models.database.hashes import hash_of
from models.hooks import BELOW, Hook
from models.instances import Instance
from models.searches.grabs import Grab

# An event may be sent before the history and the queue tell of it.
SETTLE_SECONDS = 5.0

NOT_REACHED = (
    "{name} could not send its test to {address}. Type the address under which {label} reaches "
    "this program; between containers it is a name such as http://vqs:7337."
)
GONE = "{name} has no connection with this address any more."


async def enter(
    door: Door, instance: Instance, hook: Hook, token: str, before: Hook | None
) -> str | None:
    """Enters the address of a stored secret at the instance; returns why it could not.

    `before` is the webhook that this one takes the place of. Also one with another secret at the
    same address is taken over.
    """
    ours = f"{hook.address}{BELOW}"
    client = connect(door, target_of(instance))
    try:
        await client.webhooks.enter(
            ours + token, lambda url: url.startswith(ours) or is_of(before, url)
        )
    except Fault as fault:
        told = {"name": instance.name, "label": instance.label, "address": hook.address}
        return NOT_REACHED.format(**told) if said_no(fault) else fault.sentence
    finally:
        await client.close()
    return None


async def withdraw(door: Door, instance: Instance, hook: Hook) -> str | None:
    """Removes the connection from the instance, if it is there; returns why it could not."""
    client = connect(door, target_of(instance))
    try:
        if found := await client.webhooks.find(lambda url: is_of(hook, url)):
            await client.webhooks.remove(found)
    except Fault as fault:
        return fault.sentence
    finally:
        await client.close()
    return None


def is_of(hook: Hook | None, url: str) -> bool:
    """Whether an address that is entered at an instance holds the secret of this webhook."""
    try:
        token = urlsplit(url).path.rpartition("/")[2]
    except ValueError:
        return False
    return hook is not None and hash_of(token) == hook.token_hash


async def follow_hints(engine: Engine, instance: Instance, hook: Hook) -> None:
    """Looks at what events were about, a moment after them."""
    if not await engine.clock.sleep(SETTLE_SECONDS):
        return
    hint = hook.take(instance, engine.clock.now())
    if hint.state and await ask(engine, instance, anew=True):
        return
    if hint.lists:
        await _look_at_lists(engine, instance)


async def _look_at_lists(engine: Engine, instance: Instance) -> None:
    """Reads the history if a grab of ours is on its way, and the lists if their lengths changed."""
    if Grab.followed(instance, engine.clock.now()).exists():
        await engine.spawn(f"fates-{instance.id}", follow(engine, instance))
    if await look(engine, instance):
        await sync(engine, instance)


async def prove(engine: Engine, instance: Instance, hook: Hook) -> None:
    """Lets a quiet instance send its test, so that silence means that webhooks do not come."""
    hook.change(proved_at=engine.clock.now())
    try:
        said = await _test(engine.client(instance), instance, hook)
    except Fault as fault:
        said = fault.sentence
    hook.change(fault=said)


async def _test(client: Client, instance: Instance, hook: Hook) -> str | None:
    found = await client.webhooks.find(lambda url: is_of(hook, url))
    if found is None:
        return GONE.format(name=instance.name)
    await client.webhooks.test(found)
    return None
