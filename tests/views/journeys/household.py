"""Journeys to what the household shares: the hold, settings, jobs, the audit trail, the yield."""

from models.backups import Backup, BackupFolder
from models.household import Household
from models.jobs import JobRun
from models.people.sessions import Session
from models.queues import Queue
from tests.conftest import PASSWORD
from tests.fakes.log import kept_log
from tests.views.journeys.home import Home
from tests.views.journeys.person import Person
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


async def take_settings_in(home: Home) -> None:
    me = await (await home.alice()).open("/settings/file")
    text = '{"format": 1, "household": {"grace_hours": 5}}'
    await me.submit("/settings/file/preview", text=text)
    # As the reader of these pages takes quotation marks for the end of a hidden field.
    await me.submit("/settings/file", text=text)
    assert Household.current().grace_hours == 5


async def run_a_job(home: Home) -> None:
    me = await (await home.alice()).open("/jobs")
    path = me.html.partition('action="/jobs/')[2].partition('"')[0]
    await me.submit(f"/jobs/{path}")
    await home.settled()
    assert JobRun.get().trigger == "person"


async def make_a_backup(home: Home) -> None:
    me = await (await home.alice()).open("/backups")
    await me.submit("/backups")
    await home.settled()
    await me.open("/backups")
    assert "Made by hand" in me.html


async def _at_a_backup(home: Home) -> Person:
    await make_a_backup(home)
    (me,) = home.people
    me.done.clear()
    return await me.follow(f"/backups/{_backups()[0].name}")


def _backups() -> list[Backup]:
    folder = BackupFolder.current()
    return folder.all() if folder else []


async def download_a_backup(home: Home) -> None:
    me = await _at_a_backup(home)
    await me.submit(f"{me.path}/download", own_password=PASSWORD)
    assert me.headers["content-type"] == "application/octet-stream"


async def delete_a_backup(home: Home) -> None:
    me = await _at_a_backup(home)
    path = me.path
    await me.follow(f"{path}/deletion")
    await me.submit(path, own_password=PASSWORD)
    assert _backups() == []


async def restore_a_backup(home: Home) -> None:
    me = await _at_a_backup(home)
    path = me.path
    await me.follow(f"{path}/restore")
    await me.submit(f"{path}/restore", own_password=PASSWORD)
    assert "begins anew with the backup" in me.html


async def take_the_log_away(home: Home) -> None:
    with kept_log(home.browser.state.log_folder):
        me = await (await home.alice()).open("/logs")
        await me.submit("/logs/downloads", file="all.log")
        assert "attachment" in me.headers["content-disposition"]


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
