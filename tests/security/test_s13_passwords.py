"""S13: long, not common, any characters, hashed with Argon2id over a pepper; said nowhere."""

import gzip
import hashlib
import logging

import pytest
from argon2 import PasswordHasher

from models import people
from models.household import Household
from models.people import User, hash_password, password_fits
from models.people.passwords import COMMON, LIST, OWN_NAME, PRODUCT_NAME, SIMPLE, hint, objection
from tests.conftest import PASSWORD, SETUP_TOKEN
from tests.fakes.browser import Browser

LIST_SHA256 = "3c1baed62596de36860824eb3f436d5932d37ca8b06e59df78f5a44ec175afe4"
ACCOUNT = {"name": "Alice", "time_zone": "UTC"}
FIRST = ACCOUNT | {"setup_token": SETUP_TOKEN}
SECRET = "a zebra under 7 umbrellas"


def _twice(password: str) -> dict[str, str]:
    return {"password": password, "password_again": password}


def test_the_list_is_the_one_whose_origin_is_written_beside_it() -> None:
    body = LIST.read_bytes()
    assert hashlib.sha256(body).hexdigest() == LIST_SHA256
    assert len(gzip.decompress(body).splitlines()) > 19_000
    assert "BSD" in LIST.with_name("README.md").read_text()
    assert "Redistribution" in LIST.with_name("LICENSE").read_text()


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "PASSWORD1234",
        "administrator",
        "1q2w3e4r5t6y",
        "Password2024!!",
        "2024-Password!",
        "P@ssw0rd2024",
        "p455w0rd!!!!",
        "l3tm31n12345",
        "ch0c0l@t32024",
        "foo7ba112024",
        "5un5h1n3-2024",
        "qwertyuiopas",
        "pass word 1234",
        "iloveyou.....",
        "  sunshine  1",
    ],
)
def test_a_common_one_is_refused_in_its_usual_disguises_too(password: str) -> None:
    assert objection(password) == COMMON


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaa",
        "abababababab",
        "123456789012",
        "abcdefghijkl",
        "zyxwvutsrqpo",
        "rexirexirexi",
    ],
)
def test_one_that_only_repeats_or_counts_is_refused(password: str) -> None:
    assert objection(password) == SIMPLE


@pytest.mark.parametrize("password", ["Zoë Müller 1", "müller-zoë-24", "ZOËZOËmüller"])
def test_one_s_own_name_is_not_enough(password: str) -> None:
    assert objection(password, "Zoë Müller") in (OWN_NAME, SIMPLE)
    assert objection("mueller-zoe-1 and a long walk", "Zoë Müller") is None


@pytest.mark.parametrize("password", ["searcharr2024", "Vibe-Quality-Searcharr", "sonarr&radarr"])
def test_nor_is_the_name_of_the_program(password: str) -> None:
    assert objection(password) == PRODUCT_NAME


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "correct horse battery staple",
        "847362910475",
        "x7!92_4417#88%42",
        "ключ от старого сарая",
        "🦓🌂🚲🧀🎻🪁🦔🍋🧭🪵🐙🫖",
        "a\tb c'\"<&>;--\\ d%",
        "ALL UPPER CASE WORDS",
        "nodigitsnosigns in it",
    ],
)
async def test_any_characters_will_do_and_no_kind_is_demanded(
    password: str, browser: Browser
) -> None:
    assert objection(password, "Alice") is None
    answer = await browser.post("/setup", follow=False, **FIRST, **_twice(password))
    assert answer.status_code == 303
    async with Browser(browser.app) as other:
        assert (await other.sign_in("Alice", password)).url.path != "/session"


@pytest.mark.parametrize(("length", "status"), [(11, 422), (12, 303), (128, 303), (129, 422)])
async def test_twelve_to_128_characters(length: int, status: int, browser: Browser) -> None:
    password = (SECRET * 9)[:length] if length > 20 else "zq 7!kxw5?vb"[:length]
    answer = await browser.post("/setup", follow=False, **FIRST, **_twice(password))
    assert answer.status_code == status
    assert User.select().exists() == (status == 303)


@pytest.mark.parametrize("weak", ["password1234", "Alice 2024 !", "short"])
async def test_each_form_that_takes_a_new_one_refuses_a_weak_one(
    weak: str, alices: Browser, browser: Browser
) -> None:
    made = await alices.post("/people/invitations", name="Alice", role="member")
    link = made.text.partition("/invitations/")[2].partition('"')[0]
    tries = [
        await browser.post(f"/invitations/{link}", **ACCOUNT, **_twice(weak)),
        await alices.post("/password", method="PATCH", own_password=PASSWORD, **_twice(weak)),
    ]
    User.delete().execute()
    tries.append(await browser.post("/setup", **FIRST, **_twice(weak)))
    for answer in tries:
        assert answer.status_code == 422
        assert 'id="f-password-error"' in answer.text
        assert f'value="{weak}"' not in answer.text


def test_it_is_argon2id_over_a_pepper(db: object) -> None:
    made = hash_password(Household.current(), SECRET)
    assert made.startswith("$argon2id$")
    with pytest.raises(Exception, match="match"):
        people.HASHER.verify(made, SECRET)
    assert password_fits(Household.current(), SECRET, made)
    other = Household(pepper="00" * 32)
    assert not password_fits(other, SECRET, made)


def test_the_parameters_are_not_below_rfc_9106_s_second_choice() -> None:
    """64 MiB and three passes; the tests themselves hash with less."""
    nobody = "$argon2id$v=19$m=65536,t=3,p=4$"
    source = (LIST.parent.parent / "__init__.py").read_text()
    assert "time_cost=3, memory_cost=64 * 1024, parallelism=4" in source
    assert nobody in source


async def test_a_hash_of_earlier_parameters_is_made_again_at_the_next_sign_in(
    browser: Browser, alice: User
) -> None:
    weaker = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    old = weaker.hash(Household.current().peppered(PASSWORD))
    alice.change(password_hash=old)
    await browser.sign_in("alice", "something else entirely")
    assert User.get_by_id(alice.id).password_hash == old
    await browser.sign_in("alice", PASSWORD)
    renewed = User.get_by_id(alice.id).password_hash
    assert renewed != old
    assert not people.is_outdated(renewed)
    assert password_fits(Household.current(), PASSWORD, renewed)


@pytest.mark.parametrize("password", [SECRET, SECRET[:5], "password1234", "x" * 2000, "<b>" * 9])
async def test_the_hint_says_nothing_of_what_was_typed(
    password: str, browser: Browser, alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = await browser.post("/password/hint", htmx=True, name="Zoë", password=password)
    assert answer.status_code == 200
    assert password not in answer.text
    assert password not in caplog.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.count("<p ") == 1


async def test_the_hint_is_never_asked_for_in_an_address(browser: Browser, alice: User) -> None:
    answer = await browser.http.get("/password/hint", params={"password": SECRET})
    assert answer.status_code == 405
    assert SECRET not in answer.text


def test_the_hint_promises_nothing() -> None:
    assert hint("") == hint("", "Alice")
    assert hint("elevenchars").sentence == "1 more character."
    assert hint("x" * 130).tone == "refused"
    assert hint("password1234").sentence == COMMON
    assert hint("zq 7!kxw5?vb").tone == "good"
    for typed in ("zq 7!kxw5?vb", SECRET):
        assert "can be used" in hint(typed).sentence
        assert "strong" not in hint(typed).sentence
