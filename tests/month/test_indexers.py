"""A month with a Prowlarr whose indexers everybody asks: no limit is passed by our searches."""

import pytest

from tests.month.household import Place, Plan, every
from tests.month.month import Stop

pytestmark = pytest.mark.long

PLACES = (Place("Sonarr 1", 900, 0), Place("Radarr 1", 900, 0, skew=90))
PLANS = (
    Plan("Shows", ("Sonarr 1",), every(240), 6),
    Plan("Films", ("Radarr 1",), every(240), 6, order="random"),
)
STOPS = (Stop(9 * 24 + 7.3, 5.0, killed=True), Stop(20 * 24 + 2.1, 0.4, killed=False))
