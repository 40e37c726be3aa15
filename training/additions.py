"""What may be added to mail in training with its labels unchanged: courtesies, and commands to the sorter."""

from collections.abc import Sequence
from dataclasses import replace

from training.corpus import Example
from training.courtesy import courtesy_texts, fitting_courtesies
from training.features import Features, features_of
from training.steering import command_texts
from training.text import mail_text


def features_to_learn(examples: Sequence[Example]) -> Features:
    """Read all examples and, after them, what may be added to them."""
    texts, courtesies, commands = [mail_text(example) for example in examples], courtesy_texts(), command_texts()
    first = len(texts) + len(courtesies)
    return replace(
        features_of([*texts, *courtesies, *commands]),
        courtesies=fitting_courtesies(examples, first=len(texts)),
        commands=range(first, first + len(commands)),
    )
