"""The file of VQS_CONFIG_FILE: it holds from the start on, and nobody edits what it declares."""

import re
from pathlib import Path

import pytest

from jobs.config import config
from models.database.fields import now
from models.environment import UnusableEnvironment
from models.files.declared import current
from models.household import Household
from models.instances import Instance
from models.instances.proxies import Credentials
from models.notifications import NoticeTarget
from models.opening.outside import load_environment
from models.people import User
from models.prowlarrs import Prowlarr
from models.queues import Queue
from tests.docs.pages import example
from tests.fakes.browser import Browser
from tests.programs import API, Program
from tests.views.conftest import KEY, Declare

TOML = """
format = 1

[household]
hourly_budget = 44

[[instances]]
name = "Living room"
application = "sonarr"
url = "http://192.168.77.2:8989"
api_key_file = "sonarr.key"
hourly_budget = 7
enabled = true

[[queues]]
name = "Nights"
instances = ["Living room"]
kind = "daily"
times = "03:00"
time_zone = "Europe/Berlin"
state = "running"
"""


def refusal(declare: Declare, text: str) -> str:
    with pytest.raises(UnusableEnvironment) as caught:
        declare(text)
    return str(caught.value)


def test_what_a_file_declares_holds_from_the_start_on(alice: User, declare: Declare) -> None:
    declare(TOML)
    made, queue = Instance.get(), Queue.get()
    assert Household.current().hourly_budget == 44
    assert (made.name, made.hourly_budget, made.api_key.reveal()) == ("Living room", 7, KEY)
    assert made.disabled_at is None
    assert queue.owner == alice and queue.instances == [made]
    assert queue.due_at > now()


def test_the_example_of_the_document_can_be_declared(alice: User, declare: Declare) -> None:
    text = example("docs/how-to/settings-as-files.md", "toml")
    text = re.sub(r"/run/secrets/\w+", "sonarr.key", text)
    declare(text)
    names = [each.name for each in Queue.get().instances]
    assert names == ["Movies", "Series"]
    assert Prowlarr.get().api_key.reveal() == NoticeTarget.get().fields["topic"] == KEY


def test_a_second_start_and_a_second_replica_change_nothing(alice: User, declare: Declare) -> None:
    declare(TOML)
    before = [
        row.__data__ | {"api_key": 0} for table in (Instance, Queue) for row in table.select()
    ]
    declare(TOML)
    after = [row.__data__ | {"api_key": 0} for table in (Instance, Queue) for row in table.select()]
    assert after == before


def test_queues_wait_for_the_first_administrator(db: object, declare: Declare) -> None:
    declare(TOML)
    assert Instance.select().count() == 1 and not Queue.select().exists()


async def test_a_page_says_where_it_is_declared_and_refuses_another_value(
    alices: Browser, declare: Declare
) -> None:
    declare(TOML)
    path = f"/instances/{Instance.get().id}"
    assert "searcharr.toml" in (await alices.get(path)).text
    page = (await alices.get(f"{path}/edit")).text
    assert "Declared in searcharr.toml." in page
    control = re.search(r'<input[^>]*id="f-hourly_budget"[^>]*>', page)
    assert control is not None and " disabled" in control[0]
    assert f"{path}/deletion" not in page
    sent = {"verify_tls": "1", "anyway": "1", "daily_budget": "50"}
    answer = await alices.post(path, method="PATCH", **sent)
    assert answer.status_code == 200, answer.text
    assert (Instance.get().daily_budget, Instance.get().hourly_budget) == (50, 7)
    for field, value in {"hourly_budget": "8", "name": "Other", "api_key": "j" * 32}.items():
        answer = await alices.post(path, method="PATCH", **sent | {field: value})
        assert answer.status_code == 422, field
        assert "instances[0] in the file" in answer.text
    assert Instance.get().api_key.reveal() == KEY


async def test_what_a_proxy_asks_for_is_not_forgotten_where_it_is_declared(
    alices: Browser, declare: Declare
) -> None:
    declare(TOML)
    made = Instance.get()
    made.change(**Credentials("proxied", "proxy-password-1").columns)
    path = f"/instances/{made.id}"
    assert "proxy_forget" in (await alices.get(f"{path}/edit")).text
    # Any file that can be read will do.
    files = "".join(f'proxy_{each}_file = "sonarr.key"\n' for each in ("name", "password"))
    declare(TOML.replace("api_key_file", f"{files}api_key_file"))
    assert "proxy_forget" not in (await alices.get(f"{path}/edit")).text
    sent = {"verify_tls": "1", "anyway": "1", "proxy_forget": "1"}
    answer = await alices.post(path, method="PATCH", **sent)
    assert answer.status_code == 422 and "instances[0] in the file" in answer.text
    assert Instance.get().proxy_name is not None


async def test_a_declared_queue_is_paused_but_neither_changed_nor_deleted(
    alices: Browser, declare: Declare
) -> None:
    declare(TOML)
    path = f"/queues/{Queue.get().id}"
    assert "searcharr.toml" in (await alices.get(path)).text
    edit = (await alices.get(f"{path}/edit")).text
    assert "is edited there" in edit and f"{path}/deletion" not in edit
    answer = await alices.post(path, method="PATCH", times="04:00", kind="daily")
    assert answer.status_code == 422 and "queues[0] in the file" in answer.text
    assert (await alices.post(path, method="DELETE")).status_code == 403
    assert (await alices.get(f"{path}/deletion")).status_code == 403
    assert (await alices.post(f"{path}/pause")).status_code == 200
    assert Queue.get().paused_at is not None


