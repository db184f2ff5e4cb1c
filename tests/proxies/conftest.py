"""The tests with several replicas need a server: `make test-postgres` runs them."""

from tests.postgres.databases import SERVER

collect_ignore = [] if SERVER else ["test_replicas.py"]
