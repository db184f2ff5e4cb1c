"""nginx and Caddy, as the examples have them, in front of three replicas that are killed."""

import os
import re
import shutil
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from models.late import late
from tests.conftest import PASSWORD
from tests.fakes.program import ROOT, free_port
from tests.postgres.databases import SERVER
from tests.proxies.replicas import Person, Replica, database, replicas, set_up
from tests.proxies.servers import NGINX_HEAD, PLACES, started

DEPLOY = ROOT / "docs/deploy"
GLOBAL = "{{\n\tadmin off\n\tauto_https off\n\tstorage file_system {folder}/storage\n}}\n"
PAGES = ("/people", "/profile", "/queues")
LISTEN = re.compile(r"listen 443 ssl;.*?(?=\n    location)", re.DOTALL)

# Replicas start anew in it, beside other tests.
pytestmark = pytest.mark.timeout(300)


class Household:
    """Three replicas, the address of their database, and Alice, who is signed in."""

    def __init__(self, members: list[Replica], url: str, alice: Person) -> None:
        self.replicas = members
        self.url = url
        self.alice = alice

    def connect(self) -> Any:
        return late("psycopg").connect(self.url)

    def invitations(self) -> int:
        with self.connect() as there:
            return int(there.execute("SELECT count(*) FROM invitations").fetchone()[0])


@pytest.fixture(scope="module")
def household(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Household]:
    folder = tmp_path_factory.mktemp("replicas")
    name = f"vqs_replicas_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with (
        database(SERVER.rstrip("/"), name) as url,
        replicas(folder, url) as members,
        Person() as alice,
    ):
        set_up(alice, *members)
        yield Household(members, url, alice)


@pytest.fixture
def person(household: Household) -> Iterator[Person]:
    """Alice in another browser, with the same cookies."""
    with Person(household.alice.http.cookies) as made:
        yield made


@pytest.fixture(params=["nginx", "caddy"])
def name(request: pytest.FixtureRequest) -> str:
    if shutil.which(request.param, path=PLACES) is None:
        pytest.skip(f"{request.param} is not installed")
    return str(request.param)


@pytest.fixture
def site(name: str, household: Household, tmp_path: Path) -> Iterator[str]:
    """The address of the proxy, with all three behind it."""
    port = free_port()
    text = _configuration(name, port, tmp_path)
    for number, each in enumerate(household.replicas, 1):
        text = text.replace(f"replica-{number}:7337", f"127.0.0.1:{each.port}")
        each.wait()
    address = f"http://127.0.0.1:{port}"
    with started(name, text, tmp_path, address):
        yield address


def _configuration(name: str, port: int, folder: Path) -> str:
    """The example of docs/deploy, without TLS, at this port."""
    if name == "nginx":
        example = LISTEN.sub(f"listen 127.0.0.1:{port};\n", (DEPLOY / "nginx.conf").read_text())
        return NGINX_HEAD.format(folder=folder) + example + "}\n"
    example = (DEPLOY / "Caddyfile").read_text()
    return GLOBAL.format(folder=folder) + example.replace("{$SITE}", f"http://127.0.0.1:{port}")


def test_who_signs_in_through_it_is_signed_in_on_all(
    site: str, household: Household, person: Person
) -> None:
    person.http.cookies.clear()
    alice = person
    token = alice.token(f"{site}/session/new")
    answer = alice.post(f"{site}/session", token, name="Alice", password=PASSWORD)
    assert answer.status_code == 303, answer.text
    through = [alice.get(f"{site}{path}").status_code for path in PAGES * 3]
    straight = [alice.get(f"{each.address}/people").status_code for each in household.replicas]
    assert through == [200] * 9
    assert straight == [200] * 3
    token = alice.token(f"{site}/profile")
    assert alice.post(f"{site}/session", token, _method="DELETE").status_code == 303
    straight = [alice.get(f"{each.address}/people").status_code for each in household.replicas]
    assert straight == [303] * 3


