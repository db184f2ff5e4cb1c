"""A person whose browser has no script: nothing is done but by the links and forms of a page."""

from html import unescape
from typing import Any, Self

from tests.fakes.browser import ADDRESS, Browser
from tests.fakes.plain import PlainForm, Values, forms_of
from tests.security.walk import Step
from views.routes import routes


class Person:
    """The present page is `html` at `path`; `done` are the changes asked for, as in the table."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.done: set[str] = set()

    async def open(self, path: str) -> Self:
        """By typing its address."""
        return self._read(await self.browser.http.get(path, follow_redirects=True))

    async def follow(self, path: str) -> Self:
        """By a link of the page."""
        assert f'href="{path}"' in self.html, f"{self.path} has no link to {path}"
        return await self.open(path)

    async def submit(self, action: str, at: str = "", **typed: Any) -> Self:
        """Sends the first form with this action that has all the fields; `at` names a button's."""
        form = self._form(action, at, set(typed))
        values = form.filled(**typed) + form.others.get(at, [])
        if form.method == "get":
            query = {name: value for name, value in values if value}
            return self._read(await self.browser.http.get(action, params=query))
        self.done.add(_step(values, at or action))
        data: dict[str, list[str]] = {}
        for name, value in values:
            data.setdefault(name, []).append(value)
        headers = {"Sec-Fetch-Site": "same-origin", "Referer": ADDRESS + self.path}
        return self._read(
            await self.browser.http.post(
                at or action, data=data, headers=headers, follow_redirects=True
            )
        )

    def _form(self, action: str, at: str, names: set[str]) -> PlainForm:
        for form in forms_of(self.html):
            if form.action == action and names <= form.names and (not at or at in form.others):
                return form
        raise AssertionError(f"{self.path} has no form {action} with {sorted(names)} {at}")

    def _read(self, answer: Any) -> Self:
        assert answer.is_success, f"{answer.url}: {answer.status_code} {answer.text[-800:]}"
        self.headers = answer.headers
        self.html = unescape(answer.text) if "html" in answer.headers["content-type"] else ""
        self.page = answer.text
        self.path = str(answer.url).removeprefix(ADDRESS)
        return self


def _step(values: Values, address: str) -> str:
    """As the route table has it: "DELETE /queues/{id:id}"."""
    method = next((value for name, value in reversed(values) if name == "_method"), "POST")
    path = address.partition("?")[0]
    found = next(route for route in routes() if route.path_regex.match(path))
    return named(Step(found.path, method, None))


def named(step: Step) -> str:
    return f"{step.method} {step.path}"
