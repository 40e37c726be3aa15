"""What one training of images was told, saved with the bundle it made."""

from dataclasses import dataclass

from triage.images.fit import Fit


@dataclass(frozen=True, slots=True)
class ImageConfig:
    """Every choice of a run; the same choices on the same images give the same figures, unless the clock ends it.

    Attributes:
        backbone: `own`, `none`, the name of a network of `keras.applications`, or a file.
        side: Pixels of the square that the network sees; by default what suits backbone and images.
        fit: `pad` keeps the shape of an image, `stretch` fills the square.
        preset: What an image may be changed by and stay what it is (`training/images/augment.py`).
        scaling: How a backbone from a file wants its pixels, if it does not see to that itself.
        held_share: Share of the images held out to stop, calibrate and judge by.
        epochs: Times every image is shown at most, from scratch; by default thirty, and more where there are few.
        fine_epochs: The same with the top of the backbone unfrozen; 0 leaves it as it was.
        minutes: Time for learning; the rates reach their end when it does.
        batch_size: Images per step; less where there are few.
        rate: Highest learning rate from scratch (AdamW, one cycle).
        fine_rate: Highest learning rate of the unfrozen top.
        head_rate: Learning rate of the head on the frozen backbone.
        views: Changed versions of every image that the head learns from, beside the image itself.
        unfrozen: Share of the backbone's layers, from the top, that learn in the end.
        width: Channels of the first stage from scratch; it doubles three times.
        decay: Weight decay (AdamW).
        dropout: Share of features left out in each step.
        label_smoothing: Belief given away to the other classes.
        mixup: Strength of mixing two images and their classes (the Beta distribution's parameter); 0 mixes none.
        class_weight_power: 0 counts every image alike, 1 every class alike.
    """

    backbone: str = "own"
    side: int | None = None
    fit: Fit = "pad"
    preset: str = "photo"
    scaling: str | None = None
    seed: int = 7
    held_share: float = 0.15
    epochs: int | None = None
    fine_epochs: int = 8
    minutes: float | None = None
    batch_size: int = 64
    rate: float = 3e-3
    fine_rate: float = 3e-4
    head_rate: float = 2e-3
    views: int = 5
    unfrozen: float = 0.5
    width: int = 24
    decay: float = 0.05
    dropout: float = 0.2
    label_smoothing: float = 0.1
    mixup: float = 0.0
    class_weight_power: float = 0.5
