"""Alembic's migrations; `triage migrate` runs them."""
