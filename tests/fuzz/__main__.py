"""`python -m tests.fuzz mail --seconds 600`: fuzz one target; what breaks it is kept in build/fuzz/mail."""

import argparse
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["triage", "email", "imapclient", "tomllib"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Fuzz until the time is over; end with an error at the first input that breaks the target."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=600)
    told = parser.parse_args()
    target, seeds = TARGETS[told.target]
    folder = Path("build/fuzz") / told.target
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (corpus / f"seed-{number}").write_bytes(seed)
    libfuzzer = [f"-max_total_time={told.seconds}", "-timeout=5", "-max_len=20000", f"-artifact_prefix={folder}/"]
    atheris.Setup([sys.argv[0], str(corpus), *libfuzzer], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
