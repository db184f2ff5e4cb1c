"""What one replica at a time may do: names of the advisory locks of the server."""

from enum import IntEnum


class Lock(IntEnum):
    """The first of a lock's two numbers; the second says which instance or replica.

    The first two bytes are ours, for other programs may use the same database.
    """

    MIGRATION = 0x56510001
    # Servers hold it shared; moving and another master secret need it alone.
    SERVING = 0x56510002
    # A replica holds its own as long as it lives: whoever can take it knows that it is dead.
    REPLICA = 0x56510003
    LEADER = 0x56510004
    INSTANCE = 0x56510005
    SYNC = 0x56510006
    # Around reading the budgets and announcing a search.
    HOUSEHOLD = 0x56510007
