"""Takes out of a text what must be in no log: keys, cookies, passwords, tokens and their kin."""

import logging
import re
import sys

log = logging.getLogger("vqs")

HIDDEN = "[redacted]"

# The word may be part of a longer one: apiKey, X-Api-Key, client_secret, smtp_password.
SECRET = (  # nosec B105 # words, no secret
    r"api[_-]?key|authorization|cookie|passw(?:or)?d|passphrase|secret|token|pepper|credentials?"
    r"|webhook(?:[_-]?url)?|otp|second[_-]?factor|recovery[_-]?codes?"
)
QUOTED = r"(?:b?\"(?:[^\"\\]|\\.)*\"|b?'(?:[^'\\]|\\.)*')"
PATTERNS = (
    # A header, to the end of its line.
    (
        re.compile(rf"(?i)([\w-]*(?:{SECRET})[\w-]*[ \t]*:[ \t]*)(?![\s\"'{{\[/])[^\r\n]+"),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(?i)\b((?:basic|bearer|digest)\s+)[\w.~+/=:-]{6,}"), rf"\1{HIDDEN}"),
    # A pair of a dictionary, of JSON, of headers as a list of tuples, of a representation.
    (
        re.compile(rf"(?i)([\w-]*(?:{SECRET})[\w-]*b?[\"']?\s*[:=,]\s*){QUOTED}"),
        rf"\1{HIDDEN}",
    ),
    # A pair of a query, of a form, of key=value.
    (re.compile(rf"(?i)([\w-]*(?:{SECRET})[\w-]*=)[^\s&;,'\")\]}}>]+"), rf"\1{HIDDEN}"),
    # JSON inside of JSON.
    (re.compile(rf"(?i)([\w-]*(?:{SECRET})[\w-]*\\+\"\s*:\s*\\+\").*?(\\+\")"), rf"\1{HIDDEN}\2"),
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@:]*:[^\s/@]*@"), rf"\1{HIDDEN}@"),
    # Whoever knows the path of a webhook may post to it.
    (re.compile(r"(?i)(/(?:api/)?webhooks?/)[^\s\"'<>]+"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)(hooks\.slack\.com/)[^\s\"'<>]+"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)(api\.telegram\.org/)bot[^/\s\"'<>]+"), rf"\1{HIDDEN}"),
    # Our own one-time links.
    (re.compile(r"(/invitations/)[\w-]{16,}"), rf"\1{HIDDEN}"),
    # Keys of Sonarr and Radarr, hashes, and our own keys, wherever they stand.
    (re.compile(r"\b[0-9a-fA-F]{32,}\b"), HIDDEN),
    # Hashes of passwords.
    (re.compile(r"\$argon2[a-z]*\$[\w$=+/,.-]+"), HIDDEN),
    # Tokens of Fernet.
    (re.compile(r"\bgAAAA[\w=-]{20,}"), HIDDEN),
)


def redacted(text: str) -> str:
    for pattern, hidden in PATTERNS:
        text = pattern.sub(hidden, text)
    return text


class RedactingFormatter(logging.Formatter):
    """At the handler: whatever logger wrote it, arguments, exceptions and stacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


def log_to_stderr(level: str) -> None:
    """Every line passes the redaction, an error that ends the program too."""
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler])
    logging.captureWarnings(True)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    # It would log every statement with its values.
    logging.getLogger("peewee").setLevel(logging.WARNING)
    sys.excepthook = lambda *error: log.critical("the program ends", exc_info=error)
