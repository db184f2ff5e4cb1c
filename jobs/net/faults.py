"""Every way in which a call over the network fails, each with its own sentence."""

from collections.abc import Mapping

# These fail before the request can have left.
BEFORE_SENDING = frozenset({"refused", "name_not_found", "tls", "localhost", "blocked_address"})
# No answer came, or none that was one of http.
SILENCES = frozenset(
    {"refused", "name_not_found", "tls", "localhost", "timeout", "reset", "not_http"}
)
# Statuses of a proxy that got no answer from the server behind it; 520 to 530 are Cloudflare's.
IN_VAIN = frozenset({502, 503, 504, *range(520, 531)})

LONGEST_FACT = 160

# The part before the dot is the code; the rest distinguishes sentences of one code. Each sentence
# begins with the server's name, and advises only what is known to be true.
SENTENCES: Mapping[str, str] = {
    "refused": "{who} cannot be reached: the connection was refused. Is it running, and is the "
    "port right?",
    "refused.known": "{who} cannot be reached: the connection was refused, at an address that has "
    "worked before. Is it running?",
    "refused.unreachable": "{who} cannot be reached: there is no route to {host}.",
    "name_not_found": "{who} cannot be found: the name {host} is not known here. Is it spelt "
    "right, and on the same network?",
    "name_not_found.known": "{who} cannot be found: the name {host} has worked before, but is not "
    "known now. A container that is stopped loses its name; is it running?",
    "tls": "{who} and this program could not agree on an encrypted connection.",
    "tls.untrusted": "{who} shows a certificate that no known authority has signed. Name its "
    "authority's certificate in VQS_CA_FILE.",
    "tls.wrong_name": "{who} shows a certificate made out to another name. Use the name in the "
    "certificate.",
    "tls.expired": "{who} shows a certificate that has expired.",
    "tls.not_yet_valid": "{who} shows a certificate that is not valid yet. Is the clock right?",
    "tls.out_of_date": "{who} offers only encryption that is out of date: TLS 1.2 or newer is "
    "needed.",
    "tls.plain_http": "{who} speaks plain http: write http:// instead of https://.",
    "tls.not_tls": "{who} speaks something other than https. Is the port right?",
    "tls.not_offered": "{who} does not offer what was asked of it: encryption by STARTTLS, or a "
    "sign-in. Choose another way under Security.",
    "tls.wants_https": "{who} expects https: write https:// instead of http://.",
    "tls.wants_https_known": "{who} expects encryption now, at an address that has worked without. "
    "Was it switched on there?",
    "timeout": "{who} was asked {asked}, and did not answer in time.",
    "timeout.connecting": "{who} cannot be reached: no connection came about in time. Is a "
    "firewall between?",
    "timeout.handshake": "{who} took the connection, but did not agree on encryption in time.",
    "timeout.trickle": "{who} was asked {asked}, and answered too slowly: the reply was not "
    "complete in time.",
    "reset": "{who} was asked {asked}, and closed the connection without an answer.",
    "reset.plain": "{who} was asked {asked}, and closed the connection without an answer. Does it "
    "expect https?",
    "reset.handshake": "{who} closed the connection while encryption was being agreed on; nothing "
    "was asked yet.",
    "reset.broke_off": "{who} was asked {asked}, and closed the connection in the middle of its "
    "answer.",
    "wrong_key": "{who} was asked {asked}, and does not accept the key or password that it "
    "was sent ({status}).",
    "wrong_key.unusable": "{who} was not asked: a key or password for it holds a character that "
    "cannot be sent.",
    "not_http": "{who} speaks something other than http. Is the port right?",
    "redirect": "{who} was asked {asked}, and sends us on to {target}. If that is the right "
    "address, enter that one.",
    "redirect.nowhere": "{who} was asked {asked}, and sends us on, but does not say where to.",
    "too_large": "{who} was asked {asked}, and answered with more than {limit} MB.",
    "too_large.number": "{who} was asked {asked}, and answered with more than {most} records.",
    "malformed": "{who} was asked {asked}, and its answer could not be understood.",
    "malformed.broke_off": "{who} was asked {asked}, and its answer ends in the middle.",
    "server_error": "{who} was asked {asked}, and had an error of its own ({status}).",
    "rate_limited": "{who} was asked {asked}, and we are asked to slow down.",
    "not_found": "{who} was asked {asked}, and there is nothing at that address ({status}).",
    "rejected": "{who} was asked {asked}, and did not take the request ({status}).",
    "localhost": "{who} cannot be reached with {host} in its address: that is this container "
    "itself; use the service's name or host.docker.internal.",
    "blocked_address": "{who} was not asked: {host} is an address that is never connected to.",
    "blocked_address.scheme": "{who} was not asked: an address begins with http:// or https://.",
    "blocked_address.credentials": "{who} was not asked: an address must not carry a name or "
    "password.",
    "blocked_address.unusable": "{who} was not asked: this is not an address that can be used.",
}


class Unreached(Exception):
    """There is no connection, so no request can have arrived; `kind` names the sentence."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Fault(Exception):
    """Why a call failed.

    `sentence` is for people and holds no secret.
    `retry_after` is in seconds, if the server named it.
    `may_have_arrived` says whether the request can have had an effect.
    `by_application` is True for the application's own error, which is about the request itself and
    not about something in front.
    `status` is the answer's; None without an answer, and for an undecodable reply.
    """

    def __init__(
        self,
        code: str,
        sentence: str,
        *,
        retry_after: float | None = None,
        may_have_arrived: bool = True,
    ) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.retry_after = retry_after
        self.may_have_arrived = may_have_arrived
        self.by_application = False
        self.status: int | None = None

    @property
    def is_silence(self) -> bool:
        """Whether the server itself did not answer, though a proxy in front may have."""
        return self.code in SILENCES or (self.status in IN_VAIN and not self.by_application)


def fault(
    kind: str,
    facts: Mapping[str, object],
    *,
    sentences: Mapping[str, str] = SENTENCES,
    retry_after: float | None = None,
    may_have_arrived: bool | None = None,
) -> Fault:
    """The fault of this kind, with its sentence filled in by shortened facts."""
    code = kind.partition(".")[0]
    if may_have_arrived is None:
        may_have_arrived = code not in BEFORE_SENDING
    sentence = sentences[kind].format_map({name: plain(fact) for name, fact in facts.items()})
    return Fault(code, sentence, retry_after=retry_after, may_have_arrived=may_have_arrived)


def plain(fact: object) -> str:
    """One short line of printable text, for text from strangers."""
    text = "".join(letter if letter.isprintable() else " " for letter in str(fact))
    return text if len(text) <= LONGEST_FACT else text[: LONGEST_FACT - 1] + "…"
