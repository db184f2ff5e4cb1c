"""Stand-ins for titles, releases and addresses, so that a person can show a page to others.

Templates read everything through their environment, so that is the one place where it happens.
"""

import hashlib
import re
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment
from markupsafe import escape

from jobs.housekeeping.catalogue import JobDefinition
from models.backlog import Item
from models.batches import Pick, Waiting
from models.instances import Instance
from models.logs.lines import Line
from models.searches.releases import NOT_NAMED, quality_of
from views.web.charts import Column
from views.web.documents import Document

TITLES = frozenset({"title", "series_title", "sort_title", "series_name"})
ADDRESSES = frozenset({"url", "browser_url", "link_base", "address"})
# The step of a run that names what is searched.
SEARCHING = "Searching "
# Events of the audit trail that are about an item.
OF_ITEMS = frozenset({"excluded", "exclusion-ended"})
# What has such a title that is no work's: a tooltip of a chart.
OF_OURS = (Column, Document, JobDefinition)
QUOTED = re.compile(r"“[^”]{1,500}”")
URLS = re.compile(r"https?://[^\s\"'<>&”]{1,2000}")
NUMBERED = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
# The reasons against a release may hold titles, hosts and whatever else an application says.
UNTOLD = "A reason of the application"
SOMEWHERE = "http://instance.example"
# RFC 5737 keeps these addresses for examples.
SOMEBODY = "192.0.2.1"


class Mask:
    """Stand-ins by a key, so that nobody who sees one can try out which title gives it."""

    def __init__(self, key: bytes) -> None:
        self.key = hashlib.sha256(key).digest()

    def number(self, text: str) -> int:
        """A number of four digits, always the same for the same text."""
        digest = hashlib.blake2b(text.encode(), key=self.key, digest_size=8).digest()
        return 1000 + int.from_bytes(digest) % 9000

    def title(self, text: str) -> str:
        return f"Title {self.number(text)}" if text else text

    def release(self, text: str) -> str:
        """A name that still tells the quality."""
        if not text:
            return text
        quality = quality_of(text)
        told = "" if quality == NOT_NAMED else f".{quality.replace(' ', '.')}"
        return f"Release.{self.number(text)}{told}"

    def sentence(self, text: str) -> str:
        """A message with each name in it, which stands in quotation marks, replaced."""
        return QUOTED.sub(lambda found: f"“{self.title(found[0][1:-1])}”", text)

    def value(self, row: Any, name: str, value: Any) -> Any:
        """What a template gets for the attribute `name` of a row."""
        if not isinstance(value, str):
            return value
        if isinstance(row, Item) and isinstance(getattr(Item, name, None), property):
            return _again(MaskedItem(self, row), name)
        if name in TITLES or (name == "label" and isinstance(row, Pick | Waiting)):
            return value if isinstance(row, OF_OURS) else self.title(value)
        if name == "release":
            return self.release(value)
        if name == "link":
            return None
        if name in ADDRESSES and not value.startswith("/"):
            return _address(row, value)
        return self.within(row, name, value)

    def within(self, row: Any, name: str, value: str) -> str:
        """A text that the program has put together, with the title in it replaced."""
        if name == "step" and value.startswith(SEARCHING):
            return SEARCHING + self.title(value.removeprefix(SEARCHING))
        if name == "left_out":
            lines = (line.rpartition(": ") for line in value.splitlines())
            return "\n".join(f"{self.title(title)}: {why}" for title, _, why in lines)
        if name == "rejections":
            return "\n".join(UNTOLD for _ in value.splitlines())
        if isinstance(row, Line) and name in ("message", "error"):
            return self.sentence(value)
        if name == "about" and getattr(row, "action", "") in OF_ITEMS:
            return self.title(value)
        return value


class MaskedItem:
    """An item whose columns are stand-ins, for the properties that are made of them."""

    def __init__(self, mask: Mask, item: Item) -> None:
        self._mask, self._item = mask, item

    def __getattr__(self, name: str) -> Any:
        if isinstance(getattr(Item, name, None), property):
            return _again(self, name)
        return self._mask.value(self._item, name, getattr(self._item, name))


def _again(item: MaskedItem, name: str) -> Any:
    """The property of an item, made of what is shown of it."""
    if name == "link":
        return None
    return getattr(Item, name).fget(item)


def _address(row: Any, value: str) -> str:
    if isinstance(row, Instance):
        return SOMEWHERE.replace("instance", f"instance-{row.id}")
    return SOMEBODY if value else value


class MaskedEnvironment(Environment):
    """An environment whose templates get stand-ins."""

    mask: Mask

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.mask.value(obj, attribute, super().getattr(obj, attribute))

    def getitem(self, obj: Any, argument: Any) -> Any:
        return self.mask.value(obj, str(argument), super().getitem(obj, argument))


def without_addresses(html: str) -> str:
    """The page without addresses that stand within its sentences, such as those of faults."""
    html = NUMBERED.sub(SOMEBODY, URLS.sub(SOMEWHERE, html))
    for instance in Instance.select(Instance.url, Instance.browser_url):
        for address in filter(None, (instance.url, instance.browser_url)):
            place = urlsplit(address)
            if place.hostname and ("." in place.hostname or place.port):
                html = html.replace(str(escape(place.netloc)), "instance.example")
    return html
