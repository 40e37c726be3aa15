"""Triage reads incoming email and shows the most pressing first."""

__version__ = "0.1.0"
