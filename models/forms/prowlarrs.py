"""The form of a Prowlarr."""

from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator

from models.forms import Name, Printable, Stored, Trimmed
from models.forms.instances import Address, usable_key
from models.prowlarrs import Prowlarr


class ProwlarrForm(Stored):
    """A Prowlarr; an empty key means the stored one."""

    table = Prowlarr
    translated: ClassVar[frozenset[str]] = frozenset()

    name: Name
    url: Address
    api_key: Annotated[str, Trimmed(max_length=128), Printable, AfterValidator(usable_key)] = ""
    verify_tls: bool = False

    def is_elsewhere(self, row: Prowlarr) -> bool:
        """Whether the stored key would go to another address, or travel with less protection."""
        return self.url != row.url or (row.verify_tls and not self.verify_tls)

    def columns_for(self, row: Prowlarr | None = None) -> dict[str, Any]:
        """The columns of the row; its indexers are read anew, at another address all of it."""
        anew: dict[str, Any] = {"listed_at": None, "retry_at": None}
        if row is not None and self.url != row.url:
            anew |= {"read_at": None, "version": None, "fault": None, "fault_code": None}
        return self.columns | anew
