"""Names of the server's advisory locks, for work that one replica at a time may do."""

from enum import IntEnum


class Lock(IntEnum):
    """The first of a lock's two numbers; the second names the instance or replica.

    Its first two bytes are ours, as other programs may use the same database.
    """

    MIGRATION = 0x56510001
    # Servers share it; moving the database and changing the secret need it alone.
    SERVING = 0x56510002
    # A replica holds its lock while it lives; another one that can take it knows that it is dead.
    REPLICA = 0x56510003
    LEADER = 0x56510004
    INSTANCE = 0x56510005
    SYNC = 0x56510006
    # Around reading the budgets and announcing a search.
    HOUSEHOLD = 0x56510007
    # Around counting an instance's items, or moving the counts along.
    TALLIES = 0x56510008
    # Around what a person changes: what was checked is so still when it is written.
    CHANGES = 0x56510009
    # Around reading what happened for the notifications, or joining what a target is told.
    OUTBOX = 0x5651000A
