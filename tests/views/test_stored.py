"""What a form shows is stored: each field, typed otherwise than it was, is on the page again."""

import re
from typing import Any, Literal, get_args, get_origin

import pytest
from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from jobs.engine import Engine
from models.backlog.exclusions import Exclusion
from models.backlog.snapshots import Snapshot
from models.forms import NEVER_KEPT, Stored
from models.forms.exclusions import ExclusionForm
from models.forms.instances import InstanceForm
from models.forms.people import InvitationForm, ProfileForm, RoleForm, ThemeForm
from models.forms.prowlarrs import ProwlarrForm
from models.forms.queues import PICKED, QueueForm
from models.forms.schedules import FIELDS_OF, OF_A_KIND
from models.forms.settings import HouseForm
from models.instances import Instance
from models.instances.proxies import Credentials
from models.people import User
from models.people.invitations import Invitation
from models.queues import Queue
from tests.conftest import PASSWORD
from tests.fakes.browser import Browser
from tests.fakes.plain import forms_of
from tests.views.typed import OTHER_KEY, settled
from tests.wanted import wanted

# Fields whose texts must be of a certain shape, or fit another field.
SHAPED: dict[str, Any] = {
    "name": "Another name",
    "url": "http://127.0.0.1:9/tv",
    "browser_url": "http://tv.example:8989",
    "time_zone": "America/New_York",
    "times": "04:30, 16:00",
    "cron": "30 4 * * 1",
    "hours_from": "22:00",
    "hours_until": "07:30",
    "hours_from_2": "08:00",
    "hours_until_2": "11:45",
    "hours_from_3": "12:00",
    "hours_until_3": "17:00",
    "hours_from_4": "17:00",
    "hours_until_4": "18:00",
    "backup_time": "04:15",
    "every": "90",
    "unit": "minutes",
    "weekdays": ["2", "4"],
    "series_status": ["ended"],
    "year_from": "1950",
    "year_to": "1960",
    "proxy_header_1": "CF-Access-Client-Id",
    "proxy_header_2": "X-Second",
    "proxy_header_3": "X-Third",
}
NOT_KEPT = {"anyway", "proxy_forget", *NEVER_KEPT}


async def shown(browser: Browser, path: str, action: str) -> dict[str, Any]:
    """What the form on this page would send, if nothing were typed."""
    page = await browser.get(path)
    forms = forms_of(page.text)
    form = next(f for f in forms if f.action == action and ("_method", "PATCH") in f.values)
    found: dict[str, Any] = {}
    for name, value in form.values:
        found.setdefault(name, []).append(value)
    for name in PICKED:
        # Of a name to add, the box is empty.
        if name in found:
            found[name].remove("")
    return {name: values for name, values in found.items() if name not in ("token", "_method")}


def other(name: str, field: FieldInfo, before: list[str]) -> list[str]:
    """Another value that this field takes, as it is typed."""
    if name in SHAPED:
        return SHAPED[name] if isinstance(SHAPED[name], list) else [SHAPED[name]]
    if get_origin(field.annotation) is Literal:
        return [next(word for word in get_args(field.annotation) if [word] != before)]
    if get_origin(field.annotation) is list:
        (inner,) = get_args(field.annotation)
        words = list(get_args(inner)) if get_origin(inner) is Literal else ["x"]
        return next([word] for word in words if [word] != before)
    if field.annotation is bool:
        return [] if before else ["1"]
    if field.annotation is int:
        least = next(each.ge for each in field.metadata if isinstance(each, Ge))
        most = next(each.le for each in field.metadata if isinstance(each, Le))
        number = int(before[0])
        return [str(number + 1 if number < int(str(most)) else int(str(least)))]
    return [f"another {name}"]


def others(form: type[Stored], before: dict[str, Any], **chosen: list[str]) -> dict[str, Any]:
    fields = {name: field for name, field in form.model_fields.items() if name not in NOT_KEPT}
    return {
        name: chosen[name] if name in chosen else other(name, field, before.get(name, []))
        for name, field in fields.items()
    }


