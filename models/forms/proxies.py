"""The fields of a server's form that are about a proxy in front of it."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator

from models.forms import Draft, Fields, Form, Printable, Trimmed
from models.instances.proxies import Credentials, Proxied, may_be_sent

ROWS = (1, 2, 3)
HEADER = re.compile(r"[A-Za-z0-9_-]+")
LONGEST_VALUE = 1000

PASSWORD_AS_WELL = "Type the password as well."  # nosec B105 # a sentence
NAME_AS_WELL = "Type the name as well."
TWICE = "Two rows have this name: use each name once."
VALUE_AS_WELL = "Type its value as well."
HEADER_AS_WELL = "Type the name of this header as well."
ONE_OF_THEM = "The name and password above are sent as this header: use one of the two."
AGAIN = "This goes to another place, or with less protection: type it again, or take it out."


def _name(text: str) -> str:
    if ":" in text:
        raise ValueError("A name has no colon in it.")
    return text


def _latin(text: str) -> str:
    """Refuses text that a header cannot carry as it is."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        raise ValueError("Use letters, digits and symbols of Western languages only.") from None
    return text


def _header(text: str) -> str:
    if text and not HEADER.fullmatch(text):
        raise ValueError("The name of a header has letters, digits, - and _ only.")
    if not may_be_sent(text):
        raise ValueError(f"{text} is a header that this program sets itself.")
    return text


Secret = Annotated[str, Trimmed(max_length=LONGEST_VALUE), Printable, AfterValidator(_latin)]
HeaderName = Annotated[str, Trimmed(max_length=100), Printable, AfterValidator(_header)]


class ProxyForm(Form):
    """Credentials for a proxy; an empty secret means the stored one, an empty name none."""

    OF_A_PROXY: ClassVar[frozenset[str]] = frozenset(
        {
            *("proxy_name", "proxy_password", "proxy_forget"),
            *(f"proxy_{part}_{row}" for part in ("header", "value") for row in ROWS),
        }
    )

    proxy_name: Annotated[Secret, AfterValidator(_name)] = ""
    proxy_password: Secret = ""
    proxy_forget: bool = False
    proxy_header_1: HeaderName = ""
    proxy_value_1: Secret = ""
    proxy_header_2: HeaderName = ""
    proxy_value_2: Secret = ""
    proxy_header_3: HeaderName = ""
    proxy_value_3: Secret = ""

    @classmethod
    def read(cls, fields: Fields) -> Draft[Self]:
        draft = super().read(fields)
        if draft.is_good:
            for name, sentence in draft.form._contradictions():
                draft.refuse(name, sentence)
        return draft

    def lacking(self, kept: Credentials, *, elsewhere: bool) -> Iterator[tuple[str, str]]:
        """The fields that must be typed, with a sentence each.

        Nothing of `kept` is used if the requests would go `elsewhere`.
        """
        if elsewhere and kept.name and not (self.proxy_name or self.proxy_forget):
            yield "proxy_password", AGAIN
        for row, name, value in self._rows():
            if name and not value:
                stored = kept.value_of(name)
                if elsewhere or not stored:
                    yield f"proxy_value_{row}", AGAIN if stored else VALUE_AS_WELL
        stays = kept.name and not self.proxy_forget
        if stays and not self.proxy_name and (authorization := self._authorization):
            yield f"proxy_header_{authorization}", ONE_OF_THEM

    def credentials(self, kept: Credentials) -> Credentials:
        """The typed credentials; those left empty are taken from `kept`."""
        name, password = self.proxy_name, self.proxy_password
        if not name and not self.proxy_forget:
            name, password = kept.name, kept.password
        headers = tuple(
            (header, value or kept.value_of(header)) for _, header, value in self._rows() if header
        )
        return Credentials(name, password, headers)

    @classmethod
    def names_of(cls, row: Proxied) -> dict[str, str]:
        """The names of the server's headers by form field; they are not secret."""
        headers = Credentials.of(row).headers
        return {f"proxy_header_{row}": name for row, (name, _) in zip(ROWS, headers, strict=False)}

    @property
    def _authorization(self) -> int | None:
        """The number of the row with a header "Authorization"."""
        rows = (row for row, name, _ in self._rows() if name.lower() == "authorization")
        return next(rows, None)

    def _contradictions(self) -> Iterator[tuple[str, str]]:
        if self.proxy_name and not self.proxy_password:
            yield "proxy_password", PASSWORD_AS_WELL
        if self.proxy_password and not self.proxy_name:
            yield "proxy_name", NAME_AS_WELL
        if self.proxy_name and (authorization := self._authorization):
            yield f"proxy_header_{authorization}", ONE_OF_THEM
        seen: set[str] = set()
        for row, name, value in self._rows():
            if value and not name:
                yield f"proxy_header_{row}", HEADER_AS_WELL
            if name.lower() in seen:
                yield f"proxy_header_{row}", TWICE
            seen |= {name.lower()} - {""}

    def _rows(self) -> Iterator[tuple[int, str, str]]:
        for row in ROWS:
            values: dict[str, Any] = self.__dict__
            yield row, values[f"proxy_header_{row}"], values[f"proxy_value_{row}"]
