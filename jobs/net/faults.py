"""Every way in which a call to an instance fails, each with its own plain sentence."""

from collections.abc import Mapping

# Whatever fails here, fails before the request can have left.
BEFORE_SENDING = frozenset({"refused", "name_not_found", "tls", "localhost", "blocked_address"})

LONGEST_FACT = 160

# The part before the dot is the code; what follows tells two sentences of one code apart.
# Each begins with the instance, and only what is known to be true of it is advised.
SENTENCES = {
    "refused": "{who} cannot be reached: the connection was refused. Is it running, and is the "
    "port right?",
    "refused.known": "{who} cannot be reached: the connection was refused, at an address that has "
    "worked before. Is it running?",
    "refused.unreachable": "{who} cannot be reached: no way leads from here to {host}.",
    "name_not_found": "{who} cannot be found: the name {host} is not known here. Is it spelt "
    "right, and on the same network?",
    "name_not_found.known": "{who} cannot be found: the name {host} has worked before, but is not "
    "known now. A container that is stopped loses its name; is it running?",
    "tls": "{who} and this program could not agree on an encrypted connection.",
    "tls.untrusted": "{who} shows a certificate signed by nobody known here. Name its "
    "authority's certificate in VQS_CA_FILE, or switch the check off for this instance.",
    "tls.wrong_name": "{who} shows a certificate made out to another name. Use the name in the "
    "certificate, or switch the check off for this instance.",
    "tls.expired": "{who} shows a certificate that has expired.",
    "tls.not_yet_valid": "{who} shows a certificate that is not valid yet. Is the clock right?",
    "tls.out_of_date": "{who} offers only encryption that is out of date: TLS 1.2 or newer is "
    "needed.",
    "tls.plain_http": "{who} speaks plain http: write http:// instead of https://.",
    "tls.not_tls": "{who} speaks something else than https. Is the port right?",
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
    "wrong_key": "{who} does not accept this API key. {Application} shows it under Settings, "
    "General.",
    "wrong_key.unusable": "{who} was not asked: an API key has only letters, digits and signs, "
    "and no spaces.",
    "not_arr": "{who} was asked {asked}, and the answer is not one of {Application}. Is the "
    "address right?",
    "not_arr.page": "{who} was asked {asked}, and a web page came back. Is the address right, and "
    "does it end in the URL base, if there is one?",
    "not_arr.nothing_there": "{who} was asked {asked}, but something in front of it answered that "
    "there is nothing (404). Is the address right, and does it end in the URL base, if there is "
    "one?",
    "not_arr.in_front": "{who} was asked {asked}, but something in front of it refused the "
    "request ({status}).",
    "not_arr.not_http": "{who} speaks something else than http. Is the port right?",
    "wrong_application": "{who} says that it is {Found}, and {Application} was expected.",
    "sign_in_page": "{who} was asked {asked}, and a page to sign in came back. Is the URL base "
    "right, or does something in front ask people to sign in?",
    "sign_in_page.here": "{who} was asked {asked}, and sends us to {target} instead. Is the URL "
    "base right, or does something in front ask people to sign in?",
    "sign_in_page.elsewhere": "{who} was asked {asked}, but something in front of it sends us "
    "to sign in at {target}. Let it pass what goes to /api, or use the address "
    "behind it.",
    "sign_in_page.in_front": "{who} was asked {asked}, but something in front of it lets nobody "
    "through without signing in ({status}). Let it pass what goes to /api, or use the address "
    "behind it.",
    "sign_in_page.proxy": "{who} was asked {asked}, but a proxy in front of it asks for a name "
    "and password of its own. Enter them in its form, under “A proxy in front of it”.",
    "sign_in_page.not_let_in": "{who} was asked {asked}, but a proxy in front of it does not "
    "accept what is entered under “A proxy in front of it” ({status}).",
    "redirect": "{who} was asked {asked}, and sends us on to {target}. If that is the right "
    "address, enter that one.",
    "redirect.elsewhere": "{who} was asked {asked}, but something in front of it sends us to "
    "{target}, where its API is not. Does it ask people to sign in there?",
    "redirect.same": "{who} was asked {asked}, and sends us on to the very same address.",
    "redirect.nowhere": "{who} was asked {asked}, and sends us on, but does not say where to.",
    "url_base_missing": "{who} has a URL base that the address lacks: enter {target}.",
    "starting": "{who} is starting up.",
    "too_old": "{who} is too old: it is {Application} {found}, and {needed} or newer is needed.",
    "too_large": "{who} was asked {asked}, and answered with more than {limit} MB.",
    "too_large.number": "{who} was asked {asked}, and answered with more than {most} records.",
    "too_large.kept": "{who} was asked {asked}, and answered with more than there is room for.",
    "malformed": "{who} was asked {asked}, and its answer could not be understood.",
    "malformed.broke_off": "{who} was asked {asked}, and its answer ends in the middle.",
    "server_error": "{who} was asked {asked}, and had an error of its own ({status}).",
    "server_error.proxy": "{who} was asked {asked}, but something in front of it waited for it in "
    "vain ({status}).",
    "server_error.in_front": "{who} was asked {asked}, but something in front of it had an error "
    "({status}).",
    "rate_limited": "{who} was asked {asked}, and we are asked to slow down.",
    "not_found": "{who} was asked {asked}, and does not have it any more, or never had.",
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
    """No connection came about; `kind` names the sentence. No request can have arrived."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Fault(Exception):
    """Why a call failed.

    `sentence` is for people and holds no secret; `retry_after` is in seconds, when the instance
    named them; `may_have_arrived` says whether the request can have had an effect;
    `by_application` says whether the application itself gave an error of its own, so that it
    speaks of what was asked and not of what stands in front; `status` is that of the answer, None
    where there was none or where a reply could not be understood.
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


def fault(
    kind: str,
    facts: Mapping[str, object],
    *,
    retry_after: float | None = None,
    may_have_arrived: bool | None = None,
) -> Fault:
    """The fault of this kind, its sentence filled in with facts that are cut to a decent length."""
    code = kind.partition(".")[0]
    if may_have_arrived is None:
        may_have_arrived = code not in BEFORE_SENDING
    sentence = SENTENCES[kind].format_map({name: plain(fact) for name, fact in facts.items()})
    return Fault(code, sentence, retry_after=retry_after, may_have_arrived=may_have_arrived)


def plain(fact: object) -> str:
    """One short line of printable text, whatever a stranger sent."""
    text = "".join(letter if letter.isprintable() else " " for letter in str(fact))
    return text if len(text) <= LONGEST_FACT else text[: LONGEST_FACT - 1] + "…"
