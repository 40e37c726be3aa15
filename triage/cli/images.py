"""`triage images`: a recogniser of your own from a folder per class, and what a bundle says of images; no server.

Those of versions that an instance recognises with are in `image_versions`.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from triage.cli import image_versions
from triage.cli.options import JsonOption
from triage.cli.training import as_path, become_training
from triage.errors import InvalidImage, ModelUnavailable

app = typer.Typer(
    help="Recognise images: train, predict, evaluate, cascade; install, versions, activate, rollback.",
    no_args_is_help=True,
)
for command in (image_versions.install, image_versions.versions, image_versions.activate, image_versions.rollback):
    app.command()(command)

BATCH = 32

SourceArgument = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER", help="A folder with a folder for each class; or .npz, IDX, mnist, fashion-mnist, cifar10."
    ),
]
BundleOption = Annotated[
    Path | None, typer.Option("--bundle", metavar="DIR", help="Image bundle; by default the shipped one.")
]
ReportOption = Annotated[
    Path | None, typer.Option("--report", metavar="FILE", help="Write a page with pictures too; it shows your images.")
]


@app.command()
def train(
    source: SourceArgument,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder to write the bundle into.")],
    backbone: Annotated[
        str | None,
        typer.Option(metavar="NAME|FILE", help="own (ours), none, a name of keras.applications, or a Keras file."),
    ] = None,
    scaling: Annotated[
        str | None, typer.Option(metavar="S", help="Pixels that a backbone's file wants: raw, unit, tf, torch, caffe.")
    ] = None,
    side: Annotated[
        int | None, typer.Option(min=16, max=512, metavar="N", help="Pixels that the network sees.")
    ] = None,
    fit: Annotated[str | None, typer.Option(metavar="F", help="How images become square: pad or stretch.")] = None,
    preset: Annotated[
        str | None, typer.Option(metavar="P", help="What images may be changed by: photo, shape (no scaling), digit.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, metavar="N", help="Times every image is shown at most.")] = None,
    minutes: Annotated[float | None, typer.Option(min=0.01, metavar="M", help="Time for learning at most.")] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=2**32 - 1, metavar="N", help="Chance; the same seed gives the same model.")
    ] = None,
    report: ReportOption = None,
) -> None:
    """Train a recogniser of your own: progress to stderr, then its figures on images held out."""
    told: dict[str, Any] = {"backbone": backbone, "scaling": scaling, "side": side, "fit": fit, "preset": preset}
    told |= {"epochs": epochs, "minutes": minutes, "seed": seed, "report": report, "output": output}
    become_training(["images-train", *_options(told), as_path(source)])


@app.command()
def evaluate(
    source: SourceArgument, bundle: BundleOption = None, report: ReportOption = None, as_json: JsonOption = False
) -> None:
    """Judge a bundle on labelled images: accuracy, macro-F1, each class, calibration, images a second."""
    become_training(
        ["images-judge", *_options({"bundle": bundle, "report": report}), *["--json"] * as_json, as_path(source)]
    )


@app.command()
def cascade(
    gate: Annotated[Path, typer.Argument(metavar="GATE", help="Small bundle, which answers when it is sure.")],
    fine: Annotated[Path, typer.Argument(metavar="FINE", help="Larger bundle, which is asked else.")],
    source: SourceArgument,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder to write the cascade into.")],
    loss: Annotated[
        float | None, typer.Option(min=0.0, max=100.0, metavar="P", help="Points of accuracy that it may cost (0.5).")
    ] = None,
) -> None:
    """Put two bundles in a row; the threshold is fitted on images of the folder that neither learned from."""
    options = _options({"output": output, "loss": loss})
    become_training(["images-cascade", *options, *map(as_path, (gate, fine, source))])


@app.command()
def predict(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Images.")],
    bundle: BundleOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what images show: a line for each, in order; a file that is no image is an error line, and exit 1 then."""
    failed = False
    for answer in _answers(files, bundle):
        failed = failed or answer.error is not None
        typer.echo(json.dumps(answer.as_json(), ensure_ascii=False) if as_json else answer.line())
    if failed:
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of a file.

    Attributes:
        shares: Class to probability; empty with an error.
    """

    file: str
    shares: dict[str, float]
    error: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return one object."""
        if self.error is not None:
            return {"file": self.file, "error": self.error}
        best = max(self.shares, key=self.shares.__getitem__)
        return {"file": self.file, "class": best, "confidence": self.shares[best], "probabilities": self.shares}

    def line(self) -> str:
        """Return file, class and confidence, or what is wrong, apart by tabs."""
        if self.error is not None:
            return f"{self.file}\terror: {self.error}"
        best = max(self.shares, key=self.shares.__getitem__)
        return f"{self.file}\t{best}\t{self.shares[best]:.3f}"


def _answers(files: Sequence[Path], bundle: Path | None) -> Iterator[Answer]:
    try:
        import numpy as np

        from triage.images.decoder import Decoder
        from triage.serving.image_cascade import load_recognizer
        from triage.serving.image_manifest import DEFAULT_IMAGE_BUNDLE
    except ImportError as error:
        raise ModelUnavailable("TensorFlow is not installed here; install the extra `triage[model]`") from error
    model = load_recognizer(bundle or DEFAULT_IMAGE_BUNDLE)
    with Decoder(model.manifest.side, model.manifest.fit) as decoder:
        for start in range(0, len(files), BATCH):
            some = files[start : start + BATCH]
            decoded = [_decoded(decoder, file) for file in some]
            pixels = [one for one in decoded if not isinstance(one, str)]
            found = iter(model.recognize(np.stack(pixels)).tolist() if pixels else [])
            for file, one in zip(some, decoded, strict=True):
                if isinstance(one, str):
                    yield Answer(_printable(file), {}, one)
                else:
                    shares = [round(share, 4) for share in next(found)]
                    yield Answer(_printable(file), dict(zip(model.manifest.classes, shares, strict=True)))


def _decoded(decoder: Any, file: Path) -> Any:
    """Return pixels, or why there are none."""
    try:
        return decoder.decode(file.read_bytes()).pixels
    except InvalidImage as error:
        return str(error)
    except OSError as error:
        return f"the file cannot be read ({error.strerror}); check its place and permissions"


def _printable(file: Path) -> str:
    """Return a name that any terminal can be given."""
    name = str(file).encode("utf-8", "replace").decode("utf-8")
    return "".join(character if character.isprintable() else "�" for character in name)


def _options(told: dict[str, Any]) -> list[str]:
    """Return those options that were given."""
    return [f"--{name}={value}" for name, value in told.items() if value is not None]
