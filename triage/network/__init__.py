"""Reaching other people's servers, and never by mistake our own."""

from triage.network.guard import Guard, Network

__all__ = ["Guard", "Network"]