async def stored(
    browser: Browser, form: type[Stored], edit: str, action: str, **chosen: list[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was typed in place of what stood there, and what stands there then."""
    before = await shown(browser, edit, action)
    typed = others(form, before, **chosen)
    same = [name for name, value in typed.items() if value == before.get(name, [])]
    assert set(same) <= set(chosen), "these were not typed otherwise"
    sent = {name: value for name, value in typed.items() if value}
    answer = await browser.post(action, method="PATCH", follow=False, **sent | chosen)
    assert answer.status_code == 303, re.findall(r"[^<>]+-error[^<>]+>.*", answer.text)
    after = await shown(browser, edit, action)
    return (
        {name: sorted(value) for name, value in typed.items() if value},
        {name: sorted(value) for name, value in after.items() if name not in NOT_KEPT},
    )


async def test_every_field_of_an_instance_is_stored(
    alices: Browser, living_room: Instance, engine: Engine
) -> None:
    secrets = {f"proxy_value_{row}": [f"secret {row}"] for row in (1, 2, 3)}
    secrets |= {"proxy_name": ["the porter"], "proxy_password": ["let me in"]}
    secrets |= {"application": ["radarr"], "api_key": [OTHER_KEY], "anyway": ["1"]}
    typed, kept = await stored(alices, InstanceForm, "/instances/1/edit", "/instances/1", **secrets)
    await settled(engine)
    assert kept == typed
    assert Instance.get().api_key.reveal() == OTHER_KEY
    assert Credentials.of(Instance.get()) == Credentials(
        "the porter",
        "let me in",
        (
            ("CF-Access-Client-Id", "secret 1"),
            ("X-Second", "secret 2"),
            ("X-Third", "secret 3"),
        ),
    )
    page = await alices.get("/instances/1/edit")
    for secret in (OTHER_KEY, "secret 1", "the porter", "let me in"):
        assert secret not in page.text
    assert "Set. Leave empty to keep it." in page.text


@pytest.mark.parametrize("kind", FIELDS_OF)
async def test_every_field_of_a_queue_is_stored(
    kind: str, alices: Browser, nightly: Queue, cinema: Instance
) -> None:
    for each in ("tag", "profile", "folder"):
        about = {"kind": each, "arr_id": 1, "name": "x", "fingerprint": ""}
        Snapshot.create(instance=cinema, **about)
    chosen = {"strategy": ["custom"], "kind": [kind], "instances": [str(cinema.id)]}
    typed, kept = await stored(alices, QueueForm, "/queues/1/edit", "/queues/1", **chosen)
    beside = OF_A_KIND - FIELDS_OF[kind]
    assert _without(kept, beside) == _without(typed, beside)


async def test_every_field_of_the_settings_is_stored(alices: Browser) -> None:
    typed, kept = await stored(alices, HouseForm, "/settings", "/settings")
    assert kept == typed


async def test_every_field_of_a_profile_is_stored(alices: Browser) -> None:
    typed, kept = await stored(alices, ProfileForm, "/profile", "/profile")
    assert kept == typed


async def test_a_theme_is_stored(alices: Browser) -> None:
    await alices.post("/theme", method="PATCH", theme="dark")
    assert User.get(User.name == "Alice").theme == "dark"


async def test_a_persons_role_is_stored(alices: Browser, bob: User) -> None:
    address = f"/people/{bob.id}"
    typed, kept = await stored(alices, RoleForm, address, address, own_password=[PASSWORD])
    assert kept == typed


async def test_every_field_of_an_invitation_is_stored(alices: Browser) -> None:
    typed = {"name": "Vera", "role": "viewer"}
    assert set(typed) == set(InvitationForm.model_fields) - NOT_KEPT
    answer = await alices.post("/people/invitations", **typed)
    assert answer.status_code == 201
    made = Invitation.get()
    assert {"name": made.name, "role": made.role} == typed


async def test_every_field_of_an_exclusion_is_stored(
    alices: Browser, living_room: Instance
) -> None:
    item = wanted(living_room)
    typed = {"item": str(item.id), "kind": "season", "until": "date", "date": "2027-03-31"}
    assert set(typed) == set(ExclusionForm.model_fields) - {"back"}
    await alices.post("/exclusions", **typed)
    page = await alices.get("/exclusions")
    made = Exclusion.get()
    assert (made.kind, made.season) == ("season", item.season)
    assert "31 Mar" in page.text
    assert f"/items/{item.id}" in page.text


def test_every_form_of_a_row_is_among_these() -> None:
    assert set(Stored.__subclasses__()) == {
        InstanceForm,
        ProwlarrForm,
        QueueForm,
        HouseForm,
        ProfileForm,
        RoleForm,
        ThemeForm,
    }


def test_a_form_with_a_field_that_would_be_lost_is_refused() -> None:
    with pytest.raises(TypeError, match="would lose colour"):

        class LossyForm(Stored):
            table = Queue
            colour: str


def _without(values: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
