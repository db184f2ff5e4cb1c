"""Which pages are drawn, and how each is found."""

import re
from typing import NamedTuple

PAGES = {
    "dashboard": "/",
    "queues": "/queues",
    "queue": "/queues/1",
    "queue-form": "/queues/new?strategy=missing",
    "preview": "/queues/1/preview",
    "plan": "/plan",
    "backlog": "/backlog",
    "series": "/backlog?view=series",
    "exclusions": "/exclusions",
    "history": "/searches",
    "runs": "/runs",
    "yield": "/yield",
    "instances": "/instances",
    "instance": "/instances/2",
    "webhook": "/instances/1/hook",
    "indexers": "/prowlarrs",
    "notifications": "/notifications",
    "settings": "/settings",
    "settings-file": "/settings/file",
    "jobs": "/jobs",
    "backups": "/backups",
    "log": "/logs",
    "audit": "/audit",
    "system": "/system",
    "people": "/people",
    "profile": "/profile",
    "keys": "/keys",
    "api": "/api",
    "help": "/help",
}
WHOLE = ("dashboard", "dashboard-trouble", "instance", "yield", "indexers")
ON_A_PHONE = ("dashboard", "backlog")
# Drawn once an instance does not answer any more.
IN_TROUBLE = {"dashboard-trouble": "/"}


class Linked(NamedTuple):
    """A page that is found by a link in a row of another: the first row that says something."""

    page: str
    beginning: str
    saying: re.Pattern[str]


LINKED = {
    "item": Linked("/backlog", "/items/", re.compile("in cooldown")),
    "run": Linked("/runs", "/runs/", re.compile("6 searches")),
}
