"""Tests that need a server, which `python -m tests.postgres` starts."""

from tests.postgres.databases import SERVER

collect_ignore_glob = [] if SERVER else ["test_*.py"]
