"""Which tests are about the embedded file alone."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.postgres.__main__ import FOLDERS
from tests.trees import nodes

ROOT = Path(__file__).parents[1]
MARK = "pytest.mark.embedded"


def _marked() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(each for folder in FOLDERS for each in (ROOT / folder).rglob("*.py")):
        for node in nodes(path):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == MARK:
                yield path.relative_to(ROOT / "tests").as_posix(), node


def test_only_these_have_tests_of_the_file_alone() -> None:
    assert {name for name, _ in _marked()} == {
        "jobs/faults/test_disk.py",
        "jobs/housekeeping/test_backups.py",
        "jobs/housekeeping/test_beginning.py",
        "jobs/housekeeping/test_work.py",
        "jobs/mistakes/test_limits.py",
        "jobs/mistakes/test_storage.py",
        "jobs/test_backups.py",
        "models/backups/test_making.py",
        "models/backups/test_standing.py",
        "models/database/test_database.py",
        "models/database/test_storage.py",
        "models/migrations/test_0023_titles.py",
        "models/opening/test_schema.py",
        "models/queues/test_queues.py",
        "models/searches/test_history.py",
        "security/test_s07_proof.py",
        "security/test_s10_throttle.py",
        "security/test_s19_canary.py",
        "security/test_s22_at_rest.py",
        "security/test_s29_restoring.py",
        "security/test_s34_fail_closed.py",
        "security/test_s35_audit.py",
        "views/api/test_queries.py",
        "views/journeys/test_journeys.py",
        "views/test_backups.py",
        "views/test_errors.py",
        "views/test_logs.py",
        "views/test_queries.py",
        "views/test_searches.py",
    }


def test_each_says_why() -> None:
    for name, call in _marked():
        assert [type(each.value) for each in call.args if isinstance(each, ast.Constant)] == [
            str
        ], name
