"""Render what the recogniser learns from into one file: `python -m training.kinds.render --count N --output FILE.npz`.

The file has `x`, uint8 (images, side, side, 3), `y`, the number of each image's kind, and `class_names`, as the
training of images reads them; and `source` with `source_names`, which it does not.
"""

import argparse
import io
import multiprocessing
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.kinds.examples import KINDS, Examples
from training.kinds.sources import RENDERED
from triage.images.fit import FITS, Fit
from triage.images.pixels import to_square

_CHUNK = 50  # images that a process makes at a time
Squares = npt.NDArray[np.uint8]

_examples: Examples | None = None


def render(examples: Examples, count: int, *, side: int, fit: Fit, output: Path, processes: int) -> None:
    """Write the first `count` examples; pixels go to the file as they are made, so memory holds few of them."""
    global _examples  # noqa: PLW0603 - forked processes find it there, with the real pictures in it
    _examples = examples
    names = (RENDERED, *examples.sources)
    sources: list[int] = []
    chunks = [(range(start, min(start + _CHUNK, count)), side, fit) for start in range(0, count, _CHUNK)]
    with (
        zipfile.ZipFile(output, "w", zipfile.ZIP_STORED) as file,
        multiprocessing.get_context("fork").Pool(processes) as pool,
    ):
        with file.open("x.npy", "w", force_zip64=True) as member:
            header = {"descr": "|u1", "fortran_order": False, "shape": (count, side, side, 3)}
            np.lib.format.write_array_header_2_0(member, header)
            for squares, origins in pool.imap(_chunk, chunks):
                member.write(squares.tobytes())
                sources += [names.index(origin) for origin in origins]
        _write(file, "y", np.arange(count, dtype=np.int64) % len(KINDS))
        _write(file, "class_names", np.array([str(kind) for kind in KINDS]))
        _write(file, "source", np.array(sources, np.int64))
        _write(file, "source_names", np.array(names))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the tool."""
    parser = argparse.ArgumentParser(prog="python -m training.kinds.render", description=__doc__)
    parser.add_argument("--count", type=int, required=True, help="images, a fifth of them of each kind")
    parser.add_argument("--side", type=int, default=128, help="pixels of the square")
    parser.add_argument("--fit", choices=FITS, default="pad")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, required=True, help="file to write, .npz")
    parser.add_argument("--without", nargs="*", default=(), metavar="SOURCE", help="sources to learn nothing from")
    parser.add_argument("--fonts", type=Path, nargs="*", default=(), help="folders of fonts beside the machine's own")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    examples = Examples(options.seed, fonts=options.fonts, without=options.without)
    render(
        examples, options.count, side=options.side, fit=options.fit, output=options.output, processes=options.processes
    )
    print(f"{options.count} images at {options.output}, rendered and from {', '.join(examples.sources)}")  # noqa: T201


def _chunk(asked: tuple[range, int, Fit]) -> tuple[Squares, list[str]]:
    numbers, side, fit = asked
    assert _examples is not None  # noqa: S101 - set before the processes are forked
    made = [_examples[number] for number in numbers]
    return np.stack([to_square(example.picture, side, fit) for example in made]), [example.source for example in made]


def _write(file: zipfile.ZipFile, name: str, values: npt.NDArray[np.generic]) -> None:
    packed = io.BytesIO()
    np.save(packed, values)
    file.writestr(f"{name}.npy", packed.getvalue())


if __name__ == "__main__":
    main()
