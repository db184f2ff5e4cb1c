"""Removes from a text what no log may hold: keys, cookies, passwords, tokens and the like.

The texts may be long and a stranger's, so everything here takes linear time: a search begins only
at a fixed character or the start of a word, and does not read again what it has read.
"""

import re

HIDDEN = "[redacted]"

# One of these anywhere in a name makes its value a secret: smtp_password, X-Api-Token.
STRONG = frozenset(  # nosec B105 # words, no secret
    (
        *("apikey", "authorization", "cookie", "credential", "otp", "passphrase", "passwd"),
        *("password", "pepper", "pin", "pwd", "secret", "sessid", "token", "totp", "webhook"),
    )
)
# One of these at the end of a name, after anything, too: xapikey, accesstoken, phpsessid.
ENDS = (*STRONG - {"otp", "pin"}, "accesskey", "authkey", "masterkey", "privatekey", "secretkey")
# A `key` that is the whole name, or follows one of these, is a secret; a sort key is not.
OF_KEYS = frozenset(
    ("api", "access", "auth", "client", "encryption", "license", "master", "private", "shared")
)
OF_CODES = frozenset(
    (
        *("access", "auth", "authorization", "backup", "device", "login", "recovery", "reset"),
        *("security", "setup", "sms", "user"),
    )
)
# Such a name that ends with one of these only says where something is.
PLACES = frozenset(("dir", "file", "folder", "path"))

PARTS = re.compile(r"(?i)%5f|%2[de]|[_.-]")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
A_TAG = re.compile(r"<(?:[\w.-]{1,30}:)?\Z")
WORD = r"(?:[\w.-]|%(?:5[Ff]|2[DdEe]))"
# A name and what leads to its value, in any notation of a pair.
PAIR = re.compile(
    rf"(?<![\w.-])(?!(?<=%)(?:5[Ff]|2[DdEe]))(?P<name>{WORD}++)(?P<to>"
    # key=, "key": , key => , user[key]=, key%3D, %22key%22%3A
    r"(?:\\*[\"']|%(?:25)?22|\])?[ \t]{0,8}(?:=>|[:=]|%(?:25)?3[AaDd])[ \t]{0,8}"
    # ("key", "value")
    r"|[\"'][ \t]{0,8},[ \t]{0,8}(?=b?[\"'])"
    # <Key>, <Key type="...">
    r"|(?:\s[^<>\r\n]{0,100})?>"
    # <input name="key" value=
    r"|[\"'][^<>\r\n]{0,100}?\svalue="
    # A part of a form: name="key", an empty line, and the value.
    r"|\"[^\r\n]{0,100}\r?\n(?:[^\r\n]{1,100}\r?\n){0,2}\r?\n)"
)
QUOTED = re.compile(r"b?(?:\"(?:[^\"\\\r\n]|\\.)*+\"|'(?:[^'\\\r\n]|\\.)*+')")
NESTED = re.compile(r"(\\{1,16}[\"'])(?:(?!\1)[^\r\n])*+(?:\1)?")
TO_THE_END = re.compile(r"[^\r\n]*+")
TO_A_TAG = re.compile(r"(?:<!\[CDATA\[)?[^<]*+")
SCHEME = re.compile(r"(?i)(?:basic|bearer|digest|negotiate|token)[ \t]+(?=\S)")
ENCODED = re.compile(r"(?:%(?:25)?22)?(?:(?!%(?:25)?2[26Cc])[^\s&;,'\")\]}<>|\\])++")
PLAIN = re.compile(r"(?:[^\s&;,'\")\]}<>|\\]|\\(?![\"'nrt]))++")
SHORT_NUMBER = re.compile(r"\d{1,3}(?!\w)")

