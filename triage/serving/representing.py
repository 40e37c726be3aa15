"""Representations of a batch of mails, packed as `triage.memory.representation` unpacks them."""

import numpy as np
import numpy.typing as npt

from triage.memory.representation import FORMAT, MOST_FEATURES

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int32]


def packed(feature: Integers, mail: Integers, weight: Floats, embedding: Floats) -> list[bytes]:
    """Return the representation of each mail of a batch: its heaviest features, and its embedding.

    Args:
        feature: (features,) buckets.
        mail: (features,) the mail of each.
        weight: (features,) above 0.
        embedding: (mails, dimensions), of length 1 or 0.
    """
    mails, dimensions = embedding.shape
    heaviest = np.lexsort((-weight, mail))
    ends = np.searchsorted(mail[heaviest], np.arange(mails + 1))
    place = np.arange(len(heaviest)) - np.repeat(ends[:-1], np.diff(ends))
    kept = heaviest[place < MOST_FEATURES]
    kept = kept[np.lexsort((feature[kept], mail[kept]))]
    ends = np.searchsorted(mail[kept], np.arange(mails + 1))
    top = np.maximum.reduceat(np.append(weight[kept], 0.0), np.minimum(ends[:-1], len(kept))) if mails else weight[:0]
    share = weight[kept] / np.repeat(top, np.diff(ends))
    entries = (feature[kept].astype(np.uint32) << 8) | np.clip(np.rint(255 * share), 1, 255).astype(np.uint32)
    codes = np.rint(127 * embedding).astype(np.int8)
    head = bytes([FORMAT, dimensions])
    wire = entries.astype("<u4")
    return [head + codes[one].tobytes() + wire[ends[one] : ends[one + 1]].tobytes() for one in range(mails)]
