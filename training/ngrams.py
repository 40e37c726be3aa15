"""Strings to hashed n-grams, in the graph, so that serving cannot read a mail otherwise than training did.

A mail becomes sentences: its subject is the first, the body's follow. Each sentence yields words and pairs of words,
and each word its runs of three and of five characters. All are integers hashed from code points, which is several times
cheaper than joining strings. A bucket below `WORD_BUCKETS` is a word or a pair, one above it a run of characters.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import tensorflow as tf
import tensorflow_text as tf_text

from training import alphabet

CHARACTERS = 4000  # read of a body; what is beyond changes no reading
WORD_BUCKETS = 1 << 18
CHARACTER_BUCKETS = 1 << 19
CHARACTER_RUNS = (3, 5)  # those of four between them told nothing more and cost a tenth of the time

_LONGEST_WORD = 64  # characters; later ones share the last power
_BASE = 1_000_003


class Ngrams(NamedTuple):
    """The n-grams of a batch of mails.

    Runs of characters are hashed once per distinct word of the batch, not once per word: mail repeats itself, and
    summing a word's runs beforehand is most of what makes reading fast.

    Attributes:
        words: int64 (words,), bucket of each word, sentences ascending.
        sentence_of_word: int64 (words,).
        pairs: int64 (pairs,), bucket of each pair of neighbouring words, sentences ascending.
        sentence_of_pair: int64 (pairs,).
        distinct: int64 (distinct words,), a hash that tells them apart over batches.
        distinct_of_word: int32 (words,), which distinct word each word is.
        runs: Per length (3 and 5): int64 buckets and the distinct word of each, ascending.
        mail: int64 (sentences,), the mail each sentence belongs to.
        is_subject: bool (sentences,).
        points: int32 (characters,), the folded code points that they were read from.
        sentence: int64 (characters,), the sentence of each.
        first_point: int64 (words,), where among the points each word begins.
        word_length: int64 (words,), characters.
    """

    words: tf.Tensor
    sentence_of_word: tf.Tensor
    pairs: tf.Tensor
    sentence_of_pair: tf.Tensor
    distinct: tf.Tensor
    distinct_of_word: tf.Tensor
    runs: list[tuple[tf.Tensor, tf.Tensor]]
    mail: tf.Tensor
    is_subject: tf.Tensor
    points: tf.Tensor
    sentence: tf.Tensor
    first_point: tf.Tensor
    word_length: tf.Tensor


def ngrams(subject: tf.Tensor, body: tf.Tensor) -> Ngrams:
    """Read a batch of mails, two string tensors of shape (mails,)."""
    mails = tf.shape(subject, out_type=tf.int64)[0]
    points, text = _folded(tf.concat([subject, body], axis=0))
    before = tf.concat([[alphabet.SPACE], points[:-1]], axis=0)
    white = _is_any(points, (alphabet.SPACE, alphabet.BREAK))
    starts_text = tf.concat([[-1], text[:-1]], axis=0) != text
    ends = (points == alphabet.BREAK) | (white & _is_any(before, (alphabet.STOP, ord("!"), ord("?"))))
    opens = starts_text | ((text >= mails) & ends)
    sentence = tf.cumsum(tf.cast(opens, tf.int64)) - 1
    text_of_sentence = tf.boolean_mask(text, opens)
    points = tf.where(white | (points == alphabet.STOP), alphabet.SPACE, points)
    # Of several spaces in a row the last stays, so a sentence opens with its own.
    after = tf.concat([points[1:], [0]], axis=0)
    kept = (points != alphabet.SPACE) | (after != alphabet.SPACE)
    points, sentence = tf.boolean_mask(points, kept), tf.boolean_mask(sentence, kept)
    hashes, first_point, length = _words(points)
    sentence_of_word = tf.gather(sentence, first_point)
    together = sentence_of_word[1:] == sentence_of_word[:-1]
    pairs = tf.boolean_mask(_mixed(hashes[:-1]) + 3 * hashes[1:], together)
    words = _mixed(hashes)
    distinct, distinct_of_word = tf.unique(words)
    first_word = tf.math.unsorted_segment_min(tf.range(tf.size(words)), distinct_of_word, tf.size(distinct))
    runs = _character_runs(points, tf.gather(first_point, first_word), tf.gather(length, first_word))
    return Ngrams(
        words=words % WORD_BUCKETS,
        sentence_of_word=sentence_of_word,
        pairs=_mixed(pairs) % WORD_BUCKETS,
        sentence_of_pair=tf.boolean_mask(sentence_of_word[1:], together),
        distinct=distinct,
        distinct_of_word=distinct_of_word,
        runs=runs,
        mail=text_of_sentence % mails,
        is_subject=text_of_sentence < mails,
        points=points,
        sentence=sentence,
        first_point=first_point,
        word_length=length,
    )


def _folded(texts: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Return folded code points of all texts, each text between two line breaks, and the text each belongs to."""
    replace = tf.strings.regex_replace
    texts = tf.strings.substr(texts, 0, 4 * CHARACTERS)  # bytes; four hold any character
    texts = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace", replacement_char=alphabet.SPACE)
    texts = tf_text.case_fold_utf8(tf_text.normalize_utf8(texts, "NFKC"))
    texts = replace(texts, r"(https?://|www\.)\S+", " webaddress ")
    texts = replace(texts, r"[\w.+-]+@[\w-]+\.[\w.-]+", " mailaddress ")
    texts = replace(texts, r"\d{5,}", "00000")
    points = tf.strings.unicode_decode(texts, "UTF-8")[:, :CHARACTERS]
    line_break = tf.fill([points.nrows(), 1], alphabet.BREAK)
    points = tf.concat([line_break, points, line_break], axis=1)
    folded = tf.gather(_fold_table(), tf.minimum(points.values, alphabet.CODE_POINTS - 1))
    seen = folded != alphabet.DROPPED
    return tf.boolean_mask(folded, seen), tf.boolean_mask(points.value_rowids(), seen)


