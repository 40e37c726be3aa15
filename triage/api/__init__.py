"""The HTTP API, under /v1; `triage.api.app.create_app` builds it."""
