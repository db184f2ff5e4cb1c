"""The form of a Prowlarr."""

from typing import Any, ClassVar

from models.forms import Name, Stored
from models.forms.instances import ServerForm
from models.forms.proxies import ProxyForm
from models.instances.proxies import Credentials
from models.prowlarrs import Prowlarr


class ProwlarrForm(ServerForm, Stored):
    """A Prowlarr; an empty key means the stored one."""

    table = Prowlarr
    translated: ClassVar[frozenset[str]] = ProxyForm.OF_A_PROXY

    name: Name

    def columns_for(self, row: Prowlarr | None = None) -> dict[str, Any]:
        """The columns of the row; its indexers are read anew, at another address all of it."""
        kept = Credentials.of(row) if row is not None else Credentials()
        return self.columns | self.credentials(kept).columns | self.anew(row)

    def anew(self, row: Prowlarr | None) -> dict[str, Any]:
        """The columns that let it be read anew."""
        found: dict[str, Any] = {"listed_at": None, "retry_at": None}
        if row is not None and self.names_another(row):
            found |= {"read_at": None, "version": None, "fault": None, "fault_code": None}
        return found

    @classmethod
    def typed(cls, row: Prowlarr) -> dict[str, Any]:
        return super().typed(row) | cls.names_of(row)
