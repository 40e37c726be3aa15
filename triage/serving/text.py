"""A loaded text bundle: mail in, calibrated readings out.

The SavedModel holds everything from raw strings to probabilities, so nothing is tokenised here. Load it after a fork:
TensorFlow that has run in a parent process hangs in its children.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

from triage.errors import InvalidBundle
from triage.labels import Language, Sentiment, Urgency
from triage.mail import MailText
from triage.mail.alphabets import in_latin
from triage.mail.padding import without_padding
from triage.metrics.readings import count_stages
from triage.ranking import Explanation, Reading
from triage.serving.cascade import Cascade
from triage.serving.lean import register_text_operations, tf
from triage.serving.manifest import Manifest, read_manifest, version_in_use
from triage.serving.representing import packed
from triage.serving.threads import limit_threads

# A call is padded to one of these, so that TensorFlow plans few shapes; more mails go in several calls.
BATCH_SHAPES = (1, 8, 32, 128)
SUBJECT_CHARACTERS = 500
BODY_CHARACTERS = 4000
# Of a body, what is looked through for those; the rest of it may be padding.
BODY_LOOKED_AT = 10 * BODY_CHARACTERS


class TextModel:
    """Reads mail with one bundle; safe to call from one thread at a time.

    Attributes:
        version: The bundle's model version, stored with every verdict.
        manifest: What the bundle says of itself.
    """

    def __init__(
        self,
        manifest: Manifest,
        module: Any,
        *,
        deep: bool = True,
        count: Callable[[int, int], None] = lambda _texts, _deep: None,
    ) -> None:
        self.version = version_in_use(manifest, deep=deep)
        self.manifest = manifest
        self._module = module  # owns the variables that the signature reads
        self._asks_deep = deep and bool(manifest.thresholds)
        self._cascade = Cascade(self._unsure)
        self._count = count
        self._signature = module.signatures["serving_default"]

    @property
    def escalated(self) -> int:
        """Mails that the deep stage was asked about so far."""
        return self._cascade.asked

    def read(self, texts: Sequence[MailText]) -> list[Reading]:
        """Return a reading of each mail, in the order given; any text has one, however broken."""
        readings: list[Reading] = []
        asked_before = self.escalated
        for start in range(0, len(texts), BATCH_SHAPES[-1]):
            readings.extend(self._read_batch(texts[start : start + BATCH_SHAPES[-1]]))
        self._count(len(texts), self.escalated - asked_before)
        return readings

    def explain(self, texts: Sequence[MailText]) -> list[Explanation]:
        """Return what each word of each mail did, in the order given; it costs little more than reading."""
        explanations: list[Explanation] = []
        for start in range(0, len(texts), BATCH_SHAPES[-1]):
            explanations.extend(self._explain_batch(texts[start : start + BATCH_SHAPES[-1]]))
        return explanations

    def _explain_batch(self, texts: Sequence[MailText]) -> list[Explanation]:
        outputs = {name: output.numpy() for name, output in self._module.explain(*_tensors(texts)).items()}
        words, mail, sentence = outputs.pop("word"), outputs.pop("mail"), outputs.pop("sentence")
        # Subjects come before all bodies; a stable sort brings each mail's words together, its subject leading.
        order = np.argsort(mail, kind="stable")
        ends = np.searchsorted(mail[order], np.arange(len(texts) + 1))
        own = [order[ends[place] : ends[place + 1]] for place in range(len(texts))]
        return [
            Explanation(
                words=tuple(word.decode("utf-8", "replace") for word in words[places]),
                sentences=tuple(sentence[places].tolist()),
                effects={head: tuple(effects[places].tolist()) for head, effects in outputs.items()},
            )
            for places in own
        ]

    def _read_batch(self, texts: Sequence[MailText]) -> list[Reading]:
        shape = next(size for size in BATCH_SHAPES if size >= len(texts))
        padded = [*texts, *[MailText("", "")] * (shape - len(texts))]
        subject, body = _tensors(padded)
        outputs = self._signature(subject=subject, body=body)
        columns = {head: outputs[head].numpy()[: len(texts)].astype(np.float64) for head in self.manifest.labels}
        if self._asks_deep:
            self._deepen(texts, columns)
        shares = {head: (column / column.sum(axis=1, keepdims=True)).tolist() for head, column in columns.items()}
        kept = _represented(outputs, len(texts))
        return [
            self._reading({head: rows[mail] for head, rows in shares.items()}, kept[mail]) for mail in range(len(texts))
        ]

    def _deepen(self, texts: Sequence[MailText], columns: Mapping[str, Any]) -> None:
        """Ask the deep stage about the mails that the fast one is unsure of, and put its answers in their places."""
        self._cascade.complete(columns, lambda places: self._deep_answers([texts[place] for place in places]))

    def _unsure(self, columns: Mapping[str, Any]) -> Any:
        """Return which mails have a head of less confidence than its threshold in their language."""
        language = columns["language"].argmax(axis=1)
        names = self.manifest.labels["language"]
        asked = np.zeros(len(language), np.bool_)
        for head, of_language in self.manifest.thresholds.items():
            threshold = np.array([of_language.get(name, 0.0) for name in names])
            asked |= columns[head].max(axis=1) < threshold[language]
        return asked

    def _deep_answers(self, texts: Sequence[MailText]) -> dict[str, Any]:
        shape = next(size for size in BATCH_SHAPES if size >= len(texts))
        subject, body = _tensors([*texts, *[MailText("", "")] * (shape - len(texts))])
        outputs = self._module.deepen(subject, body)
        return {head: outputs[head].numpy()[: len(texts)] for head in self.manifest.labels}

    def _reading(self, shares: Mapping[str, list[float]], representation: bytes) -> Reading:
        labels = self.manifest.labels
        language = max(zip(shares["language"], labels["language"], strict=True), key=itemgetter(0))[1]
        return Reading(
            topic=dict(zip(labels["topic"], shares["topic"], strict=True)),
            sentiment=dict(zip(Sentiment, shares["sentiment"], strict=True)),
            urgency=dict(zip(Urgency, shares["urgency"], strict=True)),
            action_required=shares["action_required"][labels["action_required"].index("yes")],
            language=Language(language),
            representation=representation,
        )


def load_text_model(bundle: Path, *, threads: int = 1, deep: bool = True) -> TextModel:
    """Load a bundle and run it once at every shape, so that the first mail waits for nothing.

    Args:
        bundle: A folder that training wrote.
        deep: Ask the deep stage, if the bundle has one, where the fast one is unsure.
        threads: Processor threads TensorFlow may use; only the first load of a process can set it.

    Raises:
        InvalidBundle: The folder is no bundle of ours, or is incomplete or altered.
    """
    manifest = read_manifest(bundle)
    limit_threads(threads)
    register_text_operations()
    model = _loaded(bundle, manifest, deep=deep)
    # Had the bundle been replaced meanwhile, the model might hold the weights of one under the name of the other.
    if read_manifest(bundle) != manifest:
        raise InvalidBundle(f"bundle {bundle} was replaced while it was being loaded; load it again")
    return model


def _loaded(bundle: Path, manifest: Manifest, *, deep: bool) -> TextModel:
    try:
        module = tf.saved_model.load(str(bundle))
        module.prepare()
        model = TextModel(manifest, module, deep=deep)
        for shape in BATCH_SHAPES:
            model.read([MailText("", "")] * shape)
        model.explain([MailText("", "")])
    except (OSError, ValueError, AttributeError, KeyError, tf.errors.OpError) as error:
        # Its digests are right, so it is whole; what it holds was made for another release.
        sentence = f"bundle {bundle} cannot be used by this release ({type(error).__name__}); train it again"
        raise InvalidBundle(sentence) from error
    # Which has not counted what was asked of the other.
    return TextModel(manifest, module, deep=deep, count=count_stages)


def _represented(outputs: Mapping[str, Any], mails: int) -> list[bytes]:
    if "embedding" not in outputs:  # a bundle from before mail was represented; memory has nothing to say of its mail
        return [b""] * mails
    feature, mail, weight = (outputs[name].numpy() for name in ("feature", "feature_mail", "feature_weight"))
    of_batch = mail < mails  # the rest of it is padding
    return packed(feature[of_batch], mail[of_batch], weight[of_batch], outputs["embedding"].numpy()[:mails])


def _tensors(texts: Sequence[MailText]) -> tuple[tf.Tensor, tf.Tensor]:
    return (
        tf.constant([_encoded(in_latin(text.subject), SUBJECT_CHARACTERS) for text in texts]),
        tf.constant([_encoded(_undisguised(text.body), BODY_CHARACTERS) for text in texts]),
    )


def _undisguised(body: str) -> str:
    return in_latin(without_padding(body[:BODY_LOOKED_AT]))


def _encoded(text: str, characters: int) -> bytes:
    # A lone surrogate cannot be written as UTF-8; it becomes a question mark.
    return text[:characters].encode("utf-8", errors="replace")
