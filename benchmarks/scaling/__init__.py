"""What more workers buy, and what a mail costs each part; `python -m benchmarks.scaling` measures."""