def test_forms_arrive_whichever_replica_made_them(site: str, household: Household) -> None:
    before, alice = household.invitations(), household.alice
    for _ in range(6):
        token = alice.token(f"{site}/people")
        answer = alice.post(f"{site}/people/invitations", token, role="viewer", name="")
        assert answer.status_code == 201, answer.text
    assert household.invitations() == before + 6
    for each, other in zip(household.replicas, reversed(household.replicas), strict=True):
        token = alice.token(f"{each.address}/people")
        form = {"role": "viewer", "name": ""}
        answer = alice.post(f"{other.address}/people/invitations", token, **form)
        assert answer.status_code == 201, answer.text


def test_the_replicas_take_no_more_connections_than_documented(
    site: str, household: Household, person: Person
) -> None:
    said = re.search(r"connections = (\d+) x", (ROOT / "docs/how-to/postgresql.md").read_text())
    assert said
    with ThreadPoolExecutor(40) as pool:
        asked = [pool.submit(person.get, f"{site}{path}") for path in PAGES * 30]
    assert {each.result().status_code for each in asked} == {200}
    with household.connect() as there:
        query = "SELECT count(*) - 1 FROM pg_stat_activity WHERE datname = current_database()"
        (there_are,) = there.execute(query).fetchone()
    assert there_are <= 3 * int(said[1])


def test_pages_are_there_while_one_after_the_other_is_killed(
    site: str, household: Household, person: Person
) -> None:
    """Only a page whose first half is there already cannot be had from another replica."""
    over, bad, cut = threading.Event(), [], []

    def read() -> int:
        asked = 0
        while not over.is_set():
            asked += 1
            try:
                status = person.get(f"{site}{PAGES[asked % len(PAGES)]}").status_code
            except httpx.RemoteProtocolError as error:
                cut.append(error)
            else:
                bad.extend([status] * (status != 200))
        return asked

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        try:
            for each in household.replicas:
                each.kill()
                time.sleep(0.5)
                each.start()
                each.wait()
        finally:
            over.set()
        seen = sum(reader.result() for reader in readers)
    assert bad == []
    # One for each reader, at each kill.
    assert len(cut) <= 9
    assert seen > 50


def test_a_form_in_flight_when_its_replica_is_killed_is_not_sent_to_another(
    site: str, household: Household, person: Person
) -> None:
    before = household.invitations()
    token = person.token(f"{site}/people")
    with ThreadPoolExecutor(3) as pool, household.connect() as there:
        there.execute("LOCK TABLE invitations IN EXCLUSIVE MODE")
        sent = [pool.submit(_invite, person, site, token) for _ in range(3)]
        _wait_for_waiters(household, 3)
        household.replicas[0].kill()
        # Time in which a proxy that sends it again would do so.
        time.sleep(1.5)
        there.rollback()
        answers = sorted(each.result() for each in sent)
    household.replicas[0].start()
    assert answers == [201, 201, 502]
    assert household.invitations() == before + 2


def _invite(person: Person, site: str, token: str) -> int:
    try:
        address = f"{site}/people/invitations"
        return person.post(address, token, role="viewer", name="").status_code
    except httpx.TransportError:
        return 0


def _wait_for_waiters(household: Household, number: int) -> None:
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    until = time.monotonic() + 20
    with household.connect() as there:
        there.autocommit = True
        while there.execute(query).fetchone()[0] < number:
            assert time.monotonic() < until, "the forms did not arrive"
            time.sleep(0.05)


def test_forms_sent_while_one_is_killed_again_and_again_count_once(
    site: str, household: Household, person: Person
) -> None:
    before, over, answers = household.invitations(), threading.Event(), []
    token = person.token(f"{site}/people")

    def send() -> None:
        for _ in range(12):
            if over.is_set():
                return
            answers.append(_invite(person, site, token))
            time.sleep(0.25)

    sender = threading.Thread(target=send)
    sender.start()
    try:
        for each in household.replicas[:2]:
            each.kill()
            time.sleep(0.3)
            each.start()
            each.wait()
        sender.join()
    finally:
        over.set()
    good, unknown = answers.count(201), sum(status in (0, 502) for status in answers)
    assert good + unknown == 12, answers
    assert unknown <= 2, answers
    assert good <= household.invitations() - before <= good + unknown
