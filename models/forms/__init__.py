"""Forms: pydantic models that check what people type; their faults are sentences."""

from collections.abc import Iterable
from functools import partial
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar, get_origin

from peewee import TextField
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from models.database.fields import SealedField, Table
from models.people.names import LONGEST_NAME, key_of

OWN = ""
# The box that removes a stored secret has this before the name of the secret.
FORGET = "forget_"
NEVER_KEPT = frozenset(
    {
        *("password", "password_again", "own_password", "api_key", "setup_token", "code"),
        *("proxy_name", "proxy_password", "proxy_value_1", "proxy_value_2", "proxy_value_3"),
        *("webhook_url", "bot_token", "topic", "access_token", "app_token", "user_key"),
        *("smtp_password", "signing_key", "authorization", "config_key", "apprise_urls"),
    }
)

NOT_SENT = (
    "You were signed out before this was sent, so nothing was done yet. Look at it and send it "
    "again. Passwords and keys were not kept: type them again."
)
SENTENCES = {
    "missing": "Please fill this in.",
    "string_too_short": "Use at least {min_length} characters.",
    "string_too_long": "Use at most {max_length} characters.",
    "int_parsing": "Type a whole number.",
    "int_parsing_size": "That number is too large.",
    "int_from_float": "Type a whole number.",
    "greater_than_equal": "Type a number of at least {ge}.",
    "less_than_equal": "Type a number of at most {le}.",
    "literal_error": "Choose one from the list.",
    "too_short": "Choose at least one.",
    "too_long": "Choose at most {max_length}.",
    "bool_parsing": "Choose yes or no.",
}

Fields = Iterable[tuple[str, str]]


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("Leave out line breaks and other characters that cannot be seen.")
    return text


class Unsent(list[tuple[str, str]]):
    """Fields of a form that waited for a sign-in; they are shown again, never acted on."""


# Lengths come before the validator: after one, pydantic counts "items" instead of characters.
Trimmed = partial(StringConstraints, strip_whitespace=True)
Printable = AfterValidator(_printable)
Line = Annotated[str, Trimmed(), Printable]
Name = Annotated[str, Trimmed(min_length=1, max_length=LONGEST_NAME), Printable]


class Form(BaseModel):
    """A form; it refuses unknown fields and fields sent twice."""

    # Its validator is built when it is first used: a start needs hardly any of them.
    model_config = ConfigDict(extra="forbid", defer_build=True)

    @classmethod
    def blank(cls, **values: Any) -> "Draft[Self]":
        """A draft that nobody has typed yet: the defaults and these values."""
        defaults = {
            name: field.get_default(call_default_factory=True)
            for name, field in cls.model_fields.items()
            if not field.is_required()
        }
        filled = dict.fromkeys(cls.model_fields, "") | defaults | values
        return Draft({name: _as_typed(value) for name, value in filled.items()}, {}, None)

    @classmethod
    def read(cls, fields: Fields) -> "Draft[Self]":
        """Reads every pair of a posted form."""
        values, errors = cls._gather(fields)
        form = None
        try:
            form = cls.model_validate(values)
        except ValidationError as error:
            for detail in error.errors():
                name = str(detail["loc"][0]) if detail["loc"] else OWN
                errors.setdefault(name if name in cls.model_fields else OWN, _sentence(detail))
        if isinstance(fields, Unsent):
            errors[OWN] = NOT_SENT
        kept = {name: cls._kept(name, values) for name in cls.model_fields}
        return Draft(kept, errors, None if errors else form)

    @classmethod
    def _gather(cls, fields: Fields) -> tuple[dict[str, Any], dict[str, str]]:
        values: dict[str, Any] = {name: [] for name in cls.model_fields if cls._is_list(name)}
        errors: dict[str, str] = {}
        for name, value in fields:
            if name not in cls.model_fields:
                errors[OWN] = f"This form has no field “{name[:40]}”."
            elif cls._is_list(name):
                values[name].append(value)
            elif name in values:
                errors[name] = "This was sent twice."
            else:
                values[name] = value
        return values, errors

    @classmethod
    def _is_list(cls, name: str) -> bool:
        return get_origin(cls.model_fields[name].annotation) is list

    @classmethod
    def _kept(cls, name: str, values: dict[str, Any]) -> Any:
        empty: Any = [] if cls._is_list(name) else ""
        return empty if name in NEVER_KEPT else values.get(name, empty)


class Stored(Form):
    """A form that fills in a row of `table`; each field is a column of the same name.

    `translated` names fields that are not such a column, or are stored in another way; the form
    translates them itself. Any other field raises TypeError when the class is made.
    """

    table: ClassVar[type[Table]]
    translated: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        if lost := set(cls._shared()) - set(cls.table._meta.fields):
            raise TypeError(f"{cls.__name__} would lose {', '.join(sorted(lost))}.")

    @classmethod
    def _shared(cls) -> list[str]:
        return [name for name in cls.model_fields if name not in cls.translated]

    @property
    def columns(self) -> dict[str, Any]:
        """The row's columns; a secret that was left empty is not among them."""
        found = {name: self._written(name) for name in self._shared()}
        if "name" in found and "key" in self.table._meta.fields:
            found["key"] = key_of(found["name"])
        secrets = {name for name in found if isinstance(self.table._meta.fields[name], SealedField)}
        return {name: value for name, value in found.items() if value or name not in secrets}

    def _written(self, name: str) -> Any:
        column, value = self.table._meta.fields[name], getattr(self, name)
        return None if value == "" and column.null and isinstance(column, TextField) else value

    @classmethod
    def typed(cls, row: Any) -> dict[str, Any]:
        """The values that the form would have for this row, without secrets."""
        columns = cls.table._meta.fields
        shown = [name for name in cls._shared() if not isinstance(columns[name], SealedField)]
        return {name: getattr(row, name) for name in shown}


F = TypeVar("F", bound=Form)


class Draft(Generic[F]):
    """A form as it was typed: its values, and a sentence for each wrong field.

    `labels` are the label and the id of each field that a page has shown.
    `fixed` says of each field that cannot be edited where it is set.
    """

    def __init__(self, values: dict[str, Any], errors: dict[str, str], form: F | None) -> None:
        self.values = values
        self.errors = errors
        self.labels: dict[str, tuple[str, str]] = {}
        self.fixed: dict[str, str] = {}
        self._form = form

    @property
    def is_good(self) -> bool:
        return not self.errors and self._form is not None

    @property
    def form(self) -> F:
        """The form; only a good draft has one."""
        assert self._form is not None
        return self._form

    def refuse(self, name: str, sentence: str) -> None:
        """Refuses a field for a reason that only the database or an instance could tell."""
        self.errors[name] = sentence


def _sentence(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    if detail["type"] == "value_error":
        return str(context["error"])
    if len(detail["loc"]) > 1:
        return SENTENCES["literal_error"]
    if detail["type"] in ("string_too_short", "int_parsing") and not detail["input"].strip():
        return SENTENCES["missing"]
    return SENTENCES.get(detail["type"], "This cannot be used.").format(**context)


def _as_typed(value: Any) -> Any:
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, list):
        return [str(each) for each in value]
    return "" if value is None else str(value)
