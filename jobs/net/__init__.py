"""The one door to the network: addresses, TLS, times, sizes, redirects and errors in one place.

    connection = door.open(Server("http://localhost/films", "Ntfy"))
    reply = await connection.ask(Request.json("", {"text": "Done"}, asked="to take a message"))

Each request goes out once. What fails is a Fault, whose sentence may be shown.
"""

from jobs.net.answers import Answer, Judge, Location, Reply, retry_after
from jobs.net.arrays import Splitter
from jobs.net.bounds import MEGABYTE, REPLY_LIMIT, Timeouts
from jobs.net.connections import Connection, Door, Noted, unnoted
from jobs.net.faults import IN_VAIN, SENTENCES, Fault
from jobs.net.http import ASGIApp
from jobs.net.mail import MailServer, send_mail
from jobs.net.questions import Address, Headers, Query, Question, Request, Server

__all__ = [
    "IN_VAIN",
    "MEGABYTE",
    "REPLY_LIMIT",
    "SENTENCES",
    "ASGIApp",
    "Address",
    "Answer",
    "Connection",
    "Door",
    "Fault",
    "Headers",
    "Judge",
    "Location",
    "MailServer",
    "Noted",
    "Query",
    "Question",
    "Reply",
    "Request",
    "Server",
    "Splitter",
    "Timeouts",
    "retry_after",
    "send_mail",
    "unnoted",
]
