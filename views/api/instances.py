"""Instances: how each is, and its settings; no answer holds a key."""

from typing import Any

import msgspec
from starlette.exceptions import HTTPException

from models.dashboard.board import InstanceCard
from models.forms.instances import InstanceForm
from models.forms.proxies import ProxyForm
from models.household import Household
from models.instances import Instance
from models.wishes import Wish
from views import instances
from views.api.answers import Listed, Moment, Sentence
from views.api.budgets import BudgetAnswer, budget_answer
from views.api.endpoints import CHANGED_SINCE, Call, Made, read, refuse_bad, write
from views.api.forms import settings_struct
from views.web.declared import must_not_be_declared
from views.web.endpoint import clock
from views.web.limits import A_PASSWORD, AN_INSTANCE
from views.web.marks import IN_HISTORY

# What a new instance has where nothing else is said, as on the page.
USUAL = {"verify_tls": True, "enabled": True}
UNTOLD = frozenset({"api_key", "anyway", *ProxyForm.OF_A_PROXY})


class WantedAnswer(msgspec.Struct, frozen=True):
    """How many wanted items have one reason."""

    want: str
    reason: str
    items: int


class InstanceStateAnswer(msgspec.Struct, frozen=True):
    """An instance as the board shows it."""

    id: int
    name: str
    application: str
    demo: bool
    state: str
    fault_code: str | None
    fault: Sentence
    faulty_since: Moment | None
    held_by: str | None
    held: Sentence
    version: str | None
    checked_at: Moment | None
    synced_at: Moment | None
    is_syncing: bool
    downloads: int | None
    indexers: int | None
    response_ms: int | None
    wanted: list[WantedAnswer]
    budgets: list[BudgetAnswer]


InstanceAnswer = settings_struct(
    "InstanceAnswer", InstanceForm, UNTOLD, id=int, demo=bool, created_at=Moment
)


def state_of(card: InstanceCard) -> InstanceStateAnswer:
    instance = card.instance
    return InstanceStateAnswer(
        id=instance.id,
        name=instance.name,
        application=instance.application.name,
        demo=instance.demo,
        state=instance.state,
        fault_code=instance.fault_code if instance.fault else None,
        fault=instance.fault,
        faulty_since=instance.faulty_since,
        held_by=card.gate and card.gate.code,
        held=card.gate and card.gate.sentence,
        version=instance.version,
        checked_at=instance.checked_at,
        synced_at=instance.synced_at,
        is_syncing=instance.syncing_since is not None,
        downloads=instance.downloads,
        indexers=card.indexers,
        response_ms=card.mean_ms,
        wanted=[
            WantedAnswer(want, reason.name.lower(), items)
            for (want, reason), items in sorted(card.tally.items())
            if items
        ],
        budgets=[budget_answer(each, instance.id) for each in card.budgets],
    )


def settings_of(instance: Instance) -> Any:
    typed = InstanceForm.typed(instance)
    told = {name: value for name, value in typed.items() if name not in UNTOLD}
    told |= {"browser_url": instance.browser_url or ""}
    return InstanceAnswer(
        id=instance.id, demo=instance.demo, created_at=instance.created_at, **told
    )


@read("/instances", answer=Listed[InstanceStateAnswer], scope="totals")
def index(call: Call) -> Listed[InstanceStateAnswer]:
    """Lists instances with their state, their wanted items and their budgets."""
    cards = InstanceCard.all(list(Instance.by_name()), Household.current(), call.at)
    return Listed.whole([state_of(card) for card in cards])


@read("/instances/{id:id}/state", answer=InstanceStateAnswer, scope="totals")
def state(call: Call) -> InstanceStateAnswer:
    """Shows the state of one instance."""
    instance = call.found(Instance)
    return state_of(InstanceCard.all([instance], Household.current(), call.at)[0])


@read("/instances/{id:id}", answer=InstanceAnswer, role="admin", has_tag=True)
def show(call: Call) -> Any:
    """Shows the settings of one instance, without secrets."""
    return settings_of(call.found(Instance))


@write(
    "POST",
    "/instances",
    answer=InstanceAnswer,
    role="admin",
    status=201,
    form=InstanceForm,
    needed=("application", "name", "url", "api_key"),
    has_tag=True,
    limit=AN_INSTANCE,
    event="instance-added",
)
async def create(call: Call) -> Made:
    """Connects an instance, after a test of its connection."""
    draft = call.draft(USUAL)
    instance = await instances.connected(call.request, draft)
    refuse_bad(draft)
    assert instance is not None
    return Made(settings_of(Instance.get_by_id(instance.id)), f"/instances/{instance.id}")


@write(
    "PATCH",
    "/instances/{id:id}",
    answer=InstanceAnswer,
    role="admin",
    form=InstanceForm,
    has_tag=True,
    needs_tag=True,
    limit=AN_INSTANCE,
    event="instance-changed",
)
async def update(call: Call) -> Any:
    """Changes settings; what is left out stays. Another address needs the key again."""
    instance = instances.real(call.request)
    before = settings_of(instance)
    call.must_match(before)
    draft = call.draft(InstanceForm.typed(instance))

    def look_again() -> None:
        """Fields that others have changed during the test would be put back, also with `*`."""
        if settings_of(instance) != before:
            raise HTTPException(412, CHANGED_SINCE)

    await instances.change(call.request, draft, instance, look_again)
    refuse_bad(draft)
    return settings_of(Instance.get_by_id(instance.id))


@write(
    "DELETE",
    "/instances/{id:id}",
    answer=None,
    role="admin",
    status=204,
    needs_tag=True,
    limit=A_PASSWORD,
    event="instance-deleted",
)
def destroy(call: Call) -> None:
    """Deletes an instance with its backlog; the history of its searches stays."""
    instance = instances.real(call.request)
    call.must_match(settings_of(instance))
    must_not_be_declared(instance)
    instance.delete_instance()


@write(
    "POST",
    "/instances/{id:id}/syncs",
    answer=InstanceStateAnswer,
    role="member",
    status=202,
    limit=AN_INSTANCE,
    event=IN_HISTORY,
    refusals=(409,),
)
def sync(call: Call) -> InstanceStateAnswer:
    """Reads the lists of an instance again, as soon as it can be done."""
    instance = call.found(Instance)
    if instance.lacks_key:
        raise HTTPException(409, instances.KEY_FIRST)
    Wish.ask("sync", instance.id, clock(call.request).now())
    return state_of(InstanceCard.all([instance], Household.current(), call.at)[0])
