"""The pages need what the API needs."""

from tests.triage.api.conftest import client, settings

__all__ = ["client", "settings"]
