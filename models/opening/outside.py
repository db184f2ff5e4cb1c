"""Reads everything that is declared outside the program, before anything is opened."""

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import ConfigDict, ValidationError
from pydantic.fields import FieldInfo

from models.declared import Declared, declared, variable
from models.environment import Environment, UnusableEnvironment
from models.environment import faults as told
from models.files.declared import (
    DeclaredFile,
    apply_declared,
    declared_household,
    load,
    use,
)
from models.files.reading import UnreadableFile
from models.forms.settings import HouseForm
from models.household.fixed import Fixed, fix
from models.opening.user import faults_of


class Partly(HouseForm):
    """The household's settings, of which each is checked as it is filled in."""

    model_config = ConfigDict(validate_assignment=True)


FIELDS: dict[str, FieldInfo] = {**Environment.model_fields, **HouseForm.model_fields}


def load_environment() -> Environment:
    """Reads the settings, and fixes those of the household that are among them.

    Raises UnusableEnvironment, with a line for each unusable setting, and for each name that is no
    setting, as it may be meant for one that is missing.
    """
    given = declared(FIELDS)
    faults = [told.unreadable(name, each) for name, each in given.items() if each.fault]
    options = None
    try:
        options = Environment()
    except ValidationError as error:
        faults += _sentences(error, given)
    file, of_file, wrong = _of_file(options)
    household, theirs = _household(given)
    faults += [*wrong, *theirs, *faults_of(os.environ)]
    if options is None or faults:
        raise UnusableEnvironment("\n".join([*faults, *unknown_names()]))
    use(file)
    fix(of_file | household)
    return options


def apply_file(at: datetime) -> None:
    """Writes what the file of VQS_CONFIG_FILE declares. Raises UnusableEnvironment."""
    try:
        apply_declared(at)
    except UnreadableFile as error:
        raise UnusableEnvironment("\n".join(map(_of_the_file, error.faults))) from None


def unknown_names() -> list[str]:
    """A sentence for each variable of the environment that looks like a setting and is none."""
    return told.unknown_names(os.environ, FIELDS)


def _household(given: Mapping[str, Declared]) -> tuple[dict[str, Fixed], list[str]]:
    """The settings of the household that are fixed, and a sentence for each that cannot be used."""
    partly, fixed, faults = Partly.model_construct(), {}, []
    for name in HouseForm.model_fields:
        each = given.get(name)
        if each is None or each.fault:
            continue
        try:
            setattr(partly, name, each.text)
        except ValidationError as error:
            faults += _sentences(error, given)
        else:
            fixed[name] = Fixed(getattr(partly, name), f"{variable(name)} in {each.where}")
    return fixed, faults


def _of_file(
    options: Environment | None,
) -> tuple[DeclaredFile | None, dict[str, Fixed], list[str]]:
    """The file, the settings of the household that it fixes, and its faults."""
    if options is None or options.config_file is None:
        return None, {}, []
    faults: list[str] = []
    try:
        file = load(options.config_file)
    except UnreadableFile as error:
        faults = [_of_the_file(each) for each in error.faults]
        if error.rest is None:
            return None, {}, faults
        file = DeclaredFile(options.config_file, error.rest)
    partly, fixed = Partly.model_construct(), {}
    for name, (text, where) in declared_household(file).items():
        try:
            setattr(partly, name, text)
        except ValidationError as error:
            told_of = Declared(text)
            said = [told.sentence(each, FIELDS, told_of) for each in error.errors()]
            faults += [
                _of_the_file(each.replace(variable(name), f"household.{name}", 1)) for each in said
            ]
        else:
            fixed[name] = Fixed(getattr(partly, name), where)
    return file, fixed, faults


def _of_the_file(fault: object) -> str:
    return f"VQS_CONFIG_FILE: {fault}"


def _sentences(error: ValidationError, given: Mapping[str, Declared]) -> list[str]:
    def of(detail: Any) -> Declared | None:
        return given.get(str(detail["loc"][0])) if detail["loc"] else None

    return [told.sentence(detail, FIELDS, of(detail)) for detail in error.errors()]
