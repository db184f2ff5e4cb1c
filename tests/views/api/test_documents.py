"""The document of the API and the pages about it are true and complete."""

import re
import shlex

from jsonschema import Draft202012Validator

from models.people import User
from models.queues import Queue
from tests.docs.pages import rows, section, text
from tests.fakes.browser import Browser
from tests.programs import Program
from views.api.declared import BY_GROUP, ENDPOINTS
from views.api.openapi import plain
from views.api.page import operations, specification

GUIDE = "docs/how-to/api.md"
WORDS = {"totals": "numbers only", "read": "reading", "write": "reading and changing"}
BASE = "http://localhost:7337/api/v1"


def test_the_guide_names_every_address_and_no_other() -> None:
    said = {tuple(row) for row in rows(section(GUIDE, "All addresses"))[2:]}
    assert said == {
        (f"{each.method} /api/v1{plain(each.path)}", WORDS[each.scope], each.role)
        for each in ENDPOINTS
    }


async def test_the_examples_of_the_guide_work(
    alices_program: Program, furnished: dict[str, object]
) -> None:
    blocks = re.findall(r"```bash\n(.+?)```", text(GUIDE), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    assert len(lines) > 10
    # There it is the queue that was just made.
    Queue.update(started_at=None).where(Queue.id == 1).execute()
    for line in lines:
        method, path, headers, body = _read(line)
        answer = await alices_program.ask(method, path, headers=headers, content=body)
        assert answer.status_code < 300, (line, answer.text)


def _read(line: str) -> tuple[str, str, dict[str, str], str | None]:
    words = iter(shlex.split(line)[1:])
    method, path, headers, body = "", "", {}, None
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            if "$KEY" not in value:
                headers[name] = value
            else:
                assert (name, value) in (("X-Api-Key", "$KEY"), ("Authorization", "Bearer $KEY"))
        elif word == "--json":
            body = next(words)
            headers["Content-Type"] = "application/json"
        else:
            assert word.startswith(BASE), line
            path = word.removeprefix(BASE)
    return method or ("GET" if body is None else "POST"), path, headers, body


def test_the_document_is_sound() -> None:
    """Every reference leads somewhere, and every schema is one."""
    told = specification()
    assert told["openapi"] == "3.1.0"
    names = set(told["components"]["schemas"])
    references = set(re.findall(r"'\$ref': '#/components/schemas/(\w+)'", str(told)))
    assert references <= names
    assert not [name for name in names if "Answer" in name or "[" in name]
    for schema in told["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    known = {each["operationId"] for one in told["paths"].values() for each in one.values()}
    assert known == {each.name for each in ENDPOINTS}
    assert "key" not in told["components"]["schemas"]["Instance"]["properties"]


async def test_the_page_shows_every_endpoint(alices: Browser, alice: User) -> None:
    page = await alices.get("/api")
    assert all(title in page.text for title in BY_GROUP)
    for each in operations():
        assert f'href="/api?read={each.name}"' in page.text
        shown = (await alices.get(f"/api?read={each.name}")).text
        for field in (*each.parameters, *each.body, *each.objects):
            assert f"{field.name}" in shown, (each.name, field.name)
    assert (await alices.get("/api?read=nothing")).status_code == 404


async def test_a_program_reads_the_document(alices_program: Program) -> None:
    assert await alices_program.get("/openapi.json") == specification()
