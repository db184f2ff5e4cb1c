"""Where tests find the *arr contract folder, and how they hold a reply against it."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

CONTRACT = "ARR_CONTRACT_DIR"


def contract_dir() -> Path:
    """The folder that ARR_CONTRACT_DIR names; without one the test is skipped, in CI it fails."""
    named = os.environ.get(CONTRACT, "")
    if named and (Path(named) / "openapi").is_dir():
        return Path(named)
    reason = f"{CONTRACT} does not name the *arr contract folder"
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(reason)
    pytest.skip(reason)


def recorded(name: str) -> Any:
    """A recorded reply, by its path below `recorded/`."""
    return json.loads((contract_dir() / "recorded" / name).read_text())


def contract_document(document: str) -> Any:
    """An OpenAPI document, by its file's stem."""
    return _document(contract_dir(), document)


def faults(document: str, path: str, reply: Any, method: str = "get") -> list[str]:
    """The objections of an OpenAPI document (by its file's stem) to a reply to that path."""
    validator = _validator(contract_dir(), document, path, method)
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(reply)]


@cache
def _validator(folder: Path, document: str, path: str, method: str) -> Draft202012Validator:
    schemas = _document(folder, document)
    content = schemas["paths"][path][method]["responses"]["200"]["content"]
    schema = content.get("application/json") or next(iter(content.values()))
    root = {"components": schemas["components"], **schema["schema"]}
    return Draft202012Validator(root, format_checker=Draft202012Validator.FORMAT_CHECKER)


@cache
def _document(folder: Path, document: str) -> Any:
    loaded = json.loads((folder / "openapi" / f"{document}.json").read_text())
    schemas = loaded["components"]["schemas"]
    # The document says object, but the servers write the address as a string.
    schemas["HttpUri"] = {"type": "string"}
    # The documents know only the base of all commands; each one adds its own properties.
    schemas["Command"].pop("additionalProperties", None)
    return _nullable(loaded)


def _nullable(node: Any) -> Any:
    """OpenAPI's `nullable` in the words of JSON Schema."""
    if isinstance(node, list):
        return [_nullable(each) for each in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _nullable(value) for key, value in node.items() if key != "nullable"}
    if node.get("nullable") is True and isinstance(plain.get("type"), str):
        plain["type"] = [plain["type"], "null"]
    return plain
