"""S43: whatever a library raises at what an instance sent is a fault on the instance's row."""

import ast
import re
from pathlib import Path

import pytest

from jobs.arr import Door, Fault, Target, connect
from jobs.net.questions import Address
from models.addresses import host
from models.instances import Instance
from models.instances.addresses import normalise
from tests.fakes.browser import Browser
from tests.jobs.net.raw import KEY, Serve, ToClient, reply
from tests.models.hosts import BAD_HOSTS, GOOD_HOSTS
from tests.trees import nodes
from tests.views.typed import instance_fields

ROOT = Path(__file__).parent.parent.parent
RAW = {"h11", "h2", "hpack", "httpcore", "httpx", "idna", "socket", "ssl"}
# What is opened for visitors, what asks the program itself, and a codec of names for forms.
BESIDE_THE_DOOR = {
    "views/web/serving.py": {"socket"},
    "views/web/tls.py": {"ssl"},
    "jobs/probe.py": {"ssl"},
    "models/addresses.py": {"idna"},
}

LOCATIONS = [
    "http://\U0001f600.example/",
    "http://xn--e28h.example/",
    "http://xn--zzzzzz--/",
    "http://[::1",
    "http://[fe80::1%25eth0]/",
    "http://[nonsense]/",
    "http://tv:99999999/",
    "http://tv:port/",
    "http://tv:-1/",
    "http://1.2.3.999/",
    "http://" + "a" * 300 + "/",
    "http://" + "ü." * 400,
    "http://" + "\u0301" * 300,
    "http:" + "/" * 1_900,
    "http:///nothing",
    "//",
    "//@:@:@",
    "http://a@b@c:d@e/",
    "data:text/html,hello",
    "javascript:alert(1)",
    "\x01\x02://tv/",
    "http://tv/\x7f\x80",
    "http://tv/%zz%",
    "?",
    "#",
    "\xff\xfe",
    "http://" + "😀" * 400,
    "/" + "x" * 60_000,
    "http://tv/?" + "&a=b" * 10_000,
]


@pytest.mark.parametrize("location", LOCATIONS, ids=range(len(LOCATIONS)))
@pytest.mark.parametrize("status", [301, 307])
async def test_no_location_is_more_than_a_fault(
    location: str, status: int, serve: Serve, client_of: ToClient
) -> None:
    answer = reply(status=status).replace(b"\r\n\r\n", b"\r\nLocation: @\r\n\r\n")
    server = await serve(answer.replace(b"@", location.encode(), 1))
    with pytest.raises(Fault) as caught:
        await client_of(server.url).status()
    assert caught.value.code in ("redirect", "sign_in_page", "reset", "not_arr")
    assert len(caught.value.sentence) < 500


@pytest.mark.parametrize("name", GOOD_HOSTS)
async def test_a_host_that_the_form_takes_is_one_that_the_client_can_ask(name: str) -> None:
    kept = GOOD_HOSTS[name]
    shown = f"[{kept}]" if ":" in kept else kept
    address = normalise(f"http://{name}:8989")
    assert address == f"http://{shown}:8989"
    assert host(name.strip("[]")) == kept
    assert Address.of(address).host == kept
    # Nothing listens on port 1 of any of them: what is said is about a network, not an address.
    client = connect(Door(None, "VQS/0 test", {}), Target("sonarr", f"http://{shown}:1", KEY))
    sender = client._api._connection._client
    assert sender is not None
    request = sender.build_request("GET", address)
    assert request.url.host
    await client.close()


@pytest.mark.parametrize("name", BAD_HOSTS, ids=range(len(BAD_HOSTS)))
async def test_a_host_that_the_form_refuses_is_refused_by_the_client(name: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+\.$"):
        normalise(f"http://{name}:8989")
    client = connect(Door(None, "VQS/0 test", {}), Target("sonarr", f"http://{name}:8989", KEY))
    with pytest.raises(Fault) as caught:
        await client.status()
    assert caught.value.code == "blocked_address"
    assert not caught.value.may_have_arrived


async def test_a_host_that_cannot_be_has_its_sentence_beside_the_field(alices: Browser) -> None:
    for name in BAD_HOSTS:
        typed = instance_fields(f"http://{name}:8989")
        for path in ("/checks", "/instances"):
            answer = await alices.post(path, **typed)
            assert answer.status_code == 422, (name, path)
            assert 'class="field-error" id="f-url-error"' in answer.text, (name, path)
    assert Instance.select().count() == 0


def test_only_the_door_imports_what_opens_connections() -> None:
    found: dict[str, set[str]] = {}
    for path in [
        ROOT / "app.py",
        *(p for layer in ("models", "jobs", "views") for p in (ROOT / layer).rglob("*.py")),
    ]:
        name = path.relative_to(ROOT).as_posix()
        if raw := _imported(path) & RAW:
            found[name] = raw
    outside = {name: raw for name, raw in found.items() if not name.startswith("jobs/net/")}
    assert outside == BESIDE_THE_DOOR


def test_the_door_knows_no_application() -> None:
    """Other code that uses the network goes through the door as well."""
    for path in (ROOT / "jobs" / "net").glob("*.py"):
        text = path.read_text()
        assert not re.search(r"sonarr|radarr|api/v3|x-api-key|\{Application\}", text, re.I), path
        ours = {name for name in _imported(path, whole=True) if name.startswith(("jobs", "models"))}
        assert {n for n in ours if not n.startswith("jobs.net")} <= {"models.addresses"}, path


def _imported(path: Path, *, whole: bool = False) -> set[str]:
    names = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names if whole else {name.partition(".")[0] for name in names}
