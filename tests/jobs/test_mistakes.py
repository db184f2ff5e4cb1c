"""Mistakes that tools of this kind have made, and the test that keeps us from each."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERE = "tests/jobs/mistakes"
MISTAKES = {
    "UTC dates read as local time": (
        f"{HERE}/test_choosing.py::test_dates_are_utc_wherever_the_machine_stands"
    ),
    "a random page picked first and filtered after, so nothing is found": (
        f"{HERE}/test_choosing.py::test_the_one_item_that_may_be_searched_is_found_among_many"
    ),
    "caps that reset on the clock hour": (
        "tests/models/budgets/test_budgets.py::test_the_window_rolls_and_knows_no_clock_hour"
    ),
    "caps, tag filters and queue checks that fail open": (
        f"{HERE}/test_limits.py::test_what_cannot_be_checked_is_not_searched"
    ),
    "all state wiped every 72 h, so that the whole backlog comes due at once": (
        f"{HERE}/test_limits.py::test_cooldowns_outlast_days_restarts_and_syncs"
    ),
    "series ids compared with episode ids": (
        f"{HERE}/test_choosing.py::test_a_series_id_is_never_taken_for_an_episode_id"
    ),
    "season ids built by arithmetic that collide": (
        f"{HERE}/test_choosing.py::test_seasons_do_not_collide"
    ),
    "stuck on page 1 of the list": (
        "tests/jobs/arr/test_wanted.py::test_a_list_is_read_to_its_end_and_no_further"
    ),
    "a window over the series that stalls when it holds nothing to do": (
        f"{HERE}/test_choosing.py::test_what_cannot_be_searched_does_not_stand_in_the_way_of_what_can"
    ),
    "a shuffled deck of pages that drops pages": (
        f"{HERE}/test_choosing.py::test_in_random_order_every_item_has_its_turn_once"
    ),
    "a migration whose cascade wiped the cooldowns": (
        f"{HERE}/test_storage.py::test_rebuilding_a_table_in_a_migration_keeps_its_children"
    ),
    "too many SQL variables at 1,000 series": (
        f"{HERE}/test_storage.py::test_a_thousand_series_are_no_trouble"
    ),
    "a write transaction held across HTTP calls": (
        f"{HERE}/test_storage.py::test_no_transaction_is_open_while_an_instance_is_asked"
    ),
    "one failed probe pausing every queue for ever": (
        "tests/jobs/engine/test_breaker.py::test_after_an_outage_searches_go_on_by_themselves"
    ),
    "a restart that re-runs every daily queue": (
        f"{HERE}/test_limits.py::test_a_restart_runs_no_queue_again"
    ),
    "the pack searched and every episode as well": (
        "tests/models/batches/test_batches.py::test_the_pack_and_its_episodes_are_never_both_searched"
    ),
    "grabs by RSS counted as ours": (
        "tests/jobs/searches/test_searches.py::test_a_grab_of_the_feeds_is_not_ours"
    ),
    "memory that grows with the library": (
        "tests/jobs/net/test_bodies.py::test_an_array_is_read_in_little_memory"
    ),
    "a run that ends silently with nothing to do": (
        f"{HERE}/test_limits.py::test_a_run_with_nothing_to_do_says_so_with_its_counts"
    ),
    "a failing POST that is neither counted nor cooled down": (
        "tests/jobs/searches/test_searches.py::test_a_server_error_fails_the_search_and_holds_the_run"
    ),
    "Retry-After promised and never read": (
        "tests/jobs/searches/test_searches.py::test_a_busy_server_is_left_alone_as_long_as_it_asks"
    ),
    "one malformed record that fails the whole list": (
        "tests/jobs/sync/test_sync.py::test_one_malformed_record_spares_the_rest_and_is_said"
    ),
    "deleting history resets the caps": (
        "tests/jobs/runs/test_runs.py::test_deleting_an_instance_gives_the_household_no_budget_back"
    ),
    "a worker that dies and is never restarted": (
        "tests/jobs/runs/test_workers.py::test_an_instance_whose_worker_died_is_cared_for_again"
    ),
    "the wanted lists walked again every 10 minutes": (
        "tests/jobs/test_scheduler.py::test_an_idle_day_takes_few_requests"
    ),
    "a dashboard that aggregates the whole log on each load": (
        f"{HERE}/test_storage.py::test_the_dashboard_reads_no_more_of_the_log_than_it_shows"
    ),
    "a batch or sleep of 0 that loops without pause": (
        f"{HERE}/test_limits.py::test_numbers_of_zero_and_below_neither_loop_nor_send"
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_has_its_test(mistake: str) -> None:
    path, name = MISTAKES[mistake].split("::")
    tree = ast.parse((ROOT / path).read_text())
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, kinds)}
