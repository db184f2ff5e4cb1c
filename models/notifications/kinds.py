"""The kinds of targets, and the fields that each has beside those of all."""

from typing import NamedTuple


class TargetField(NamedTuple):
    """A field of a kind of target.

    `looks` is text, secret, switch, number or security.
    """

    name: str
    label: str
    looks: str = "text"
    hint: str = ""
    placeholder: str = ""
    optional: bool = False

    @property
    def is_secret(self) -> bool:
        return self.looks == "secret"


class TargetKind(NamedTuple):
    """A kind of target; `place` names the fields that say where secrets are sent."""

    name: str
    label: str
    about: str
    fields: tuple[TargetField, ...]
    place: tuple[str, ...] = ()

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.fields if each.is_secret)


CHECKED = TargetField(
    "verify_tls",
    "Check its certificate",
    "switch",
    "Switch this off only for a self-signed certificate of your own.",
)
SERVER = ("url", "verify_tls")

KINDS = {
    kind.name: kind
    for kind in (
        TargetKind(
            "discord",
            "Discord",
            "A webhook of a channel",
            (
                TargetField(
                    "webhook_url",
                    "Webhook URL",
                    "secret",
                    "In the channel’s settings under Integrations, Webhooks: Copy Webhook URL.",
                ),
                TargetField("thread_id", "Thread", hint="The id of a thread.", optional=True),
            ),
        ),
        TargetKind(
            "telegram",
            "Telegram",
            "A bot of your own",
            (
                TargetField(
                    "bot_token", "Bot token", "secret", "@BotFather gives it: 123456:ABC-DEF..."
                ),
                TargetField(
                    "chat_id", "Chat", hint="A number, or @name of a channel.", placeholder="123456"
                ),
                TargetField(
                    "topic_id", "Topic", hint="The number of a group’s topic.", optional=True
                ),
                TargetField("silent", "Without a sound", "switch"),
            ),
        ),
        TargetKind(
            "ntfy",
            "ntfy",
            "ntfy.sh or a server of your own",
            (
                TargetField("url", "Address", placeholder="https://ntfy.sh"),
                TargetField(
                    "topic", "Topic", "secret", "Whoever knows it can read it: it is a password."
                ),
                TargetField("access_token", "Access token", "secret", "tk_...", optional=True),
                CHECKED,
            ),
            SERVER,
        ),
        TargetKind(
            "gotify",
            "Gotify",
            "A server of your own",
            (
                TargetField("url", "Address", placeholder="http://gotify:80"),
                TargetField(
                    "app_token", "Application token", "secret", "Under Apps; it begins with A."
                ),
                CHECKED,
            ),
            SERVER,
        ),
        TargetKind(
            "pushover",
            "Pushover",
            "Your phone, by an application of your own",
            (
                TargetField("app_token", "Application token", "secret"),
                TargetField("user_key", "User key", "secret", "It stands on your dashboard there."),
                TargetField("device", "Device", hint="Without one, all of them.", optional=True),
            ),
        ),
        TargetKind(
            "email",
            "E-mail",
            "A mail server",
            (
                TargetField("host", "Mail server", placeholder="smtp.example.com"),
                TargetField("port", "Port", "number"),
                TargetField("security", "Security", "security"),
                TargetField("user_name", "User name", optional=True),
                TargetField(
                    "smtp_password",
                    "Password",
                    "secret",
                    "Large providers want an app password.",
                    optional=True,
                ),
                TargetField("sender", "From", placeholder="searcharr@example.com"),
                TargetField(
                    "recipients",
                    "To",
                    hint="Several have a comma between.",
                    placeholder="me@example.com",
                ),
                CHECKED,
            ),
            ("host", "port", "security", "verify_tls"),
        ),
        TargetKind(
            "webhook",
            "Webhook",
            "JSON to an address of your own, signed",
            (
                TargetField(
                    "webhook_url", "Address", "secret", "It may hold a secret, so it is not shown."
                ),
                TargetField(
                    "signing_key",
                    "Signing key",
                    "secret",
                    "Each message is signed with it, by HMAC-SHA256.",
                    optional=True,
                ),
                TargetField(
                    "authorization",
                    "Authorization",
                    "secret",
                    "Sent as this header, such as Bearer abc.",
                    optional=True,
                ),
                CHECKED,
            ),
            ("webhook_url", "verify_tls"),
        ),
        TargetKind(
            "apprise",
            "Apprise",
            "An Apprise-API server, for everything else",
            (
                TargetField("url", "Address", placeholder="http://apprise:8000"),
                TargetField(
                    "config_key",
                    "Configuration key",
                    "secret",
                    "Of a configuration that is stored there.",
                    optional=True,
                ),
                TargetField("tags", "Tags", hint="Of that configuration.", optional=True),
                TargetField(
                    "apprise_urls",
                    "Apprise URLs",
                    "secret",
                    "Instead of a key; several have a comma between.",
                    optional=True,
                ),
                CHECKED,
            ),
            SERVER,
        ),
    )
}
