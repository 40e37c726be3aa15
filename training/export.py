"""Write a bundle: the SavedModel, its model card, and the manifest that vouches for both."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

import tensorflow as tf

from training.card import model_card
from training.config import RunConfig
from training.deep.graph import DeepStage, TwoStageGraph
from training.fit import Weights
from training.graph import ReadingGraph
from training.heads import Heads
from training.languages import LANGUAGES
from triage.errors import CannotStart
from triage.serving.manifest import CARD, MANIFEST, Manifest, write_manifest


@dataclass(frozen=True, slots=True)
class Release:
    """All that goes into a bundle.

    Attributes:
        mailbox: Whose mail it learned from, as a database numbers it; two mailboxes never share a version, also where
            they hold the same mail.
        card: Writes its model card.
    """

    weights: Weights
    heads: Heads
    temperatures: Mapping[str, float]
    figures: Mapping[str, Any]
    config: RunConfig
    corpus_digest: str
    deep: DeepStage | None = None
    mailbox: str = ""
    card: Callable[[Manifest], str] = model_card


def export(release: Release, output: Path) -> Manifest:
    """Write the bundle into a folder, replacing the bundle that is there; return its manifest.

    Raises:
        CannotStart: There is no room for it, or something else is in its place.
    """
    manifest = Manifest(
        version=_version(release),
        labels={head: tuple(names) for head, names in release.heads.items()} | {"language": LANGUAGES},
        temperatures=dict(release.temperatures),
        figures=dict(release.figures),
        config=asdict(release.config),
        corpus_digest=release.corpus_digest,
        tensorflow=tf.__version__,
        thresholds={} if release.deep is None else dict(release.deep.cascade.thresholds),
    )
    graph = _graph(release)
    options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)
    signatures = {"serving_default": graph.serve, "explain": graph.explain}
    if isinstance(graph, TwoStageGraph):
        signatures["deepen"] = graph.deepen
    with replacing(output) as folder:
        try:
            tf.saved_model.save(graph, str(folder), signatures=signatures, options=options)
        except tf.errors.OpError as error:
            raise CannotStart(f"the bundle cannot be written to {output}; is the disk full?") from error
        # What TensorFlow says of the file itself differs from run to run, and loading does not need it.
        (folder / "fingerprint.pb").unlink(missing_ok=True)
        (folder / CARD).write_text(release.card(manifest), encoding="utf-8")
        write_manifest(folder, manifest)
    return manifest


def _graph(release: Release) -> ReadingGraph:
    told = (release.weights, release.temperatures, release.config, release.heads)
    return ReadingGraph(*told) if release.deep is None else TwoStageGraph(*told, release.deep)


def require_place(output: Path) -> None:
    """Check that a bundle can be written there, before the work of a run is done.

    Raises:
        CannotStart: Something is there that is neither a bundle nor an empty folder and would be destroyed, or the
            folder around it cannot be written to.
    """
    output = output.resolve()
    # A cascade holds two bundles of images.
    holds_model = any((output / name).is_file() for name in ("saved_model.pb", "fine/saved_model.pb"))
    is_bundle = (output / MANIFEST).is_file() and holds_model
    if output.exists() and not is_bundle and (output.is_file() or any(output.iterdir())):
        raise CannotStart(f"{output} is there and is not a bundle; name a new folder, or a bundle to replace")
    if output.is_mount():
        raise CannotStart(f"{output} is a file system of its own and cannot be replaced; name a folder inside it")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=output.parent, prefix=f".{output.name}."):
            pass
    except OSError as error:
        raise CannotStart(
            f"nothing can be written to {output.parent} ({error.strerror}); check its place and permissions"
        ) from error


def _version(release: Release) -> str:
    made_from = [asdict(release.config), release.corpus_digest, release.temperatures]
    if release.mailbox:
        made_from += [release.mailbox, release.heads]
    told = json.dumps(made_from, sort_keys=True)
    return f"text-{hashlib.sha256(told.encode()).hexdigest()[:12]}"


@contextmanager
def replacing(output: Path) -> Iterator[Path]:
    """Lend a folder that takes the place of `output` when it is complete; when it is not, `output` stays as it was."""
    require_place(output)
    output = output.resolve()
    aside = Path(mkdtemp(dir=output.parent, prefix=f".{output.name}."))
    new, old = aside / "new", aside / "old"
    try:
        new.mkdir()
        yield new
        if output.exists():
            output.rename(old)
        new.rename(output)
    except BaseException:
        if old.exists() and not output.exists():
            old.rename(output)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
