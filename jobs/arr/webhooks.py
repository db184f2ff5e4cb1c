"""Connections of the kind Webhook, by which an instance tells other programs what it does."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from jobs.arr.reading import Reader, as_it_is
from jobs.net import Fault

PATH = "notification"
NAME = "Vibe-Quality-Searcharr"
POST = 1
MOST_NAMES = 100

# The switches of the events that are hints, as the API names them, with the words of the pages.
OF_ALL = {
    "onGrab": "On Grab",
    "onDownload": "On File Import",
    "onUpgrade": "On File Upgrade",
    "onHealthIssue": "On Health Issue",
    "includeHealthWarnings": "Include Health Warnings",
    "onHealthRestored": "On Health Restored",
    "onManualInteractionRequired": "On Manual Interaction Required",
}


class WebhookEntry(NamedTuple):
    """A connection of an instance, and the whole document that describes it there."""

    id: int
    name: str
    url: str
    document: dict[str, Any]

    def with_url(self, url: str) -> list[Any]:
        """Its fields with another address; what a person has set there stays."""
        changed = _fields(url)[0]
        return [
            {**each, **changed} if isinstance(each, dict) and each.get("name") == "url" else each
            for each in self.document["fields"]
        ]


class Webhooks:
    """The webhooks that are entered at an instance. Each method raises a Fault.

    What is saved there is tested by the instance, which calls the address while it is asked.
    """

    def __init__(self, read: Reader, triggers: Mapping[str, str]) -> None:
        self._read = read
        self._switches = dict.fromkeys(triggers, True)

    async def find(self, is_ours: Callable[[str], bool]) -> WebhookEntry | None:
        """The webhook whose address is ours, in one request."""
        return next((each for each in await self._all() if is_ours(each.url)), None)

    async def enter(self, url: str, is_ours: Callable[[str], bool]) -> None:
        """Enters the address in the webhook that is ours, or in a new one."""
        known = await self._all()
        ours = next((each for each in known if is_ours(each.url)), None)
        if ours is not None:
            document = {**ours.document, "fields": ours.with_url(url), **self._switches}
            await self._read.api.tell("PUT", f"{PATH}/{ours.id}", document)
            return
        document = {
            "name": _free_name({each.name.casefold() for each in known}),
            "implementation": "Webhook",
            "configContract": "WebhookSettings",
            "tags": [],
            "fields": _fields(url),
            **self._switches,
        }
        await self._read.api.tell("POST", PATH, document)

    async def test(self, connection: WebhookEntry) -> None:
        """Lets the instance send its test, which ends a pause after failures too."""
        await self._read.api.tell("POST", f"{PATH}/test", connection.document)

    async def remove(self, connection: WebhookEntry) -> None:
        await self._read.api.delete(f"{PATH}/{connection.id}")

    async def _all(self) -> list[WebhookEntry]:
        """Its connections of all kinds, as a name belongs to one of them only."""
        documents = await self._read.all(PATH, dict[str, Any], as_it_is)
        return [each for each in map(_connection, documents) if each is not None]


def said_no(fault: Fault) -> bool:
    """Whether the instance itself refused to save or to test a webhook, as after a bad test."""
    return fault.by_application and fault.code in ("rejected", "server_error")


def _connection(document: dict[str, Any]) -> WebhookEntry | None:
    number, fields = document.get("id"), document.get("fields")
    if not isinstance(number, int) or not 0 < number < 2**31:
        return None
    values = (
        each.get("value")
        for each in (fields if isinstance(fields, list) else ())
        if isinstance(each, dict) and each.get("name") == "url"
    )
    url = next(values, None) if document.get("implementation") == "Webhook" else None
    return WebhookEntry(
        number,
        str(document.get("name") or ""),
        url if isinstance(url, str) else "",
        document,
    )


def _fields(url: str) -> list[dict[str, Any]]:
    """Headers are left out: null instead would keep the application from sending."""
    return [{"name": "url", "value": url}, {"name": "method", "value": POST}]


def _free_name(taken: set[str]) -> str:
    names = (NAME if n == 1 else f"{NAME} {n}" for n in range(1, MOST_NAMES))
    return next((name for name in names if name.casefold() not in taken), NAME)
