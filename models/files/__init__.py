"""Settings as a file: what it carries, and the schema of that."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from models.forms import Form
from models.forms.bodies import fields_of
from models.forms.history import SavedViewForm
from models.forms.instances import InstanceForm
from models.forms.proxies import ProxyForm
from models.forms.queues import QueueForm
from models.forms.settings import HouseForm

FORMAT = 1
# Bytes of a file, and entries of one of its lists. A large household needs a tenth of both.
LARGEST = 256 * 1024
MOST = 200
HOUSEHOLD = "household"
SCHEMA = "https://json-schema.org/draft/2020-12/schema"
SECRETS = frozenset(
    {
        *("api_key", "proxy_name", "proxy_password"),
        *("proxy_value_1", "proxy_value_2", "proxy_value_3"),
    }
)
HEADERS = frozenset({"proxy_header_1", "proxy_header_2", "proxy_header_3"})
FILE = "_file"
STATES = ("waiting", "running", "paused")

Fields = Mapping[str, dict[str, Any]]

A_NAME = {"type": "string", "maxLength": 60, "minLength": 1}
A_FILE = {"type": "string", "minLength": 1}
STATE = {
    "type": "string",
    "enum": list(STATES),
    "description": "How a new queue comes in; one that is there stays as it is.",
}


class Section(NamedTuple):
    """One list of the file.

    `word` is one of its entries in words.
    `needed` are the fields that a new entry cannot leave out.
    `but` are fields of the form that no file holds; `others` are further fields, or other types.
    """

    name: str
    word: str
    form: type[Form]
    needed: tuple[str, ...]
    but: frozenset[str]
    others: Fields

    @property
    def fields(self) -> Fields:
        """The fields of an entry with their JSON Schemas."""
        return {**fields_of(self.form, self.but), **self.others}


INSTANCES = Section(
    "instances",
    "instance",
    InstanceForm,
    ("name", "application", "url"),
    (ProxyForm.OF_A_PROXY | SECRETS | {"anyway"}) - HEADERS,
    {
        "application": {"type": "string", "enum": ["sonarr", "radarr"]},
        **{
            name + FILE: {**A_FILE, "description": "File that holds it; only in VQS_CONFIG_FILE."}
            for name in sorted(SECRETS)
        },
    },
)
QUEUES = Section(
    "queues",
    "queue",
    QueueForm,
    ("name", "instances"),
    frozenset(),
    {
        "instances": {
            "type": "array",
            "items": A_NAME,
            "minItems": 1,
            "maxItems": 100,
            "description": "The names of its instances.",
        },
        "state": STATE,
    },
)
VIEWS = Section(
    "views",
    "view",
    SavedViewForm,
    ("name",),
    frozenset(),
    {
        "instance": {"type": "string", "description": "The name of an instance."},
        "queue": {"type": "string", "description": "The name of a queue."},
    },
)
SECTIONS = {each.name: each for each in (INSTANCES, QUEUES, VIEWS)}
OWN_KEYS = ("$schema", "format", HOUSEHOLD, *SECTIONS)
# Only the file of VQS_CONFIG_FILE may name files: whoever imports one would read them otherwise.
ONLY_DECLARED = HEADERS | {name + FILE for name in SECRETS}


@cache
def household_fields() -> Fields:
    return fields_of(HouseForm)


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of a file."""
    lists = {
        each.name: {
            "type": "array",
            "maxItems": MOST,
            "items": _object(each.fields, each.needed[:1]),
        }
        for each in SECTIONS.values()
    }
    return {
        "$schema": SCHEMA,
        "title": "Settings of Vibe-Quality-Searcharr",
        "type": "object",
        "additionalProperties": False,
        "required": ["format"],
        "properties": {
            "$schema": {"type": "string"},
            "format": {"const": FORMAT},
            HOUSEHOLD: _object(household_fields(), ()),
            **lists,
        },
    }


def _object(fields: Fields, needed: tuple[str, ...]) -> dict[str, Any]:
    found = {"type": "object", "additionalProperties": False, "properties": dict(fields)}
    return {**found, "required": list(needed)} if needed else found
