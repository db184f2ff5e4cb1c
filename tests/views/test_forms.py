"""A form shows every field that it takes, and beside each what is wrong with it."""

import re

import pytest

from models.backlog.snapshots import Snapshot
from models.forms import Form
from models.forms.instances import InstanceForm
from models.forms.queues import QueueForm
from models.instances import Instance
from tests.fakes.browser import Browser

# Shown only when it is needed.
ON_DEMAND = {"anyway", "proxy_forget"}


@pytest.mark.parametrize(
    ("path", "form"), [("/queues/new", QueueForm), ("/instances/new", InstanceForm)]
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
