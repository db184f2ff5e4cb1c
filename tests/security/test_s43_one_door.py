"""S43: whatever a library raises at what an instance sent is a fault on the instance's row."""

import pytest

from jobs.arr import Fault, Target, Transport, connect
from jobs.net.targets import place
from models.instances import Instance
from models.instances.addresses import host, normalise
from tests.fakes.browser import Browser
from tests.jobs.net.raw import KEY, Serve, ToClient, reply
from tests.models.hosts import BAD_HOSTS, GOOD_HOSTS
from tests.views.typed import instance_fields

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
    target = Target("sonarr", address, KEY)
    assert place(target, {}).host == kept
    # Nothing listens on port 1 of any of them: what is said is about a network, not an address.
    client = connect(Transport(None, "VQS/0 test", {}), target._replace(url=f"http://{shown}:1"))
    request = client._connection._client.build_request("GET", address)  # type: ignore[union-attr]
    assert request.url.host
    await client.close()


@pytest.mark.parametrize("name", BAD_HOSTS, ids=range(len(BAD_HOSTS)))
async def test_a_host_that_the_form_refuses_is_refused_by_the_client(name: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+\.$"):
        normalise(f"http://{name}:8989")
    client = connect(
        Transport(None, "VQS/0 test", {}), Target("sonarr", f"http://{name}:8989", KEY)
    )
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
