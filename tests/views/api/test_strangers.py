"""Whatever a program sends, no answer is an error of ours, and each one is as documented.

Schemathesis makes requests from the OpenAPI document, right ones and wrong ones. They are the
same each time.
"""

import itertools
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from jobs.engine import Engine
from models.people import User
from tests.fakes.browser import ADDRESS, Browser
from tests.programs import Program, conforms
from tests.views.typed import settled
from views.api.page import specification

pytestmark = pytest.mark.api

EXAMPLES = 60
# The keys are ours: what else stands in their headers is no fault of the request.
SCHEMA = schemathesis.openapi.from_dict({**specification(), "security": []})
OPERATIONS: list[APIOperation] = [each.ok() for each in SCHEMA.get_all_operations()]
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
# Who asks: the name of a person, and what the key is for.
ASKING = [
    *itertools.product(("Alice",), ("write", "write", "read", "totals")),
    *itertools.product(("Bob", "Vera"), ("write", "totals")),
    ("nobody", ""),
]


@pytest.fixture
def programs(
    unhurried: Browser, furnished: dict[str, object], alice: User, bob: User, vera: User
) -> dict[tuple[str, str], Program]:
    people = {"Alice": alice, "Bob": bob, "Vera": vera}
    return {
        (name, scope): Program(unhurried.app, people.get(name), scope) for name, scope in ASKING
    }


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.label)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
async def test_every_answer_is_as_documented(
    operation: APIOperation,
    programs: dict[tuple[str, str], Program],
    engine: Engine,
    data: st.DataObject,
) -> None:
    who = programs[data.draw(st.sampled_from(ASKING))]
    mode = data.draw(st.sampled_from(list(GenerationMode)))
    is_there = "{id}" in operation.path and data.draw(st.booleans())
    given_path = {"path_parameters": {"id": 1}} if is_there else {}
    case = data.draw(operation.as_strategy(mode, **given_path))
    answer = await who.http.send(_request(who, case))
    conforms(answer)
    case.validate_response(answer, checks=CHECKS)
    await settled(engine)


def _request(who: Program, case: Any) -> httpx.Request:
    """The request of the case with the program's own key, where one can be written at all."""
    told = case.as_transport_kwargs(base_url=ADDRESS)
    kept = {name: told.get(name) for name in ("params", "json", "data", "content") if name in told}
    body = kept.pop("data", None)
    if isinstance(body, str | bytes):
        kept["content"] = body
    elif body is not None:
        kept["data"] = body
    headers = {**told["headers"], **who.http.headers}
    try:
        return who.http.build_request(told["method"], told["url"], headers=headers, **kept)
    except (UnicodeError, TypeError, httpx.InvalidURL):
        assume(False)
        raise
