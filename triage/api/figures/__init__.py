"""Figures of the whole instance, taken from the database and from Redis when Prometheus asks.

Every web process gives the same ones, so whoever has several takes the largest (`max`) and never the sum.
"""
