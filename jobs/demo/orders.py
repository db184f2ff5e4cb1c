"""The command endpoints of the demo servers."""

import re
from typing import Any

from jobs.demo.commands import DemoCommand
from jobs.demo.releases import stamp
from jobs.demo.wire import DemoReply, DemoRequest, failure
from jobs.demo.world import World

Document = dict[str, Any]
PLAIN = ("RssSync", "RefreshMonitoredDownloads", "CheckHealth", "Housekeeping", "MessagingCleanup")
LONG = ("Missing", "Cutoff", "Refresh")


def create(world: World, request: DemoRequest) -> DemoReply:
    """Creates a command: 201 with it, or with the equal one that has not ended."""
    now, body = world.now(), request.json()
    known = {**world.traits.commands} | {name: {} for name in PLAIN}
    wish = str(body.get("name", "")).lower()
    name = next((each for each in known if each.lower() == wish), None)
    if name is None:
        return failure(500, "Sequence contains no matching element")
    own = {key: body.get(key.lower(), default) for key, default in known[name].items()}
    if not all(_fits(own[key], default) for key, default in known[name].items()):
        return failure(500, "The JSON value could not be converted to System.Int32.")
    command = world.commands.add(name, own, now)
    document = _document(world, command, now)
    world.commands.dispatch(now)
    location = f"http://{request.headers.get('host', 'localhost')}/api/v3/command/{command.id}"
    return DemoReply(201, document, (("location", location),))


def index(world: World, request: DemoRequest) -> DemoReply:
    now = world.now()
    return DemoReply(200, [_document(world, one, now) for one in world.commands.in_memory(now)])


def show(world: World, request: DemoRequest) -> DemoReply:
    now = world.now()
    command = world.commands.find(request.id, now)
    return DemoReply(200, _document(world, command, now)) if command else request.missing()


def destroy(world: World, request: DemoRequest) -> DemoReply:
    world.now()
    if world.commands.cancel(request.id):
        return DemoReply(200)
    return failure(409, "Unable to cancel task")


def _fits(value: Any, default: Any) -> bool:
    if isinstance(default, list):
        return isinstance(value, list) and all(type(each) is int for each in value)
    if isinstance(default, bool):
        return isinstance(value, bool)
    return type(value) is int or (value is None and default is None)


def _document(world: World, command: DemoCommand, now: float) -> Document:
    """The command as a document; after 5 minutes it has neither message nor result."""
    remembered = world.commands.remembered(command, now)
    document: Document = {
        "name": command.name,
        "commandName": re.sub(r"(?<=[a-z])(?=[A-Z])", " ", command.name),
        "body": _body(world, command),
        "priority": "normal",
        "status": command.status,
        "result": "successful" if remembered and command.status == "completed" else "unknown",
        "queued": stamp(command.queued),
        "trigger": "manual",
        "sendUpdatesToClient": True,
        "updateScheduledTask": True,
    }
    if command.message and remembered:
        document["message"] = command.message
    if command.exception:
        document["exception"] = command.exception
    if command.started is not None:
        document["started"] = document["stateChangeTime"] = stamp(command.started)
        if command.ended is not None:
            document["ended"] = stamp(command.ended)
            document["duration"] = time_span(command.ended - command.started)
    return document | {"id": command.id}


def _body(world: World, command: DemoCommand) -> Document:
    own = {key: value for key, value in command.own.items() if value is not None}
    return own | {
        "sendUpdatesToClient": True,
        "updateScheduledTask": True,
        "requiresDiskAccess": False,
        "isExclusive": False,
        **world.traits.of_command,
        "isLongRunning": command.name.startswith(LONG),
        "name": command.name,
        "trigger": "manual",
        "suppressMessages": False,
    }


def time_span(seconds: float) -> str:
    """A duration as .NET writes it."""
    whole = int(seconds)
    days, rest = divmod(whole, 86_400)
    head = f"{days}." if days else ""
    text = f"{head}{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    ticks = round((seconds - whole) * 10_000_000)
    return f"{text}.{min(ticks, 9_999_999):07}" if ticks else text
