"""The pages need what the API needs, and mail about one matter."""

from tests.triage.api.conftest import client, settings
from tests.triage.incidents.conftest import arrive, outage

__all__ = ["arrive", "client", "outage", "settings"]
