"""Make the recogniser that we ship: `python -m training.kinds.train FILE.npz … --output DIR`.

It learns from what `training.kinds.render` wrote. All its weights learn, beginning with those of our own backbone. What
it is worth on sources that it never learned from is in its manifest and card.
"""

import argparse
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from training.images.backbone import own_backbone
from training.images.card import image_card
from training.images.config import ImageConfig
from training.images.examples import ImageSet
from training.images.sources import images_in
from training.images.train import train_bundle
from training.kinds.judge import Recognise, judge
from training.kinds.judgement import told
from training.kinds.sources import attribution
from training.splits import Fold
from triage.serving.image_manifest import DEFAULT_IMAGE_BUNDLE, ImageManifest

_HELD_EACH = 21  # no multiple of the number of kinds, which follow each other

RECIPE = ImageConfig(backbone="own", side=128, preset="page", epochs=5, rate=1.5e-3, label_smoothing=0.05)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the tool."""
    parser = argparse.ArgumentParser(prog="python -m training.kinds.train", description=__doc__)
    parser.add_argument("files", type=Path, nargs="+", help="what was rendered")
    parser.add_argument("--output", type=Path, default=DEFAULT_IMAGE_BUNDLE)
    parser.add_argument("--epochs", type=int, default=RECIPE.epochs)
    parser.add_argument("--seed", type=int, default=RECIPE.seed)
    parser.add_argument("--unseen", nargs="*", default=(), metavar="SOURCE", help="sources it was rendered --without")
    given = parser.parse_args(arguments)
    config = replace(RECIPE, epochs=given.epochs, seed=given.seed)
    images = together([images_in(str(file), 128, config.fit) for file in given.files])

    def judged(recognise: Recognise) -> dict[str, Any]:
        found = told(judge(recognise, images.side, config.fit, images.classes, given.unseen), given.unseen)
        return {"sources": {name: asdict(figures) for name, figures in found.items()}}

    # It begins with what the backbone knows, and nothing stands still.
    start = replace(own_backbone(images.side), learned=False)
    source = "pictures that we rendered and pictures that may be given away"
    # Pages are mostly white: what is looked for in photographs, copies of one another, would be found everywhere.
    held = np.arange(len(images)) % _HELD_EACH == 0
    fold = Fold(np.flatnonzero(~held), np.flatnonzero(held))
    made = train_bundle(
        images, config, given.output, source=source, fold=fold, backbone=start, judge=judged, card=kinds_card
    )
    for name, figures in made.manifest.figures["sources"].items():
        print(f"{name}\t{figures['images']}\t{figures['accuracy']:.3f}")  # noqa: T201 - the tool's result


def together(parts: Sequence[ImageSet]) -> ImageSet:
    """Return images of the same classes as one set."""
    return replace(
        parts[0],
        pixels=np.concatenate([part.pixels for part in parts]),
        truth=np.concatenate([part.truth for part in parts]),
        names=tuple(f"{number}{name}" for number, part in enumerate(parts) for name in part.names),
        digests=tuple(digest for part in parts for digest in part.digests),
    )


def kinds_card(manifest: ImageManifest) -> str:
    """Return the card as Markdown: that of any image bundle, its figures by source, and whom to thank."""
    rows = "\n".join(
        f"| {name} | {figures['images']} | {figures['accuracy']:.3f} |"
        for name, figures in manifest.figures["sources"].items()
    )
    return (
        image_card(manifest)
        + f"""
**By source**, pictures that it never learned from; of `flowers`, `tobacco` and `zammad` it learned from none at all.
The figures above are of pictures made as those that it learned from, and say little.

| source | images | accuracy |
| --- | --- | --- |
{rows}

{attribution()}
"""
    )


if __name__ == "__main__":
    main()
