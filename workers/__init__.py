"""Celery: receives a task, opens a transaction, calls one function of triage, commits, acknowledges."""
