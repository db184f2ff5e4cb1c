"""Our own columns (moments, encrypted texts, named things), and the base of every table."""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from peewee import (
    SQL,
    AutoField,
    BigIntegerField,
    Context,
    FieldAccessor,
    Model,
    NodeList,
    TextField,
)

from models.database import database
from models.database.selects import Select

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
# A moment of the server's clock, and the same moment by this process's monotonic clock.
_followed: tuple[datetime, float] | None = None


class Named(Protocol):
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)


def to_ms(moment: datetime) -> int:
    """Epoch milliseconds, UTC."""
    return (moment - EPOCH) // MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    return EPOCH + milliseconds * MILLISECOND


def ms_or_none(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)


def moment_or_none(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_ms(milliseconds)


def now() -> datetime:
    """Now, by this machine's clock, or by the database server's."""
    if _followed is None:
        return datetime.now(UTC)
    moment, at = _followed
    return moment + timedelta(seconds=time.monotonic() - at)


def follow(moment: datetime | None, at: float = 0.0) -> None:
    """Counts time from `moment`, which was at `at` of the monotonic clock; None ends that.

    Otherwise replicas would keep budgets and spacing by clocks that differ.
    """
    global _followed
    _followed = None if moment is None else (moment, at)


class UtcField(BigIntegerField):
    """A moment: epoch milliseconds UTC in the database, an aware datetime in Python."""

    if TYPE_CHECKING:

        def __get__(self, row: Any, table: Any) -> Any: ...

    def db_value(self, value: datetime | int | None) -> int | None:
        return to_ms(value) if isinstance(value, datetime) else value

    def python_value(self, value: int | None) -> datetime | None:
        return None if value is None else from_ms(value)


class Sealed:
    """An encrypted text; only `reveal` shows it."""

    def __init__(self, purpose: str, token: str) -> None:
        self.purpose = purpose
        self.token = token

    @classmethod
    def of(cls, purpose: str, text: str) -> "Sealed":
        return cls(purpose, database.keyring.fernet(purpose).encrypt(text.encode()).decode())

    def reveal(self) -> str:
        return database.keyring.fernet(self.purpose).decrypt(self.token.encode()).decode()

    def __repr__(self) -> str:
        return "Sealed(...)"


class SealedAccessor(FieldAccessor):
    """Encrypts a plain text as soon as it is assigned."""

    def __set__(self, instance: Model, value: str | Sealed | None) -> None:
        sealed = Sealed.of(self.field.purpose, value) if isinstance(value, str) else value
        super().__set__(instance, sealed)


class SealedField(TextField):
    """A text that is encrypted a second time (Fernet), with a key for this purpose alone."""

    accessor_class = SealedAccessor

    def __init__(self, purpose: str, **options: Any) -> None:
        self.purpose = purpose
        super().__init__(**options)

    def db_value(self, value: str | Sealed | None) -> str | None:
        if isinstance(value, str):
            value = Sealed.of(self.purpose, value)
        return value.token if value else None

    def python_value(self, value: str | None) -> Sealed | None:
        return None if value is None else Sealed(self.purpose, value)


class NamedAccessor(FieldAccessor):
    """Turns the name in the row into the named thing when it is read."""

    def __get__(self, instance: Model | None, instance_type: type[Model] | None = None) -> Any:
        name = super().__get__(instance, instance_type)
        return self.field.named(name) if isinstance(name, str) else name

    def __set__(self, instance: Model, value: Any) -> None:
        super().__set__(instance, self.field.db_value(value))


class NamedField(TextField, Generic[T]):
    """A column for one of a few named things: it stores the `name`, `named` finds the thing."""

    accessor_class = NamedAccessor

    if TYPE_CHECKING:

        def __get__(self, row: Any, table: Any) -> T: ...

        def __set__(self, row: Any, value: T | str) -> None: ...

    def __init__(self, named: Callable[[str], T], **options: Any) -> None:
        self.named = named
        super().__init__(**options)

    def db_value(self, value: T | str | None) -> str | None:
        return value if value is None or isinstance(value, str) else value.name


class NumberField(AutoField):
    """An id that is never used twice: SQLite would give a deleted queue's id to the next one."""

    if TYPE_CHECKING:

        def __get__(self, row: Any, table: Any) -> Any: ...

    def ddl(self, ctx: Context) -> NodeList:
        return NodeList((super().ddl(ctx), SQL(self.model._meta.database.never_again)))


class Table(Model):
    """The base of every table."""

    id = NumberField()

    class Meta:
        database = database
        legacy_table_names = False

    @classmethod
    def select(cls, *columns: Any) -> Select:
        return Select(cls, columns or cls._meta.sorted_fields, is_default=not columns)

    def change(self, **values: Any) -> bool:
        """Writes only these columns of this row; False when the row is gone."""
        for name, value in values.items():
            setattr(self, name, value)
        return bool(self.save(only=list(values)))


def chunks(rows: list[Any], size: int) -> Iterable[list[Any]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
