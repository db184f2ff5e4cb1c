"""The forms of notification targets: one for all kinds, and what each kind adds."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from models.addresses import host as host_of
from models.forms import FORGET, Form, Line, Name, Printable, Trimmed
from models.forms.proxies import AGAIN, Secret
from models.instances.addresses import normalise
from models.notifications import NoticeTarget
from models.notifications.events import EVENTS, first_events
from models.notifications.kinds import KINDS
from models.people.names import key_of

HOURS = [str(hour) for hour in range(24)]
DISCORD = re.compile(r"https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d+/[\w-]+")
# The form that every mail server takes: dot-atoms of RFC 5321 in ASCII, and no encoded word.
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
MAIL = re.compile(rf"(?!.*=\?){ATOM}(?:\.{ATOM})*@{LABEL}(?:\.{LABEL})*")
NEEDED = "Please fill this in."
BOTH = "Type both hours, or neither."
SAME_HOUR = "Quiet hours end at another hour than they begin."
KIND_STAYS = "The kind of a target cannot be changed."
KEY_OR_URLS = "Type a configuration key or the Apprise URLs."


def _event(name: str) -> str:
    if name not in EVENTS:
        raise ValueError("Choose events from the list.")
    return name


def _hour(text: str) -> str:
    if text and text not in HOURS:
        raise ValueError("Choose an hour from the list.")
    return text


def _number(text: str) -> str:
    if text and not re.fullmatch(r"-?[0-9]{1,20}", text):
        raise ValueError("This is a number.")
    return text


def _of_discord(text: str) -> str:
    if text and not DISCORD.fullmatch(text):
        raise ValueError("It looks like https://discord.com/api/webhooks/1234/abcd.")
    return text


def _any_address(text: str) -> str:
    """An address with whatever path and query it has; its host can be connected to."""
    if not text:
        return text
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and parts.username is None and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(letter.isspace() for letter in text):
        raise ValueError("Begin with http:// or https://, without a name and password.")
    host_of(parts.hostname or "")
    return text


def _token(text: str) -> str:
    if text and not re.fullmatch(r"[0-9]{1,20}:[A-Za-z0-9_-]{5,100}", text):
        raise ValueError("It looks like 123456:ABC-DEF1234.")
    return text


def _chat(text: str) -> str:
    if not re.fullmatch(r"-?[0-9]{1,20}|@[A-Za-z0-9_]{3,40}", text):
        raise ValueError("A number, or the @name of a channel.")
    return text


def _mail(text: str) -> str:
    if not MAIL.fullmatch(text):
        raise ValueError("This is not an e-mail address.")
    return text


def _mails(text: str) -> str:
    return ", ".join(_mail(each.strip()) for each in text.split(","))


Event = Annotated[str, AfterValidator(_event)]
Hour = Annotated[str, AfterValidator(_hour)]
Digits = Annotated[str, Trimmed(), AfterValidator(_number)]
Server = Annotated[Line, AfterValidator(normalise)]
Short = Annotated[str, Trimmed(max_length=100), Printable]
Mail = Annotated[str, Trimmed(max_length=200), Printable, AfterValidator(_mail)]


class TargetForm(Form):
    """What every target has; a missing box means no.

    A kind has a box "forget_..." for each secret that it can do without, to remove the stored one.
    """

    kind: Line
    name: Name
    enabled: bool = False
    at_once: list[Event] = Field(default_factory=list)
    digest: list[Event] = Field(default_factory=list)
    instances: list[int] = Field(default_factory=list)
    says_titles: bool = False
    digest_hour: Annotated[int, Field(ge=0, le=23)] = 8
    quiet_from: Hour = ""
    quiet_to: Hour = ""
    gap_seconds: Annotated[int, Field(ge=0, le=3600)] = 30

    @classmethod
    def first_values(cls, kind: str) -> dict[str, Any]:
        """The values of a form that nobody has filled in."""
        told = {"at_once": first_events("at_once"), "digest": first_events("digest")}
        chosen = {"kind": kind, "name": KINDS[kind].label, "enabled": True, "says_titles": True}
        place = {"verify_tls": True, "port": 587, "security": "starttls"}
        place |= {"url": "https://ntfy.sh"} if kind == "ntfy" else {}
        return told | chosen | {k: v for k, v in place.items() if k in cls.model_fields}

    @classmethod
    def typed(cls, row: NoticeTarget) -> dict[str, Any]:
        """The values that the form would have for this row, without secrets."""
        secrets = KINDS[row.kind].secrets
        own = {name: value for name, value in row.fields.items() if name not in secrets}
        lists = {name: json.loads(getattr(row, name)) for name in ("at_once", "digest")}
        same = ("kind", "name", "says_titles", "digest_hour", "gap_seconds")
        shared = {name: getattr(row, name) for name in same}
        hours = ((name, getattr(row, name)) for name in ("quiet_from", "quiet_to"))
        shared |= {name: "" if hour is None else str(hour) for name, hour in hours}
        rest = {"enabled": row.disabled_at is None, "instances": row.chosen}
        return {**own, **lists, **shared, **rest}

    def staying(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        """The stored fields without the secrets that are to be removed."""
        values: dict[str, Any] = self.__dict__
        return {name: value for name, value in kept.items() if not values.get(FORGET + name)}

    def settings_with(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of its kind; a secret that was left empty is the one of `kept`."""
        kind, kept = KINDS[self.kind], self.staying(kept)
        typed = {each.name: getattr(self, each.name) for each in kind.fields}
        stored = {name: kept.get(name) for name in kind.secrets if not typed[name]}
        return {name: value for name, value in (typed | stored).items() if value not in (None, "")}

    def lacking(self, kept: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """The fields that must be typed, with a sentence each; `kept` is empty for a new one."""
        kind, kept = KINDS[self.kind], self.staying(kept)
        moved = bool(kept) and self.moves(kept)
        for each in kind.fields:
            if not each.is_secret or getattr(self, each.name):
                continue
            if moved and kept.get(each.name):
                yield each.name, AGAIN
            elif not each.optional and not kept.get(each.name):
                yield each.name, NEEDED
        if bool(self.quiet_from) != bool(self.quiet_to):
            yield "quiet_to", BOTH
        elif self.quiet_from and self.quiet_from == self.quiet_to:
            yield "quiet_to", SAME_HOUR
        yield from self._own_faults(kept)

    def _own_faults(self, kept: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        yield from ()

    def moves(self, kept: Mapping[str, Any]) -> bool:
        """Whether stored secrets would go elsewhere, or with less protection."""
        for name in KINDS[self.kind].place:
            value, before = getattr(self, name), kept.get(name)
            is_secret = name in KINDS[self.kind].secrets
            if name == "verify_tls":
                if before and not value:
                    return True
            elif value != before and not (is_secret and not value):
                return True
        return False

    def columns(self, kept: Mapping[str, Any], at: datetime, since: datetime | None) -> Any:
        """The columns of the row; a saved target is tried again, whatever it was before."""
        quiet = {
            name: int(getattr(self, name)) if getattr(self, name) else None
            for name in ("quiet_from", "quiet_to")
        }
        digest = [event for event in self.digest if event not in self.at_once]
        return {
            **quiet,
            "kind": self.kind,
            "name": self.name,
            "key": key_of(self.name),
            "settings": json.dumps(self.settings_with(kept)),
            "at_once": json.dumps(self.at_once),
            "digest": json.dumps(digest),
            "instances": json.dumps(self.instances),
            "says_titles": self.says_titles,
            "digest_hour": self.digest_hour,
            "gap_seconds": self.gap_seconds,
            "disabled_at": None if self.enabled else since or at,
            "dead_at": None,
            "fault": None,
            "failures": 0,
        }


class DiscordForm(TargetForm):
    webhook_url: Annotated[Secret, AfterValidator(_of_discord)] = ""
    thread_id: Digits = ""


class TelegramForm(TargetForm):
    bot_token: Annotated[Secret, AfterValidator(_token)] = ""
    chat_id: Annotated[str, Trimmed(), AfterValidator(_chat)]
    topic_id: Digits = ""
    silent: bool = False


class NtfyForm(TargetForm):
    url: Server
    topic: Annotated[Secret, Trimmed(max_length=64)] = ""
    access_token: Secret = ""
    forget_access_token: bool = False
    verify_tls: bool = False


class GotifyForm(TargetForm):
    url: Server
    app_token: Secret = ""
    verify_tls: bool = False


class PushoverForm(TargetForm):
    app_token: Secret = ""
    user_key: Secret = ""
    device: Short = ""


class EmailForm(TargetForm):
    host: Annotated[str, Trimmed(min_length=1, max_length=253), AfterValidator(host_of)]
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user_name: Short = ""
    smtp_password: Annotated[str, Trimmed(max_length=1000), Printable] = ""
    forget_smtp_password: bool = False
    sender: Mail
    recipients: Annotated[str, Trimmed(max_length=1000), Printable, AfterValidator(_mails)]
    verify_tls: bool = False

    def _own_faults(self, kept: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        if self.user_name and not (self.smtp_password or kept.get("smtp_password")):
            yield "smtp_password", NEEDED


class WebhookForm(TargetForm):
    webhook_url: Annotated[Secret, AfterValidator(_any_address)] = ""
    signing_key: Secret = ""
    forget_signing_key: bool = False
    authorization: Secret = ""
    forget_authorization: bool = False
    verify_tls: bool = False


class AppriseForm(TargetForm):
    url: Server
    config_key: Secret = ""
    forget_config_key: bool = False
    tags: Short = ""
    apprise_urls: Secret = ""
    forget_apprise_urls: bool = False
    verify_tls: bool = False

    def _own_faults(self, kept: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        if not any(getattr(self, n) or kept.get(n) for n in ("config_key", "apprise_urls")):
            yield "config_key", KEY_OR_URLS


FORMS: dict[str, type[TargetForm]] = {
    "discord": DiscordForm,
    "telegram": TelegramForm,
    "ntfy": NtfyForm,
    "gotify": GotifyForm,
    "pushover": PushoverForm,
    "email": EmailForm,
    "webhook": WebhookForm,
    "apprise": AppriseForm,
}


def missing_secrets(row: NoticeTarget) -> list[str]:
    """The secrets that are to be typed in before it can be sent anything."""
    kept, form = row.fields, FORMS[row.kind]
    typed = form.model_construct(**dict.fromkeys(form.model_fields) | form.typed(row))
    return [name for name, _ in typed.lacking(kept) if name in KINDS[row.kind].secrets]
