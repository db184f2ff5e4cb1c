"""What the exceptions of the network libraries mean."""

import h11
import httpcore

from jobs.net.faults import Fault, Unreached
from jobs.net.questions import Question
from jobs.net.tls import kind_of

# All errors of the connection's libraries; those of ssl are OSErrors, those of idna, codecs and
# parsers of addresses are ValueErrors.
BROKEN = (
    Unreached,
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    httpcore.ConnectionNotAvailable,
    h11.ProtocolError,
    OSError,
    ValueError,
)


def broken(error: BaseException, question: Question, *, answered: bool) -> Fault:
    """The fault of a network exception; `answered` is True once the reply had begun."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, Unreached):
        return question.fault(error.kind, may_have_arrived=False)
    if isinstance(error, httpcore.PoolTimeout):
        return question.fault("timeout", may_have_arrived=False)
    if isinstance(error, httpcore.ConnectTimeout):
        return question.fault("timeout.connecting", may_have_arrived=False)
    if isinstance(error, httpcore.TimeoutException):
        return question.fault("timeout")
    if isinstance(error, TimeoutError):
        return question.fault("timeout.trickle" if answered else "timeout")
    if isinstance(error, httpcore.ConnectError):
        return question.fault("refused.unreachable")
    if answered:
        return question.fault("reset.broke_off")
    return question.fault(_unanswered(error, question), may_have_arrived=True)


def _unanswered(error: BaseException, question: Question) -> str:
    if kind := kind_of(error):
        return kind
    plain = question.origin.startswith("http:")
    if "illegal" in str(error):
        return "not_http"
    return "reset.plain" if plain and not question.known else "reset"
