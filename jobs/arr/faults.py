"""Every way in which a call to an instance fails, each with its own plain sentence."""

from collections.abc import Mapping

# Whatever fails here, fails before the request can have left.
BEFORE_SENDING = frozenset({"refused", "name_not_found", "tls", "localhost", "blocked_address"})

LONGEST_FACT = 160

# The part before the dot is the code; what follows tells two sentences of one code apart.
SENTENCES = {
    "refused": "Nothing answers at {where}: the connection was refused. Is it running, and is "
    "the port right?",
    "refused.unreachable": "There is no way from here to {where}.",
    "name_not_found": "The name {host} is not known here. Is it spelt right, and on the same "
    "network?",
    "tls": "No encrypted connection to {where} could be agreed on. If it has none, write http:// "
    "instead of https://.",
    "tls.untrusted": "{where} shows a certificate signed by nobody known here. Name its "
    "authority's certificate in VQS_CA_FILE, or switch the check off for this instance.",
    "tls.wrong_name": "The certificate that {where} shows is made out to another name. Use the "
    "name in the certificate, or switch the check off for this instance.",
    "tls.expired": "The certificate that {where} shows has expired.",
    "tls.not_yet_valid": "The certificate that {where} shows is not valid yet. Is the clock right?",
    "tls.plain_http": "{where} speaks plain http: write http:// instead of https://.",
    "tls.wants_https": "{where} expects https: write https:// instead of http://.",
    "timeout": "{where} did not answer in time.",
    "timeout.connecting": "No connection to {where} came about in time. Is a firewall between?",
    "timeout.trickle": "{where} answered too slowly: the reply was not complete in time.",
    "reset": "{where} closed the connection without an answer. If it expects https, write "
    "https:// in the address.",
    "reset.broke_off": "{where} closed the connection in the middle of its answer.",
    "wrong_key": "{where} does not accept this API key. {Application} shows it under Settings, "
    "General.",
    "wrong_key.unusable": "An API key has only letters, digits and signs, and no spaces.",
    "not_arr": "{where} answers, but not as {Application} does. Is the address right?",
    "not_arr.page": "{where} answered with a web page where {Application} answers with data. Is "
    "the address right, and does it end in the URL base, if there is one?",
    "not_arr.not_http": "{where} speaks something else than http. Is the port right?",
    "wrong_application": "This is {Found}, and {Application} was expected.",
    "sign_in_page": "{where} answered with a sign-in page. Is the URL base right, or does a proxy "
    "in front ask people to sign in?",
    "sign_in_page.elsewhere": "{where} sends us to a sign-in page, {target}. Is the URL base "
    "right, or does a proxy in front ask people to sign in?",
    "sign_in_page.proxy": "A proxy in front of {where} asks for a name and password of its own.",
    "redirect": "{where} sends us on to {target}. If that is the right address, enter that one.",
    "redirect.nowhere": "{where} sends us on, but does not say where to.",
    "url_base_missing": "{Application} has the URL base {base}: add it to the end of the address.",
    "starting": "{Application} is starting up.",
    "too_old": "{Application} {found} is too old: {needed} or newer is needed.",
    "too_large": "The answer of {where} is larger than {limit} MB.",
    "malformed": "The answer of {where} could not be understood.",
    "malformed.broke_off": "The answer of {where} ends in the middle.",
    "server_error": "{Application} at {where} had an error of its own ({status}).",
    "server_error.proxy": "A proxy in front of {where} cannot reach {Application} ({status}).",
    "rate_limited": "{where} asks us to slow down.",
    "not_found": "{Application} does not have this any more, or never had.",
    "rejected": "{Application} at {where} did not take the request ({status}).",
    "localhost": "{where}: that is this container itself; use the service's name or "
    "host.docker.internal.",
    "blocked_address": "{host} is an address that is never connected to.",
    "blocked_address.scheme": "An address begins with http:// or https://.",
    "blocked_address.credentials": "An address must not carry a name or password.",
    "blocked_address.unusable": "This is not an address that can be used.",
}


class Fault(Exception):
    """Why a call failed.

    `sentence` is for people and holds no secret; `retry_after` is in seconds, when the instance
    named them; `may_have_arrived` says whether the request can have had an effect;
    `by_application` says whether Sonarr or Radarr itself gave an error of its own, so that it
    speaks of what was asked and not of what stands in front.
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
