"""The status by which an application says what it is."""

from jobs.arr import translate
from jobs.arr.reading import Reader
from jobs.arr.replies import StatusReply
from jobs.net import Fault

STATUS = "system/status"


async def status_of(read: Reader, label: str, oldest: tuple[int, ...]) -> StatusReply:
    """The status of an application of this name and at least this version; else raises a Fault."""
    try:
        reply = await read.one(STATUS, StatusReply, stranger="not_arr")
    except Fault as error:
        if error.code == "not_found":
            raise read.fault("not_arr", STATUS) from None
        raise
    if not reply.app_name:
        raise read.fault("not_arr", STATUS)
    if reply.app_name.lower() != label.lower():
        raise read.fault("wrong_application", STATUS, Found=reply.app_name)
    if translate.version_numbers(reply.version) < oldest:
        needed, found = ".".join(map(str, oldest)), reply.version or "of unknown version"
        raise read.fault("too_old", STATUS, found=found, needed=needed)
    return reply
