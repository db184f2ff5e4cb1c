"""The senders by kind of target."""

from jobs.notifications import (
    apprise,
    discord,
    email,
    gotify,
    ntfy,
    pushover,
    telegram,
    webhook,
)
from jobs.notifications.parcels import Sender

SENDERS: dict[str, Sender] = {
    "discord": discord.SENDER,
    "telegram": telegram.SENDER,
    "ntfy": ntfy.SENDER,
    "gotify": gotify.SENDER,
    "pushover": pushover.SENDER,
    "email": email.SENDER,
    "webhook": webhook.SENDER,
    "apprise": apprise.SENDER,
}
