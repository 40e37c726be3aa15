"""Results as rows in a file, each under the question it answers; what is there need not be asked again."""

from pathlib import Path

from benchmarks.learning.results import Results, Row

PATH = Path(__file__).parents[1] / "results" / "images.json"

__all__ = ["PATH", "Results", "Row"]
