"""`python -m training images-train FOLDER --output DIR …`, which `triage images train` becomes."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from training.export import require_place
from training.images.augment import PRESETS
from training.images.backbone import side_for
from training.images.config import ImageConfig
from training.images.page import image_page
from training.images.scaling import SCALINGS
from training.images.sources import images_in, usual_side
from training.images.train import Made, train_bundle
from training.judge import require_pictures
from triage.errors import TriageError, sentence_of
from triage.images.fit import FITS

_REFUSED_SHOWN = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Train from the command line; return the exit code."""
    told = _parser().parse_args(arguments)
    try:
        require_place(told.output)
        if told.report:
            require_pictures(told.report)
        made = _made(told)
        if told.report:
            told.report.write_text(image_page(made.report, made.held.pixels, made.manifest), encoding="utf-8")
    except (TriageError, OSError) as error:
        print(f"triage: {sentence_of(error)}", file=sys.stderr)  # noqa: T201 - the last word of a command
        return 1
    for line in _lines(made):
        print(line)  # noqa: T201 - the figures are this command's result
    return 0


def _parser() -> argparse.ArgumentParser:
    default = ImageConfig()
    parser = argparse.ArgumentParser(prog="triage images train", description="Train an image bundle.")
    parser.add_argument("source", help="folder with a folder for each class, an array file, or a classic's name")
    parser.add_argument("--output", type=Path, required=True, help="folder to write the bundle into")
    parser.add_argument(
        "--backbone", default=default.backbone, help="own, none, a name of keras.applications, or a file"
    )
    parser.add_argument("--scaling", choices=SCALINGS, help="how a backbone from a file wants its pixels")
    parser.add_argument("--side", type=int, help="pixels of the square that the network sees")
    parser.add_argument("--fit", choices=FITS, default=default.fit, help="how an image becomes that square")
    parser.add_argument("--preset", choices=PRESETS, default=default.preset, help="what an image may be changed by")
    parser.add_argument("--epochs", type=int, help="times every image is shown at most")
    parser.add_argument("--minutes", type=float, help="time for learning at most")
    parser.add_argument("--seed", type=int, default=default.seed)
    parser.add_argument("--report", type=Path, help="file to write a page with pictures into")
    return parser


def config_of(told: argparse.Namespace) -> ImageConfig:
    """Return what a command line asks for."""
    default = ImageConfig()
    return ImageConfig(
        backbone=told.backbone,
        scaling=told.scaling,
        side=told.side,
        fit=told.fit,
        preset=told.preset,
        minutes=told.minutes,
        seed=told.seed,
        epochs=told.epochs,
        fine_epochs=default.fine_epochs if told.epochs is None else told.epochs,
    )


def _made(told: argparse.Namespace) -> Made:
    config = config_of(told)
    side = side_for(config, usual_side(told.source))
    images = images_in(told.source, side, config.fit)
    for one in images.refused[:_REFUSED_SHOWN]:
        print(f"left out: {one.name}: {one.reason}", file=sys.stderr)  # noqa: T201 - said while the work goes on
    if len(images.refused) > _REFUSED_SHOWN:
        print(f"left out: {len(images.refused) - _REFUSED_SHOWN} more", file=sys.stderr)  # noqa: T201 - the same
    source = Path(told.source).resolve().name if Path(told.source).exists() else told.source
    return train_bundle(images, config, told.output, source=source)


def _lines(made: Made) -> Iterator[str]:
    """Yield what a person reads: a name and a figure, apart by a tab."""
    figures = made.manifest.figures
    yield f"bundle\t{made.manifest.version}"
    yield f"classes\t{', '.join(made.manifest.classes)}"
    yield f"learned from\t{figures['learned_from']} images ({made.manifest.side} pixels)"
    yield f"held out\t{figures['images']} images"
    if made.report.refused:
        yield f"left out\t{len(made.report.refused)} files"
    yield f"how\t{'; '.join(figures['told'])}"
    yield f"seconds\t{made.seconds:.0f}"
    yield from (f"{name}\t{figure:.3f}" for name, figure in made.report.figures.items())
    for said, answered, images in made.report.confused():
        yield f"confused\t{said} taken for {answered} ({images})"


if __name__ == "__main__":
    sys.exit(main())
