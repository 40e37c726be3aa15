"""What one training run was told, saved with the bundle it made."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DeepConfig:
    """Every choice about the deep stage (`training/deep/`).

    Attributes:
        epochs: Times every mail is shown; the rate falls to almost nothing over them.
        batch_size: Mails per step.
        width: Size of a word's vector.
        units: Size of what is computed of a word and its neighbours.
        attention_heads: Parts that the self-attention works in; they divide `units`.
        longest: Words read of a mail, its subject first.
        rate: Learning rate (Adam).
        dropout: Share of units left out in each step.
        word_dropout: Share of words left out of a mail in each step.
        class_weight_power: 0 counts every mail alike, 1 counts every class alike.
    """

    epochs: int = 6
    batch_size: int = 32
    width: int = 64
    units: int = 128
    attention_heads: int = 4
    longest: int = 200
    rate: float = 1.5e-3
    dropout: float = 0.3
    word_dropout: float = 0.1
    class_weight_power: float = 1.0


@dataclass(frozen=True, slots=True)
class RunConfig:
    """Every choice of a run; the same choices on the same corpus give the same figures.

    Attributes:
        folds: Parts the domains are dealt into for the figures; a model predicts the part it never saw.
        epochs: The learning rate falls linearly to almost nothing over this many; the run keeps the best of them.
        batch_size: Mails per step.
        attention_members: Attention members; they differ in where they start, and their mean varies less.
        width: Columns of an n-gram's vector in each attention member.
        code_width: Units of a sentence's code.
        query_width: Units of the hidden layer that scores a sentence.
        queries: Attention distributions over the sentences of a mail.
        ngrams: Most rows of the table; the n-grams in most mails win.
        min_mails: An n-gram in fewer mails than this gets no row.
        table_rate: Learning rate of the attention members' n-gram vectors (row-wise Adagrad).
        linear_rate: Learning rate of the linear member's.
        damping: Power of a row's summed squared gradients that divides its steps; 0 is plain descent, 0.5 Adagrad.
            Adagrad gives rare n-grams the longest steps, which costs points on mail from unseen domains.
        dense_rate: Learning rate of everything else (Adam).
        token_dropout: Share of n-grams left out of a mail in each step.
        courtesy: Chance of each of two courtesies that a mail may be given in a step (`training/courtesy.py`).
        steering: Chance that a mail is given a sentence that tries to command the sorter (`training/steering.py`).
        dropout: Share of units left out in each step.
        label_smoothing: Belief given away to the other labels of a head.
        deep: Choices about the deep stage.
        class_weight_power: 0 counts every mail alike, 1 counts every class alike.
    """

    seed: int = 7
    folds: int = 4
    epochs: int = 4
    batch_size: int = 16
    attention_members: int = 2
    width: int = 40
    code_width: int = 64
    query_width: int = 64
    queries: int = 4
    ngrams: int = 70_000
    min_mails: int = 3
    table_rate: float = 0.1
    linear_rate: float = 0.2
    damping: float = 0.15
    dense_rate: float = 2e-3
    token_dropout: float = 0.15
    courtesy: float = 0.3
    steering: float = 0.1
    dropout: float = 0.3
    label_smoothing: float = 0.05
    class_weight_power: float = 1.0
    deep: DeepConfig = field(default_factory=DeepConfig)
