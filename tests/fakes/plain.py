"""A browser without script: it reads pages, fills in their forms and follows where they lead."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Self
from urllib.parse import urljoin

import httpx

Values = list[tuple[str, str]]


@dataclass
class PlainForm:
    """A form as it stands on the page; `values` is what is sent if nothing is typed.

    `names` are all its fields. `others` are the addresses of buttons that send it elsewhere, each
    with what it sends besides.
    """

    action: str
    method: str
    values: Values = field(default_factory=list)
    buttons: Values = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    others: dict[str, Values] = field(default_factory=dict)

    def filled(self, **typed: Any) -> Values:
        """A list stands for several boxes, None for none."""
        kept = [(name, value) for name, value in self.values if name not in typed]
        for name, value in typed.items():
            several = value if isinstance(value, list) else [value]
            kept += [(name, str(each)) for each in several if each is not None]
        return kept


class _Forms(HTMLParser):
    """The fields that a browser would send from each form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PlainForm] = []
        self.form: PlainForm | None = None
        self.select = ""
        self.options: Values = []
        self.text = ""
        self.area: str | None = None
        self.typed = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if self.form is not None and tag != "form" and "name" in given:
            self.form.names.add(given["name"])
        if tag == "form":
            self.form = PlainForm(given.get("action", ""), given.get("method", "get"))
            self.forms.append(self.form)
        elif self.form is None:
            return
        elif tag == "input":
            self._input(given)
        elif tag == "button":
            self._button(given)
        elif tag == "select":
            self.select, self.options = given["name"], []
        elif tag == "textarea":
            self.area, self.typed = given["name"], ""
        elif tag == "option" and (not self.options or "selected" in given):
            self.options = [(self.select, given["value"])]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select" and self.form is not None:
            self.form.values += self.options
        elif tag == "textarea" and self.form is not None and self.area is not None:
            self.form.values.append((self.area, self.typed.removeprefix("\n")))
            self.area = None

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.area is not None:
            self.typed += data

    def _button(self, given: dict[str, str]) -> None:
        assert self.form is not None
        sent = [(given["name"], given.get("value", ""))] if "name" in given else []
        if "formaction" in given:
            self.form.others[given["formaction"]] = sent
        else:
            self.form.buttons += sent

    def _input(self, given: dict[str, str]) -> None:
        assert self.form is not None
        kind = given.get("type", "text")
        if "name" in given and (kind not in ("checkbox", "radio") or "checked" in given):
            self.form.values.append((given["name"], given.get("value", "")))


def forms_of(html: str) -> list[PlainForm]:
    parsed = _Forms()
    parsed.feed(html)
    return parsed.forms


class PlainBrowser:
    """Its present page is `path`, `html`, `text` and `forms`."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, follow_redirects=True, trust_env=False)
        self.address = address

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def open(self, path: str) -> Self:
        return self._read(self.http.get(path))

    def submit(self, action: str, **typed: Any) -> Self:
        """Sends the page's form with this action."""
        form = next(form for form in self.forms if form.action == action)
        headers = {"Origin": self.address, "Referer": urljoin(self.address, self.path)}
        data: dict[str, list[str]] = {}
        for name, value in form.filled(**typed):
            data.setdefault(name, []).append(value)
        return self._read(self.http.request(form.method, action, data=data, headers=headers))

    def wait_for(self, holds: Callable[[Self], object], *, within: float = 30.0) -> Self:
        """Reloads the page until it does."""
        until = time.monotonic() + within
        while not holds(self):
            assert time.monotonic() < until, f"{self.path} still says: {self.text}"
            time.sleep(0.3)
            self.open(self.path)
        return self

    def offers(self, action: str) -> bool:
        return any(form.action == action for form in self.forms)

    def _read(self, answer: httpx.Response) -> Self:
        assert answer.status_code == 200, answer.text
        parsed = _Forms()
        parsed.feed(answer.text)
        self.html, self.forms = answer.text, parsed.forms
        self.text = " ".join(parsed.text.split())
        self.path = answer.url.raw_path.decode()
        return self