async def test_what_a_form_leads_to_counts_what_is_declared(
    alices: Browser, declare: Declare
) -> None:
    """The controls of what is declared send nothing."""
    declare(TOML)
    made, queue = Instance.get(), Queue.get()
    sent = {"strategy": "missing", "batch_size": "5", "jitter_minutes": "0"}
    answer = await alices.post(f"/queues/preview?queue={queue.id}", htmx=True, **sent)
    assert "Not a schedule yet" not in answer.text and "Choose at least one" not in answer.text
    answer = await alices.post(f"/queues/filters?queue={queue.id}", **sent)
    assert 'value="Nights"' in answer.text
    answer = await alices.post(f"/checks?instance={made.id}", verify_tls="1")
    assert "Please fill this in" not in answer.text


async def test_an_import_leaves_what_is_declared(alices: Browser, declare: Declare) -> None:
    declare(TOML)
    text = """{"format": 1, "household": {"hourly_budget": 9}, "instances": [
        {"name": "living ROOM", "hourly_budget": 9, "daily_budget": 55}]}"""
    page = (await alices.post("/settings/file/preview", text=text)).text
    assert "hourly_budget: it stays, as it is set by household.hourly_budget in the file" in page
    assert "hourly_budget: it stays, as it is set by instances[0] in the file" in page
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen is not None
    await alices.post("/settings/file", text=text, seen=seen[1])
    made = Instance.get()
    assert (made.name, made.hourly_budget, made.daily_budget) == ("Living room", 7, 55)
    assert Household.current().hourly_budget == 44


async def test_the_api_refuses_the_same(alices: Browser, alice: User, declare: Declare) -> None:
    declare(TOML)
    paths = f"/instances/{Instance.get().id}", f"/queues/{Queue.get().id}"
    async with Program(alices.app, alice) as program:
        for path, sent in zip(paths, ({"hourly_budget": 8}, {"times": "04:00"}), strict=True):
            every = {"headers": {"If-Match": "*"}}
            answer = await program.ask("PATCH", path, json=sent, **every)
            assert answer.status_code == 422 and "Nothing was saved" in answer.text, API
            assert (await program.ask("DELETE", path, **every)).status_code == 403


async def test_what_is_no_longer_declared_is_edited_again(
    alices: Browser, declare: Declare
) -> None:
    declare(TOML)
    declare("format = 1\n")
    made = Instance.get()
    assert Household.current().hourly_budget == 20
    sent = {"name": "Den", "application": "sonarr", "url": made.url, "enabled": "1"}
    answer = await alices.post(
        f"/instances/{made.id}", method="PATCH", **sent, verify_tls="1", anyway="1"
    )
    assert answer.status_code == 200 and Instance.get().name == "Den"
    assert (await alices.post(f"/queues/{Queue.get().id}", method="DELETE")).status_code == 200


async def test_a_key_that_no_file_holds_is_typed_in(alices: Browser, declare: Declare) -> None:
    text = TOML.replace('api_key_file = "sonarr.key"\n', "")
    declare(text)
    made = Instance.get()
    assert made.disabled_at is not None
    answer = await alices.post(
        f"/instances/{made.id}",
        method="PATCH",
        api_key=KEY,
        enabled="1",
        verify_tls="1",
        anyway="1",
    )
    assert answer.status_code == 200, answer.text
    declare(text)
    assert Instance.get().disabled_at is None and Instance.get().api_key.reveal() == KEY


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("format = 1", "format = 2", "format: This version of the program reads format 1"),
        ("= 44", "= 440", "household.hourly_budget cannot be used"),
        ("= 7", "= 700", "instances[0].hourly_budget: Type a number of at most 100."),
        ("sonarr.key", "none.key", "instances[0].api_key_file: The file cannot be read: No such"),
        ('["Living room"]', '["Den"]', "queues[0].instances: There is no instance “Den”"),
        ("api_key_file", "api_key", "instances[0].api_key: There is no such field."),
        (
            "[[queues]]",
            "[[notifications]]\nname = 'P'\nkind = 'ntfy'\ntopic_file = 'none'\n[[queues]]",
            "notifications[0].topic_file: The file cannot be read: No such",
        ),
        ("[household]", "[household", "It is not TOML"),
        ("[[queues]]", "[[views]]\nname = 'V'\n[[queues]]", "Views belong to a person"),
        (
            "[[queues]]",
            "[[exclusions]]\ninstance = 'X'\nkind = 'item'\nid = 1\ntitle = 'T'\n[[queues]]",
            "Exclusions belong to a person",
        ),
    ],
)
def test_a_fault_refuses_the_start_and_says_where(
    old: str, new: str, sentence: str, alice: User, declare: Declare
) -> None:
    said = refusal(declare, TOML.replace(old, new))
    assert "VQS_CONFIG_FILE: " in said and sentence in said
    assert KEY not in said
    assert not Instance.select().exists()


def test_all_faults_that_need_no_database_are_named_at_once(alice: User, declare: Declare) -> None:
    text = TOML.replace("= 44", "= 440").replace("sonarr.key", "none.key")
    said = refusal(declare, text.replace("enabled = true", "enabled = 1"))
    for place in ("household.hourly_budget", "[0].api_key_file: The file", "[0].enabled: Send"):
        assert said.count(place) == 1, said


def test_a_variable_wins_over_the_file(
    db: object, declare: Declare, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VQS_DATA_DIR", str(tmp_path / "none"))
    declare(TOML)
    assert re.search(r"VQS_HOURLY_BUDGET +44 +the file .*toml", config(load_environment()))
    monkeypatch.setenv("VQS_HOURLY_BUDGET", "21")
    declare(TOML)
    assert Household.current().hourly_budget == 21
    assert current() is not None
