"""A form shows every field that it takes, and beside each what is wrong with it."""

import re
from pathlib import Path

import pytest

from models.backlog.snapshots import Snapshot
from models.forms import Form
from models.forms.instances import InstanceForm
from models.forms.queues import QueueForm
from models.instances import Instance
from tests.fakes.browser import Browser

# Shown only when it is needed.
ON_DEMAND = {"anyway", "proxy_forget", "with_scores"}


@pytest.mark.parametrize(
    ("path", "form"), [("/queues/new?strategy=custom", QueueForm), ("/instances/new", InstanceForm)]
)
async def test_every_field_of_a_form_is_on_its_page(
    path: str, form: type[Form], alices: Browser, living_room: Instance
) -> None:
    for kind in ("tag", "profile", "folder"):
        about = {"kind": kind, "arr_id": 1, "name": "x", "fingerprint": ""}
        Snapshot.create(instance=living_room, **about)
    page = await alices.get(path)
    shown = set(re.findall(r'name="([a-z0-9_]+)"', page.text))
    assert set(form.model_fields) - shown <= ON_DEMAND


@pytest.mark.parametrize(
    "field", ["recent_days", "weight", "year_from", "year_to", "batch_size", "every"]
)
async def test_a_number_that_is_none_is_said_beside_its_field(
    field: str, alices: Browser, living_room: Instance
) -> None:
    page = await alices.post("/queues", name="x", instances="1", **{field: "many"})
    assert page.status_code == 422
    assert f'id="f-{field}-error"' in page.text


async def test_a_refused_form_lists_its_faults_with_links(
    alices: Browser, living_room: Instance
) -> None:
    page = (await alices.post("/queues", name="", instances="1", batch_size="many")).text
    faults = page.partition('<div class="faults" role="alert" tabindex="-1" autofocus>')[2]
    faults = faults.partition("</ul>")[0]
    links = re.findall(r'<a href="#([^"]+)">([^<]+)</a>: <bdi>([^<]+)</bdi>', faults)
    assert links[0] == ("f-name", "Name", "Please fill this in.")
    assert ("f-batch_size", "Type a whole number.") in [(each[0], each[2]) for each in links]
    assert all(page.count(f'id="{each[0]}"') == 1 for each in links)


async def test_a_form_that_nobody_has_sent_lists_none(alices: Browser) -> None:
    for path in ("/queues/new", "/settings", "/profile", "/people"):
        assert 'class="faults"' not in (await alices.get(path)).text


def test_every_form_with_fields_has_the_list() -> None:
    """Else a refused form would only tell beside its fields."""
    macros = re.compile(r"\{\{ (?:field|password|number|select|radios|checks|textarea)\(")
    root = Path(__file__).parents[2] / "components"
    without = [
        path.relative_to(root).as_posix()
        for path in root.rglob("*.html")
        for form in re.findall(
            r'<form(?=[^>]*method="post").*?</form>', path.read_text(), re.DOTALL
        )
        if macros.search(form) and "form_error(" not in form and "styleguide" not in path.parts
    ]
    assert without == []
