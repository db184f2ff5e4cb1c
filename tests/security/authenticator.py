"""A telephone that shows codes."""

import re
import time
from base64 import b32decode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from models.people import User
from models.people.second_factors import SecondFactor
from models.people.throttles import Throttle
from tests.conftest import PASSWORD
from tests.fakes.browser import Browser

SECRET = re.compile(r'id="secret" value="([A-Z2-7 ]+)"')
CODES = re.compile(r"<li>([a-z2-7-]{19})</li>")


def code(secret: str, *, steps: int = 0) -> str:
    """The code of now, or of some half minutes later."""
    totp = TOTP(b32decode(secret.replace(" ", "")), 6, SHA1(), 30)
    return totp.generate(int(time.time()) + 30 * steps).decode()


async def set_up(browser: Browser, name: str = "Alice") -> tuple[str, list[str]]:
    """Signed in as that person, with a second factor; its secret, and the recovery codes."""
    await browser.sign_in(name, PASSWORD)
    page = await browser.post("/two-factor", own_password=PASSWORD)
    found = SECRET.search(page.text)
    assert found, page.text
    done = await browser.post("/two-factor", method="PATCH", code=code(found[1]))
    return found[1], CODES.findall(done.text)


def wait_a_minute(user: User) -> None:
    """So that the code of now is a fresh one, and nobody is slowed down."""
    SecondFactor.update(last_step=0).where(SecondFactor.user == user).execute()
    Throttle.delete().execute()
