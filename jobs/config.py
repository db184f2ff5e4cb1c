"""The effective settings with their sources, as `python app.py config` prints them."""

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from jobs.terminal import Refused, must_exist, open_as_command
from models.database import UnusableDatabase
from models.database.encryption import UnusableSecret
from models.declared import Declared, declared, variable
from models.environment import Environment
from models.environment.faults import is_secret
from models.forms.settings import HouseForm
from models.household import Household
from models.household.fixed import fixed
from models.opening.lock import Unavailable, as_command
from models.opening.outside import FIELDS, unknown_names

DEFAULT, PAGE = "default", "settings page"
NONE = "none"


class Setting(NamedTuple):
    """`value` is as people may read it: a secret is "set"."""

    variable: str
    value: str
    source: str


def config(options: Environment) -> str:
    """A line for each setting: its variable, its value and where that comes from.

    A sentence for each name that is none follows.
    """
    settings = list(_of_environment(options, declared(FIELDS)))
    saved, why_not = _saved(options)
    settings += _of_household(saved)
    names = max(len(each.variable) for each in settings)
    values = max(len(each.value) for each in settings)
    lines = [f"{e.variable:{names}}  {e.value:{values}}  {e.source}" for e in settings]
    if why_not:
        lines.append(f"What the settings page holds cannot be told: {why_not}")
    lines += unknown_names()
    return "\n".join(lines)


def _of_environment(options: Environment, given: Mapping[str, Declared]) -> Iterator[Setting]:
    for name, field in Environment.model_fields.items():
        source = given[name].where if name in given else DEFAULT
        value = options.secret_path if name == "secret_file" else getattr(options, name)
        yield Setting(variable(name), shown(field, value), source)


def _of_household(saved: Mapping[str, Any]) -> Iterator[Setting]:
    """The settings of the household: fixed from outside, saved on the page, or the defaults."""
    for name, field in HouseForm.model_fields.items():
        usual = Household._meta.fields[name].default
        value, source = saved.get(name, usual), DEFAULT
        if name in fixed():
            value = fixed()[name].value
            source = fixed()[name].where.partition(" in ")[2]
        elif value != usual:
            source = PAGE
        yield Setting(variable(name), shown(field, value), source)


def shown(field: FieldInfo, value: Any) -> str:
    """The value as text; of a secret only that it is set, and in which file."""
    if value is None or value == "" or value == ():
        return NONE
    if isinstance(value, SecretStr):
        return "set"
    if isinstance(value, Path):
        is_there = is_secret(field) and value.exists()
        return f"set, in {value}" if is_there else str(value)
    if is_secret(field):
        return "set"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _saved(options: Environment) -> tuple[dict[str, Any], str]:
    """What the settings page holds, and a sentence where that cannot be read."""
    on_server = options.database_url_file is not None
    try:
        must_exist(options)
        with nullcontext() if on_server else as_command(options.data_dir), open_as_command(options):
            return HouseForm.typed(Household.get_by_id(1)), ""
    except (Refused, Unavailable, UnusableDatabase, UnusableSecret) as error:
        return {}, str(error)
