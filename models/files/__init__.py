"""Settings as a file: what it carries, and the schema of that."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from models.forms import FORGET, Form
from models.forms.bodies import fields_of
from models.forms.exclusions import CarriedForm
from models.forms.history import SavedViewForm
from models.forms.instances import InstanceForm
from models.forms.prowlarrs import ProwlarrForm
from models.forms.proxies import ProxyForm
from models.forms.queues import QueueForm
from models.forms.settings import HouseForm
from models.forms.targets import FORMS
from models.notifications.kinds import KINDS

FORMAT = 1
# Bytes of a file, and entries of one of its lists. A large household needs a tenth of both.
LARGEST = 256 * 1024
MOST = 200
MOST_EXCLUSIONS = 500
HOUSEHOLD = "household"
SCHEMA = "https://json-schema.org/draft/2020-12/schema"
OF_SERVERS = frozenset(
    {
        *("api_key", "proxy_name", "proxy_password"),
        *("proxy_value_1", "proxy_value_2", "proxy_value_3"),
    }
)
OF_TARGETS = frozenset(name for kind in KINDS.values() for name in kind.secrets)
SECRETS = OF_SERVERS | OF_TARGETS
HEADERS = frozenset({"proxy_header_1", "proxy_header_2", "proxy_header_3"})
FILE = "_file"
STATES = ("waiting", "running", "paused")

Fields = Mapping[str, dict[str, Any]]

A_NAME = {"type": "string", "maxLength": 60, "minLength": 1}
A_FILE = {"type": "string", "minLength": 1}
AN_HOUR = {"type": "integer", "minimum": 0, "maximum": 23}
QUIET = {"anyOf": [AN_HOUR, {"type": "null"}], "description": "An hour; null for never."}
STATE = {
    "type": "string",
    "enum": list(STATES),
    "description": "How a new queue comes in; one that is there stays as it is.",
}


class Section(NamedTuple):
    """One list of the file.

    `word` is one of its entries in words.
    `forms` check its entries; where there are several, `kind` says which of them.
    `needed` are the fields that a new entry cannot leave out.
    `identity` are the fields by which an entry is the same as a row here.
    `but` are fields of the form that no file holds; `others` are further fields, or other types.
    """

    name: str
    word: str
    forms: tuple[type[Form], ...]
    needed: tuple[str, ...]
    but: frozenset[str]
    others: Fields
    most: int = MOST
    identity: tuple[str, ...] = ("name",)

    @property
    def required(self) -> tuple[str, ...]:
        """What each entry has, also one that changes what is here."""
        return self.needed[:1] if self.identity == ("name",) else self.needed

    @property
    def fields(self) -> Fields:
        """The fields of an entry with their JSON Schemas."""
        found: dict[str, dict[str, Any]] = {}
        for form in self.forms:
            found |= fields_of(form, self.but)
        return {**found, **self.others}


def _files(secrets: frozenset[str]) -> Fields:
    """The fields that name the files of these secrets."""
    described = {**A_FILE, "description": "File that holds it; only in VQS_CONFIG_FILE."}
    return {name + FILE: described for name in sorted(secrets)}


NOT_OF_SERVERS = (ProxyForm.OF_A_PROXY | OF_SERVERS | {"anyway"}) - HEADERS
INSTANCES = Section(
    "instances",
    "instance",
    (InstanceForm,),
    ("name", "application", "url"),
    NOT_OF_SERVERS,
    {"application": {"type": "string", "enum": ["sonarr", "radarr"]}, **_files(OF_SERVERS)},
)
PROWLARRS = Section(
    "prowlarrs",
    "Prowlarr",
    (ProwlarrForm,),
    ("name", "url"),
    NOT_OF_SERVERS,
    _files(OF_SERVERS),
)
TARGETS = Section(
    "notifications",
    "notification target",
    tuple(FORMS.values()),
    ("name", "kind"),
    OF_TARGETS | {FORGET + name for name in OF_TARGETS},
    {
        "kind": {"type": "string", "enum": list(FORMS)},
        "instances": {
            "type": "array",
            "items": A_NAME,
            "maxItems": 100,
            "description": "The names of its instances; none for all.",
        },
        "quiet_from": QUIET,
        "quiet_to": QUIET,
        **_files(OF_TARGETS),
    },
)
QUEUES = Section(
    "queues",
    "queue",
    (QueueForm,),
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
    (SavedViewForm,),
    ("name",),
    frozenset(),
    {
        "instance": {"type": "string", "description": "The name of an instance."},
        "queue": {"type": "string", "description": "The name of a queue."},
    },
)
EXCLUSIONS = Section(
    "exclusions",
    "exclusion",
    (CarriedForm,),
    ("instance", "kind", "id", "title"),
    frozenset(),
    {},
    MOST_EXCLUSIONS,
    ("instance", "kind", "id", "season"),
)
SECTIONS = {each.name: each for each in (INSTANCES, PROWLARRS, TARGETS, QUEUES, VIEWS, EXCLUSIONS)}
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
            "maxItems": each.most,
            "items": _object(each.fields, each.required),
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
