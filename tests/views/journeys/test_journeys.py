"""Every journey that a person makes, with script off: by the links and forms that pages have."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from jobs.engine import Engine
from tests.fakes.arr import FakeArr
from tests.fakes.browser import Browser
from tests.security.walk import UNSAFE
from tests.views.journeys import (
    accounts,
    household,
    indexers,
    instances,
    lists,
    notifications,
    queues,
)
from tests.views.journeys.home import Home
from tests.views.journeys.person import named

Journey = Callable[[Home], Awaitable[None]]
# With the changes that it asks for; without any it ends in what a page shows.
JOURNEYS: dict[Journey, set[str]] = {
    accounts.set_up: {"POST /setup"},
    accounts.sign_in: {"POST /session"},
    accounts.sign_out: {"DELETE /session"},
    accounts.turn_on_a_second_factor: {"POST /two-factor", "PATCH /two-factor"},
    accounts.sign_in_with_a_code: {"POST /session/second-factor"},
    accounts.sign_in_with_a_recovery_code: {"POST /session/second-factor"},
    accounts.renew_recovery_codes: {"POST /two-factor/recovery-codes"},
    accounts.turn_off_the_second_factor: {"DELETE /two-factor"},
    accounts.make_a_key: {"POST /keys"},
    accounts.revoke_a_key: {"DELETE /keys/{id:id}"},
    accounts.change_the_profile: {"PATCH /profile"},
    accounts.choose_a_theme: {"PATCH /theme"},
    accounts.mask_titles: {"POST /mask"},
    accounts.show_titles_again: {"DELETE /mask"},
    accounts.change_the_password: {"PATCH /password"},
    accounts.sign_out_another_browser: {"DELETE /sessions/{id:id}"},
    accounts.sign_out_all_other_browsers: {"DELETE /sessions"},
    accounts.invite_somebody: {"POST /people/invitations", "POST /invitations/{token}"},
    accounts.withdraw_an_invitation: {"DELETE /people/invitations/{id:id}"},
    accounts.change_a_role: {"PATCH /people/{id:id}"},
    accounts.keep_somebody_out: {"POST /people/{id:id}/suspension"},
    accounts.let_somebody_in_again: {"DELETE /people/{id:id}/suspension"},
    accounts.delete_a_person: {"DELETE /people/{id:id}"},
    instances.try_a_connection: {"POST /checks"},
    instances.connect: {"POST /instances"},
    instances.edit: {"PATCH /instances/{id:id}"},
    instances.disable: {"PATCH /instances/{id:id}"},
    instances.try_a_change: {"POST /checks"},
    instances.check_again: {"POST /instances/{id:id}/checks"},
    instances.sync_now: {"POST /instances/{id:id}/syncs"},
    instances.make_a_webhook: {"POST /instances/{id:id}/hook"},
    instances.remove_a_webhook: {"DELETE /instances/{id:id}/hook"},
    instances.delete: {"DELETE /instances/{id:id}"},
    instances.add_the_demo: {"POST /demo"},
    instances.remove_the_demo: {"DELETE /demo"},
    notifications.try_it: {"POST /notifications/checks"},
    notifications.add: {"POST /notifications"},
    notifications.check_it: {"POST /notifications/{id:id}/checks"},
    notifications.change: {"PATCH /notifications/{id:id}"},
    notifications.remove: {"DELETE /notifications/{id:id}"},
    indexers.try_a_connection: {"POST /prowlarrs/checks"},
    indexers.connect: {"POST /prowlarrs"},
    indexers.read_again: {"POST /prowlarrs/{id:id}/readings"},
    indexers.rename: {"PATCH /prowlarrs/{id:id}"},
    indexers.remove: {"DELETE /prowlarrs/{id:id}"},
    queues.make: {"POST /queues"},
    queues.see_what_it_leads_to: {"POST /queues/preview"},
    queues.choose_another_preset: {"POST /queues/new"},
    queues.pick_a_tag: {"POST /queues/filters"},
    queues.start_now: {"POST /queues/{id:id}/consent"},
    queues.start_at_night: {"POST /queues/{id:id}/consent"},
    queues.pause: {"POST /queues/{id:id}/pause"},
    queues.resume: {"DELETE /queues/{id:id}/pause"},
    queues.edit: {"PATCH /queues/{id:id}"},
    queues.make_it_a_dry_run: {"PATCH /queues/{id:id}"},
    queues.run_now: {"POST /queues/{id:id}/runs"},
    queues.cancel_a_run: {"DELETE /runs/{id:id}"},
    queues.delete: {"DELETE /queues/{id:id}"},
    queues.look_at_the_next_runs: set(),
    queues.look_at_the_preview: set(),
    queues.look_at_a_run: set(),
    lists.filter_the_backlog: set(),
    lists.sort_the_backlog: set(),
    lists.leaf_by_letter: set(),
    lists.exclude_many: {"POST /exclusions/many"},
    lists.snooze_many: {"POST /exclusions/many"},
    lists.undo_it: {"DELETE /exclusions/many"},
    lists.search_many: {"POST /searches/preview", "POST /searches"},
    lists.search_an_item: {"POST /items/{id:id}/searches"},
    lists.look_what_would_be_found: {"POST /items/{id:id}/trials"},
    lists.snooze_an_item: {"POST /exclusions"},
    lists.exclude_a_series: {"POST /exclusions"},
    lists.exclude_until_a_day: {"POST /exclusions"},
    lists.end_an_exclusion: {"DELETE /exclusions/{id:id}"},
    lists.filter_the_history: set(),
    lists.save_a_view: {"POST /searches/views"},
    lists.remove_a_view: {"DELETE /searches/views/{id:id}"},
    lists.take_the_history_away: set(),
    household.hold_everything: {"POST /hold"},
    household.go_on: {"DELETE /hold"},
    household.change_the_settings: {"PATCH /settings"},
    household.take_settings_in: {"POST /settings/file", "POST /settings/file/preview"},
    household.run_a_job: {"POST /jobs/{name}/runs"},
    household.make_a_backup: {"POST /backups"},
    household.download_a_backup: {"POST /backups/{backup:backup}/download"},
    household.delete_a_backup: {"DELETE /backups/{backup:backup}"},
    household.restore_a_backup: {"POST /backups/{backup:backup}/restore"},
    household.read_the_audit_trail: set(),
    household.take_the_log_away: {"POST /logs/downloads"},
    household.choose_the_time_of_the_yield: set(),
    household.look_at_the_plan: set(),
    household.send_what_was_typed_too_late: {"POST /queues"},
}
# A hint while somebody types, which the refused form gives too.
WITH_SCRIPT = {"POST /password/hint"}


def _words(journey: object) -> str:
    return f"{journey.__module__.rpartition('.')[2]}: {journey.__name__.replace('_', ' ')}"


# A server's database is dumped by pg_dump, and no page makes backups of it.
OF_BACKUPS = {
    household.make_a_backup,
    household.download_a_backup,
    household.delete_a_backup,
    household.restore_a_backup,
}
# One of each kind; the others are among the longer tests.
DAILY = {
    accounts.sign_in,
    instances.connect,
    notifications.add,
    indexers.connect,
    queues.make,
    lists.exclude_many,
    lists.look_what_would_be_found,
    household.take_settings_in,
    household.restore_a_backup,
}


def _marked(journey: Journey) -> Any:
    of_files = [pytest.mark.embedded("is about files")] if journey in OF_BACKUPS else []
    longer = [] if journey in DAILY else [pytest.mark.long]
    return pytest.param(journey, marks=[*of_files, *longer])


@pytest.mark.parametrize("journey", [_marked(each) for each in JOURNEYS], ids=_words)
async def test_a_person_gets_there_without_script(
    journey: Journey, browser: Browser, engine: Engine, sonarr: FakeArr
) -> None:
    home = Home(browser, engine, sonarr)
    await journey(home)
    assert JOURNEYS[journey] <= home.done
    await home.leave()


def test_there_is_a_journey_to_everything_that_can_be_changed() -> None:
    made = set().union(*JOURNEYS.values())
    assert {named(step) for step in UNSAFE} - made == WITH_SCRIPT
