"""S06: a viewer is shown nothing that a viewer may not do."""

import re

from models.queues import Queue
from models.searches.runs import Run
from tests.conftest import PASSWORD, START
from tests.fakes.browser import Browser
from tests.furnished import furnish
from tests.people import account
from tests.security.walk import PAGES

FORM = re.compile(r'<form\b[^>]*method="post"[^>]*action="([^"]+)"')
LINK = re.compile(r'<a\b[^>]*\shref="(/[^"#]*)')
# What everybody decides about themselves.
OWN = {
    *("/session", "/theme", "/mask", "/profile", "/password", "/sessions", "/two-factor"),
    *("/two-factor/recovery-codes", "/password/hint", "/keys"),
}


async def test_a_viewer_meets_no_form_and_no_link_that_is_refused(browser: Browser) -> None:
    token = furnish("x", PASSWORD)
    account("Vera", "viewer", password=PASSWORD)
    queue = Queue.get_by_id(1)
    queue.change(started_at=START, next_run_at=START)
    assert Run.start(queue, START, trigger="schedule")
    # A queue without an instance offers a remedy to whom it belongs.
    Queue.create(**queue.__data__ | {"id": None, "name": "bare", "key": "bare"})
    await browser.sign_in("vera", PASSWORD)
    steps = [step for step in PAGES if step.role == "viewer" and step.path != "/styleguide"]
    pages = {step.at(id=1, token=token) for step in steps}
    texts = {path: (await browser.get(path)).text for path in sorted(pages)}
    offered = {
        (path, action)
        for path, text in texts.items()
        for action in FORM.findall(text)
        if action not in OWN and not re.fullmatch(r"/(sessions|keys)/\d+", action)
    }
    assert offered == set()
    led = {link: path for path, text in texts.items() for link in LINK.findall(text)}
    answers = {
        link: (await browser.http.get(link.replace("&amp;", "&"))).status_code for link in led
    }
    assert {(led[link], link) for link, status in answers.items() if status in (403, 405)} == set()
    assert len(led) > 20