SHAPES = (
    # Credentials in an address: user@, user:password@.
    (re.compile(r"//[^\s/\"'<>]*@"), f"//{HIDDEN}@"),
    (re.compile(r"(?<![\w.%+~/-])[\w.%+~-]++:[^\s:/@\"'<>,;=]++@(?=[\w\[])"), f"{HIDDEN}@"),
    # The path of a webhook or bot lets anybody post to it.
    (re.compile(r"(?i)(/(?:api/)?webhooks?/)[^\s\"'<>]++"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)(hooks\.slack\.com/)[^\s\"'<>]++"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)(\bbot)[0-9]{1,20}:[\w-]++"), rf"\1{HIDDEN}"),
    # Our own one-time links, and addresses that instances send to.
    (re.compile(r"(?i)(/hooks/)[^\s\"'<>]++"), rf"\1{HIDDEN}"),
    (re.compile(r"(/invitations/)[\w-]{16,}+"), rf"\1{HIDDEN}"),
    # Our own API keys, before what only looks like hexadecimal digits.
    (re.compile(r"\bvqs_[\w-]{20,}+"), HIDDEN),
    # A JSON web token.
    (re.compile(r"(?<![\w-])eyJ[\w-]{4,}+\.[\w-]{4,}+(?:\.[\w-]*+)?"), HIDDEN),
    # Keys of Sonarr and Radarr, hashes, and our own keys, anywhere.
    (re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{32,}+"), HIDDEN),
    # Hashes of passwords.
    (re.compile(r"\$argon2[a-z]{0,2}\$[\w$=+/,.-]++"), HIDDEN),
    # Tokens of Fernet.
    (re.compile(r"(?<![\w=-])gAAAA[\w=-]{20,}+"), HIDDEN),
    # The value after the name of a scheme, if it is not a word of a sentence.
    (
        re.compile(
            r"(?i)\b((?:basic|bearer|digest)[ \t]{1,4})(?=[\w.~+/:-]{0,99}[0-9=])[\w.~+/=:-]{6,}+"
        ),
        rf"\1{HIDDEN}",
    ),
)


def redacted(text: str) -> str:
    text = _without_values(text)
    for pattern, hidden in SHAPES:
        text = pattern.sub(hidden, text)
    return text


def _without_values(text: str) -> str:
    kept, at, look = [], 0, 0
    while pair := PAIR.search(text, look):
        end = _end_of_value(text, pair)
        # This text leads to a value, but may hold a name itself.
        look = pair.end("name")
        if end > pair.end():
            kept += [text[at : pair.end()], HIDDEN]
            at = look = end
    return "".join([*kept, text[at:]])


def _end_of_value(text: str, pair: re.Match[str]) -> int:
    """The end of the secret after this pair; at or before the pair's end if there is none."""
    to, at, before = pair["to"], pair.end(), text[max(0, pair.start() - 32) : pair.start()]
    words = _words(pair["name"][2 if before.endswith("%") else 0 :])
    if not words or words[-1] in PLACES:
        return 0
    strong = _opens(words)
    if not (strong or _may_open(words, to)) or ("," in to and before[-1:] not in ("'", '"')):
        return 0
    if to.endswith(">") and not to.endswith("=>"):
        return _end(TO_A_TAG, text, at) if A_TAG.search(before) else 0
    if text.startswith(('"', "'", 'b"', "b'"), at):
        return _end(QUOTED, text, at) or _end(TO_THE_END, text, at)
    if nested := NESTED.match(text, at):
        return nested.end()
    if text.startswith(("[", "{"), at) or (words == ["code"] and SHORT_NUMBER.match(text, at)):
        return 0
    if "%" in to:
        return _end(ENCODED, text, at)
    if to.endswith("\n") or (strong and to.strip() == ":"):
        return _end(TO_THE_END, text, at)
    scheme = SCHEME.match(text, at)
    return _end(PLAIN, text, scheme.end() if scheme else at)


def _words(name: str) -> list[str]:
    """The words at the end of a name, which may be long."""
    parts = PARTS.split(name[-100:])
    return [word.lower() for part in parts for word in CAMEL.split(part) if word]


def _opens(words: list[str]) -> bool:
    """Whether a value of this name is certainly a secret."""
    joined = "".join(words)
    known = any(word in STRONG or word.removesuffix("s") in STRONG for word in words)
    return known or joined.endswith(ENDS)


def _may_open(words: list[str], to: str) -> bool:
    """Whether an ordinary word names a secret here."""
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if "," in to:
        return False
    if last == "vqs":
        return "=" in to or "%" in to
    if last == "key":
        return not before or before in OF_KEYS
    if last == "code":
        return not before or before in OF_CODES
    return last in ("pass", "pw", "auth") or "session" in words


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else 0
