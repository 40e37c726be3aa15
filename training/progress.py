"""How far a run has come, said on stderr so that stdout stays for results."""

import sys
import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Progress:
    """Counts steps of known number; on a terminal the line is rewritten, elsewhere each step is a line."""

    steps: int
    unit: str = "epochs"
    done: int = 0
    started: float = field(default_factory=time.monotonic)

    def step(self, what: str) -> None:
        """Say that one more step is done."""
        self.done += 1
        elapsed = time.monotonic() - self.started
        end = "\r" if sys.stderr.isatty() and self.done < self.steps else "\n"
        sys.stderr.write(f"training: {self.done}/{self.steps} {self.unit} ({what}), {elapsed:.0f} s{end}")
        sys.stderr.flush()
