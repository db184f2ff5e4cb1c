"""State and rules: tables, settings, encryption, schedules, eligibility, budgets. No network."""

import sys

# peewee loads psycopg wherever it is installed: 18 MB that only a server's database needs.
_HELD_BACK = "psycopg"

if _HELD_BACK not in sys.modules:
    sys.modules[_HELD_BACK] = None  # type: ignore[assignment]
    import playhouse.migrations as _migrations  # noqa: F401

    del sys.modules[_HELD_BACK]
