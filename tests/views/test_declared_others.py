"""Prowlarrs and notification targets that the file of VQS_CONFIG_FILE declares."""

import json
import re
from typing import Any

from models.database.fields import Sealed, Table, now
from models.instances.proxies import Credentials
from models.notifications import NoticeTarget
from models.prowlarrs import Prowlarr
from models.wishes import Wish
from tests.fakes.browser import Browser
from tests.views.conftest import KEY, Declare

OTHERS = """
format = 1

[[prowlarrs]]
name = "Lists"
url = "http://192.168.77.2:9696"
api_key_file = "sonarr.key"
proxy_name_file = "sonarr.key"
proxy_password_file = "sonarr.key"

[[notifications]]
name = "Phone"
kind = "ntfy"
url = "http://192.168.77.2:8080"
topic_file = "sonarr.key"
access_token_file = "sonarr.key"
digest = ["grabbed"]
quiet_from = 22
quiet_to = 7
"""


def test_what_a_file_declares_of_others_holds_from_the_start_on(
    db: object, declare: Declare
) -> None:
    declare(OTHERS)
    prowlarr, target = Prowlarr.get(), NoticeTarget.get()
    assert (prowlarr.url, prowlarr.api_key.reveal()) == ("http://192.168.77.2:9696", KEY)
    assert Credentials.of(prowlarr) == Credentials(KEY, KEY)
    assert Wish.select().where(Wish.kind == "prowlarr", Wish.about == prowlarr.id).exists()
    assert target.fields["topic"] == target.fields["access_token"] == KEY
    assert (target.digest, target.quiet_from, target.disabled_at) == ('["grabbed"]', 22, None)
    prowlarr.change(read_at=now(), listed_at=now())
    target.change(dead_at=now(), fault="x")
    before = [_known(row) for row in (Prowlarr.get(), NoticeTarget.get())]
    declare(OTHERS)
    assert [_known(row) for row in (Prowlarr.get(), NoticeTarget.get())] == before


def _known(row: Table) -> dict[str, Any]:
    """The values of a row that are not sealed."""
    return {name: each for name, each in row.__data__.items() if not isinstance(each, Sealed)}


async def test_the_pages_of_others_say_where_they_are_declared_and_refuse_another_value(
    alices: Browser, declare: Declare
) -> None:
    declare(OTHERS)
    fields = NoticeTarget.get().fields
    for path, free, fixed in (
        (
            f"/prowlarrs/{Prowlarr.get().id}",
            {"verify_tls": "1"},
            {"url": "http://x", "api_key": "j" * 32, "proxy_forget": "1"},
        ),
        (
            f"/notifications/{NoticeTarget.get().id}",
            {"kind": "ntfy", "verify_tls": "1", "gap_seconds": "9"},
            {"topic": "t", "quiet_from": "21", "digest": "job-failed", "forget_access_token": "1"},
        ),
    ):
        assert "searcharr.toml" in (await alices.get(path.rpartition("/")[0])).text
        page = (await alices.get(f"{path}/edit")).text
        assert "Declared in searcharr.toml." in page and "is edited there" in page
        control = re.search(r'<input[^>]*id="f-url"[^>]*>', page)
        assert control is not None and " disabled" in control[0]
        assert "forget_access_token" not in page and f"{path}/deletion" not in page
        for field, value in fixed.items():
            answer = await alices.post(path, method="PATCH", **free | {field: value})
            assert answer.status_code == 422 and "[0] in the file" in answer.text, field
        assert (await alices.post(path, method="DELETE")).status_code == 403
        assert (await alices.get(f"{path}/deletion")).status_code == 403
    assert Prowlarr.get().api_key.reveal() == KEY and NoticeTarget.get().fields == fields
    path = f"/notifications/{NoticeTarget.get().id}"
    sent = {"kind": "ntfy", "verify_tls": "1", "gap_seconds": "9", "at_once": "job-failed"}
    answer = await alices.post(path, method="PATCH", **sent, enabled="1")
    assert answer.status_code == 200, answer.text
    row = NoticeTarget.get()
    assert (row.gap_seconds, row.digest, row.at_once) == (9, '["grabbed"]', '["job-failed"]')


def test_secrets_of_others_that_no_file_holds_are_typed_in_and_stay(
    db: object, declare: Declare
) -> None:
    text = re.sub(r"\w+_file = .*\n", "", OTHERS)
    declare(text)
    assert Prowlarr.get().lacks_key and NoticeTarget.get().disabled_at is not None
    Prowlarr.get().change(api_key=KEY)
    settings = NoticeTarget.get().fields | {"topic": KEY}
    NoticeTarget.get().change(settings=json.dumps(settings), disabled_at=None)
    declare(text)
    assert not Prowlarr.get().lacks_key
    assert NoticeTarget.get().fields == settings and NoticeTarget.get().disabled_at is None
