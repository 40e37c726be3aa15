"""What learning from labels is worth, and what it costs; `python -m benchmarks.learning` asks."""
