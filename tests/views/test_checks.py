"""Connection tests, of what is typed and of what is saved."""

from jobs.engine import Engine
from jobs.sync import sync
from models.forms.typed_secrets import LASTS, TypedSecrets
from models.instances import Instance
from models.people import User
from tests.conftest import PASSWORD, START
from tests.fakes.arr import FakeArr, Response
from tests.fakes.browser import Browser
from tests.views.typed import everything, instance_fields, settled


async def test_a_typed_in_connection_says_what_it_found(alices: Browser, radarr: FakeArr) -> None:
    with radarr.serve() as url:
        typed = instance_fields(url, application="radarr", name="")
        part = await alices.post("/checks", htmx=True, **typed)
        page = await alices.post("/checks", **typed)
    assert part.status_code == page.status_code == 200
    assert part.text.lstrip().startswith('<div class="check"')
    for answer in (part, page):
        assert "Found Radarr" in answer.text
        assert "which calls itself" in answer.text
    assert f'value="{url}"' in page.text
    assert FakeArr.key not in page.text
    assert not Instance.select().exists()


async def test_a_connection_that_fails_says_why(alices: Browser) -> None:
    typed = instance_fields("http://127.0.0.1:9")
    part = await alices.post("/checks", htmx=True, **typed)
    page = await alices.post("/checks", **typed)
    for answer in (part, page):
        assert answer.status_code == 422
        assert "the connection was refused" in answer.text
        assert FakeArr.key not in answer.text
    assert 'id="f-url-error"' in page.text


async def test_what_cannot_be_asked_is_refused_before_anything_is_sent(alices: Browser) -> None:
    for changes in ({"url": "sonarr:8989"}, {"api_key": ""}, {"application": "x"}, {"url": None}):
        typed = instance_fields("http://127.0.0.1:9", **changes)
        answer = await alices.post("/checks", **typed)
        assert answer.status_code == 422


async def test_a_saved_connection_is_tested_again(
    bobs: Browser, living_room: Instance, sonarr: FakeArr
) -> None:
    page = await bobs.post("/instances/1/checks")
    assert page.url.path == "/instances/1"
    assert "Sonarr 4" in page.text and "answers as" in page.text
    assert Instance.get().version
    sonarr.fail_next("/", status=401)
    page = await bobs.post("/instances/1/checks")
    assert "does not accept this API key" in page.text
    assert Instance.get().fault_code == "wrong_key"
    answer = await bobs.post("/instances/1/checks", htmx=True)
    assert answer.headers["hx-location"] == "/instances/1"


async def test_members_learn_nothing_of_other_addresses(bobs: Browser) -> None:
    before = everything()
    answer = await bobs.post("/checks", **instance_fields("http://127.0.0.1:9"))
    assert answer.status_code == 403
    assert "refused:" not in answer.text
    assert everything() == before


async def test_a_good_test_of_the_connection_leaves_the_fault_of_a_list_where_it_is(
    alices: Browser, living_room: Instance, sonarr: FakeArr, engine: Engine
) -> None:
    """The status answers; the list of missing episodes is an error for ever."""
    error = {"message": "database disk image is malformed", "description": ""}
    sonarr.before = lambda seen: (
        Response(500, error) if seen.path.endswith("wanted/missing") else None
    )
    await sync(engine, living_room)
    page = await alices.post(f"/instances/{living_room.id}/checks")
    assert page.text.count("Not working") == 1
    assert "list of missing episodes" in page.text.split("Not working")[1].split("Since")[0]


async def test_without_script_a_tested_key_is_kept_for_the_form_and_never_shown(
    alices: Browser, radarr: FakeArr, engine: Engine
) -> None:
    with radarr.serve() as url:
        typed = instance_fields(url, application="radarr")
        page = await alices.post("/checks", **typed)
        assert "Found Radarr" in page.text and FakeArr.key not in page.text
        assert "Set. Leave empty to keep it." in page.text
        again = await alices.post("/checks", **typed | {"api_key": ""})
        assert "Found Radarr" in again.text
        saved = await alices.post("/instances", follow=False, **typed | {"api_key": ""})
        await settled(engine)
    assert saved.status_code == 303
    assert Instance.get().api_key.reveal() == FakeArr.key


async def test_a_tested_key_goes_to_no_other_place_person_or_time(
    alices: Browser, browser: Browser, radarr: FakeArr, alice: User
) -> None:
    with radarr.serve() as url:
        typed = instance_fields(url, application="radarr")
        await alices.post("/checks", **typed)
        empty = typed | {"api_key": ""}
        before = len(radarr.log)
        for changes in ({"url": f"{url}/other"}, {"application": "sonarr"}, {"verify_tls": None}):
            fields = {name: value for name, value in (empty | changes).items() if value is not None}
            assert (await alices.post("/checks", **fields)).status_code == 422
        await browser.sign_in("alice", PASSWORD)
        assert (await browser.post("/checks", **empty)).status_code == 422
        assert len(radarr.log) == before
    kept = TypedSecrets()
    kept.keep(1, typed.items(), None, START)
    assert ("api_key", FakeArr.key) in kept.fill_in(1, empty.items(), None, START)
    assert ("api_key", "") in kept.fill_in(1, empty.items(), None, START + LASTS)
    assert ("api_key", "") in kept.fill_in(2, empty.items(), None, START)


async def test_the_edit_form_tests_with_the_stored_key_and_asks_it_for_another_place(
    alices: Browser, radarr: FakeArr, engine: Engine
) -> None:
    with radarr.serve() as url:
        typed = instance_fields(url, application="radarr")
        await alices.post("/instances", **typed)
        await settled(engine)
        form = (await alices.get("/instances/1/edit")).text
        assert 'formaction="/checks?instance=1"' in form
        empty = typed | {"api_key": ""}
        for htmx in (False, True):
            page = await alices.post("/checks?instance=1", htmx=htmx, **empty)
            assert page.status_code == 200 and "Found Radarr" in page.text
        before = len(radarr.log)
        moved = await alices.post("/checks?instance=1", **empty | {"url": f"{url}/other"})
        assert moved.status_code == 422 and "The address has changed" in moved.text
        assert len(radarr.log) == before
    assert (await alices.post("/checks?instance=99", **typed)).status_code == 404
