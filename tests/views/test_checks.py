"""Connection tests, of what is typed and of what is saved."""

from jobs.engine import Engine
from jobs.sync import sync
from models.instances import Instance
from tests.fakes.arr import FakeArr, Response
from tests.fakes.browser import Browser
from tests.views.typed import everything, instance_fields


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
    assert "Not working" in page.text
    assert "list of missing episodes" in page.text.split("Not working")[1].split("Since")[0]
