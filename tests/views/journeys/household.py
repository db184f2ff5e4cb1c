"""Journeys to what the household shares: the hold, settings, jobs, the audit trail, the yield."""

from models.household import Household
from models.jobs import JobRun
from models.people.sessions import Session
from models.queues import Queue
from tests.conftest import PASSWORD
from tests.views.journeys.home import Home
from tests.views.journeys.queues import TYPED


async def hold_everything(home: Home) -> None:
    me = await (await home.alice()).open("/queues")
    await me.submit("/hold")
    assert Household.current().held_at


async def go_on(home: Home) -> None:
    me = await (await home.alice()).open("/queues")
    await me.submit("/hold")
    await me.submit("/hold", _method="DELETE")
    assert not Household.current().held_at


async def change_the_settings(home: Home) -> None:
    me = await (await home.alice()).open("/settings")
    await me.submit("/settings", daily_budget="321", history_days="90")
    found = Household.current()
    assert (found.daily_budget, found.history_days) == (321, 90)


async def run_a_job(home: Home) -> None:
    me = await (await home.alice()).open("/jobs")
    path = me.html.partition('action="/jobs/')[2].partition('"')[0]
    await me.submit(f"/jobs/{path}")
    await home.settled()
    assert JobRun.get().trigger == "person"


async def read_the_audit_trail(home: Home) -> None:
    me = await (await home.alice()).open("/audit")
    await me.submit("/audit", name="Alice")
    assert "signed in" in me.html


async def choose_the_time_of_the_yield(home: Home) -> None:
    me = await (await home.searched()).open("/yield")
    await me.follow("/yield?period=90")
    assert "aria-current" in me.html


async def look_at_the_plan(home: Home) -> None:
    me = await (await home.stocked()).open("/")
    await me.follow("/plan")
    assert "Nightly" in me.html


async def send_what_was_typed_too_late(home: Home) -> None:
    me = await (await home.stocked()).open("/queues/new")
    Session.delete().execute()
    await me.submit("/queues", instances=["1"], **TYPED)
    await me.submit("/session", name="Alice", password=PASSWORD)
    assert me.path == "/unsent" and 'value="Evening"' in me.html
    await me.submit("/queues")
    assert Queue.get_by_id(2).name == "Evening"
