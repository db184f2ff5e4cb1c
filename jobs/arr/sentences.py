"""The sentences of faults of Sonarr or Radarr, beyond those of any server."""

from collections.abc import Mapping

from jobs.net import SENTENCES as OF_ANY_SERVER

SENTENCES: Mapping[str, str] = {
    **OF_ANY_SERVER,
    "tls.untrusted": "{who} shows a certificate that no known authority has signed. Name its "
    "authority's certificate in VQS_CA_FILE, or switch the check off for this instance.",
    "tls.wrong_name": "{who} shows a certificate made out to another name. Use the name in the "
    "certificate, or switch the check off for this instance.",
    "wrong_key": "{who} does not accept this API key. {Application} shows it under Settings, "
    "General.",
    "wrong_key.unusable": "{who} was not asked: an API key has only letters, digits and symbols, "
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
    "redirect.elsewhere": "{who} was asked {asked}, but something in front of it sends us to "
    "{target}, where its API is not. Does it ask people to sign in there?",
    "redirect.same": "{who} was asked {asked}, and sends us on to the very same address.",
    "url_base_missing": "{who} has a URL base that the address lacks: enter {target}.",
    "starting": "{who} is starting up.",
    "too_old": "{who} is too old: it is {Application} {found}, and {needed} or newer is needed.",
    "too_large.kept": "{who} was asked {asked}, and answered with more than there is room for.",
    "server_error.proxy": "{who} was asked {asked}, but something in front of it got no answer "
    "from it ({status}).",
    "server_error.in_front": "{who} was asked {asked}, but something in front of it had an error "
    "({status}).",
    "not_found": "{who} was asked {asked}, and no longer has it, or never had it.",
}
