"""The model card that travels inside an image bundle."""

from triage.serving.image_manifest import ImageManifest

_CARD = """# Model card: {version}

Says of an image which of {count} classes it shows: {classes}.

**Sees** the image as a square of {side} by {side} pixels ({fit}).

**Learned from** {learned} images (digest `{digest}`) of {source}: {told}.
Changes by chance: `{preset}`. Seed {seed}.

**Figures** on {held} images {split}. They said when to stop and
how sure the model may be, which makes the figures a little rosy; keep some images of your own to judge by.

| figure | value |
| --- | --- |
{figures}

| class | precision | recall | F1 | images |
| --- | --- | --- | --- | --- |
{per_class}

**Confidence** is a probability: of the images recognised at 80 %, about 80 % are recognised rightly, as long as images
are like those that it learned from. One temperature makes it so ({temperature:.3f}).

**Cannot do:** say that an image shows none of its classes; it always names one. In other light, blurred, or from
another camera it is right less often than these figures say.
"""


def image_card(manifest: ImageManifest) -> str:
    """Return the card as Markdown."""
    figures = manifest.figures
    return _CARD.format(
        version=manifest.version,
        count=len(manifest.classes),
        classes=", ".join(manifest.classes),
        side=manifest.side,
        fit={"pad": "its shape kept, with a border of its own mean colour", "stretch": "stretched"}[manifest.fit],
        learned=f"{figures['learned_from']:,}",
        digest=manifest.data_digest[:12],
        source=figures["source"],
        split=figures["split"],
        told="; ".join(figures["told"]),
        preset=manifest.config["preset"],
        seed=manifest.config["seed"],
        held=f"{figures['images']:,}",
        figures="\n".join(f"| {name} | {figure:.3f} |" for name, figure in figures["model"].items()),
        per_class="\n".join(
            f"| {name} | {own['precision']:.3f} | {own['recall']:.3f} | {own['f1']:.3f} | {own['images']} |"
            for name, own in figures["per_class"].items()
        ),
        temperature=manifest.temperature,
    )
