"""What many people do at the same moment on several replicas."""

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import psycopg

from models.database import database
from models.database.fields import now
from models.late import late
from models.people.throttles import Throttle, key_of
from tests.conftest import PASSWORD
from tests.fakes.plain import PlainBrowser
from tests.replicas.bench import TOKEN, Bench, Figures
from tests.replicas.household import Terms
from tests.replicas.loads import settings

GUESSERS, GUESSES = 8, 25
# Seconds: passwords are hashed one at a time.
PATIENCE = 60.0


def passwords(bench: Bench, chosen: argparse.Namespace) -> Figures:
    """Wrong ones at once, over sessions of their own; and on the pages, where few get a try."""
    bench.found(Terms(queues=()))
    server = late("models.database.server").ServerDatabase(bench.address, bench.keyring)
    server.open()
    database.initialize(server)

    def guess(number: int) -> None:
        for _ in range(GUESSES):
            with database.atomic():
                Throttle.count(["name:mallory"], now() + timedelta(seconds=number))
        server.close()

    _at_once(guess, GUESSERS)
    counted = Throttle.get(Throttle.key == key_of("name:mallory")).failures
    if counted != GUESSERS * GUESSES:
        bench.violations.append(f"{GUESSERS * GUESSES} wrong passwords were counted as {counted}.")
    server.close_all()
    return {"wrong passwords": GUESSERS * GUESSES, "counted": counted} | _on_pages(bench, chosen)


def _on_pages(bench: Bench, chosen: argparse.Namespace) -> Figures:
    """All of them are refused; then the right one is as well, on every replica."""
    for _ in range(chosen.replicas):
        bench.add()
    bench.start(watched=False)

    def guess(number: int) -> list[int]:
        replica = bench.replicas[number % len(bench.replicas)]
        return [_tried(replica.address, f"wrong {number}") for _ in range(3)]

    answers = [status for each in _at_once(guess, GUESSERS) for status in each]
    right = [_tried(replica.address, PASSWORD) for replica in bench.replicas]
    if set(answers) - {422, 429} or set(right) - {422, 429}:
        bench.violations.append(f"guesses were answered {answers}, then the right one {right}.")
    (failures,) = bench.rows.ask("SELECT max(failures) FROM throttles WHERE failures < 200")[0]
    bench.stop()
    return {"tries on the pages": len(answers), "got as far as the password": failures}


def _tried(address: str, password: str) -> int:
    """The status that answered."""
    with PlainBrowser(address) as browser:
        browser.http.timeout = PATIENCE
        form = next(f for f in browser.open("/session/new").forms if f.action == "/session")
        typed = dict(form.filled(name="alice", password=password))
        headers = {"Origin": address}
        return browser.http.post("/session", data=typed, headers=headers).status_code


def administrators(bench: Bench, chosen: argparse.Namespace) -> Figures:
    """All start on an empty database; then everybody makes the first account at the same moment."""
    for _ in range(chosen.replicas):
        bench.add(**settings(chosen))
    _start_together(bench)
    ready = Barrier(chosen.replicas)

    def sign_up(number: int) -> int:
        with PlainBrowser(bench.replicas[number].address) as browser:
            browser.open("/setup").submit("/setup", setup_token=TOKEN)
            ready.wait(30)
            twice = {"password": PASSWORD, "password_again": PASSWORD}
            form = next(form for form in browser.forms if form.action == "/setup")
            typed = dict(form.filled(name=f"Alice {number}", time_zone="UTC", **twice))
            headers = {"Origin": browser.address}
            return browser.http.post("/setup", data=typed, headers=headers).status_code

    answers = _at_once(sign_up, chosen.replicas)
    people = bench.rows.count("users")
    if people != 1:
        bench.violations.append(f"{people} first administrators were made: {answers}.")
    bench.stop()
    return {"asked at once": chosen.replicas, "administrators": people, "answers": answers}


def _start_together(bench: Bench) -> None:
    """Each finds the database empty, or waits for its turn, before the first one makes a table."""
    with psycopg.connect(bench.address) as third:
        third.execute("CREATE TABLE settings ()")
        for replica in bench.replicas:
            replica.begin()
        until = time.monotonic() + PATIENCE
        while bench.rows.count("pg_locks", "NOT granted") < len(bench.replicas):
            assert time.monotonic() < until
            time.sleep(0.05)
        third.rollback()
    for replica in bench.replicas:
        replica.wait()


def _at_once(work: Callable[[int], Any], times: int) -> list[Any]:
    with ThreadPoolExecutor(times) as side_by_side:
        return list(side_by_side.map(work, range(times)))
