"""Figures, measured: one file per question. `python -m benchmarks.NAME` runs one."""