def _words(points: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Return a hash of each word, where it begins, and how long it is; a symbol is a word of its own."""
    in_word = points != alphabet.SPACE
    place = tf.boolean_mask(tf.range(tf.size(points, out_type=tf.int64)), in_word)
    points = tf.boolean_mask(points, in_word)
    symbol = _is_any(points, tuple(map(ord, alphabet.SYMBOLS)))
    follows = tf.concat([[False], (place[1:] == place[:-1] + 1) & ~symbol[1:] & ~symbol[:-1]], axis=0)[
        : tf.size(points)
    ]
    word = tf.cumsum(tf.cast(~follows, tf.int64)) - 1
    first_point = tf.boolean_mask(place, ~follows)
    offset = tf.minimum(place - tf.gather(first_point, word), _LONGEST_WORD - 1)
    hashes = tf.math.segment_sum(tf.cast(points, tf.int64) * tf.gather(_powers(), offset), word)
    length = tf.math.segment_sum(tf.ones_like(word), word)
    return hashes, first_point, length


def _character_runs(points: tf.Tensor, first: tf.Tensor, length: tf.Tensor) -> list[tuple[tf.Tensor, tf.Tensor]]:
    """Return buckets of the runs of each word, a space before and after it included."""
    padded = length + 2
    starts = tf.cumsum(padded, exclusive=True)
    total = tf.reduce_sum(padded)
    # A running count of the words begun so far is several times cheaper than repeating each word's number.
    word = tf.cumsum(tf.scatter_nd(starts[:, None], tf.ones_like(starts), total[None])) - 1
    offset = tf.range(total) - tf.gather(starts, word) - 1
    inside = (offset >= 0) & (offset < tf.gather(length, word))
    at = tf.where(inside, tf.gather(first, word) + offset, 0)
    padding = tf.concat([points, [alphabet.SPACE]], axis=0)  # a batch may hold no character at all
    characters = tf.cast(tf.where(inside, tf.gather(padding, at), alphabet.SPACE), tf.int64)
    groups = []
    rolling = characters
    for run in range(2, max(CHARACTER_RUNS) + 1):
        rolling = rolling[:-1] * _BASE + characters[run - 1 :]
        if run in CHARACTER_RUNS:
            own = word[: tf.maximum(tf.size(characters) - run + 1, 0)]
            within = own == word[run - 1 :]
            buckets = _mixed(tf.boolean_mask(rolling, within) + run) % CHARACTER_BUCKETS + WORD_BUCKETS
            groups.append((buckets, tf.boolean_mask(own, within)))
    return groups


@cache
def _fold_table() -> tf.Tensor:
    """Return the table as a tensor outside any graph, so that a saved model holds it once for all its functions."""
    with tf.init_scope():
        return tf.constant(alphabet.fold_table())


def _is_any(points: tf.Tensor, wanted: tuple[int, ...]) -> tf.Tensor:
    return tf.reduce_any([points == point for point in wanted], axis=0)


def _mixed(hashes: tf.Tensor) -> tf.Tensor:
    """Spread what tells two hashes apart over all bits; multiplication alone leaves the low ones weak."""
    hashes = tf.bitwise.bitwise_xor(hashes, tf.bitwise.right_shift(hashes, 29)) * 0x5851F42D4C957F2D
    return tf.bitwise.bitwise_xor(hashes, tf.bitwise.right_shift(hashes, 32))


def _powers() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    with np.errstate(over="ignore"):
        return np.cumprod(np.full(_LONGEST_WORD, _BASE, np.int64))
