"""TensorFlow as reading needs it: without Keras, and of TensorFlow Text the one library that our graphs call.

`import tensorflow` loads Keras, so that old models find their optimizers, and Keras loads matplotlib where that is
installed; `import tensorflow_text` does the same for layers of its own. A bundle needs none of it. Without, a worker
takes a tenth less to start and holds 155 MB less. Whoever imports Keras afterwards, as training does, gets all of it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from triage.errors import CannotStart
from triage.serving.quiet import stderr_silenced

_CORE_OF_KERAS = "keras.src"


@contextmanager
def _keras_left_out() -> Iterator[None]:
    """Let nobody import Keras meanwhile, unless it is here already; TensorFlow takes it for not installed."""
    if _CORE_OF_KERAS in sys.modules:
        yield
        return
    sys.modules[_CORE_OF_KERAS] = None  # type: ignore[assignment] # Python's own way to say that there is none
    try:
        yield
    finally:
        del sys.modules[_CORE_OF_KERAS]


with stderr_silenced(), _keras_left_out():
    import tensorflow as tf

__all__ = ["register_text_operations", "tf"]


def register_text_operations() -> None:
    """Register the operations that our graphs normalise text with; safe to repeat.

    Raises:
        CannotStart: TensorFlow Text is not installed.
    """
    package = find_spec("tensorflow_text")
    if package is None or package.origin is None:
        raise CannotStart("TensorFlow Text is not here; install the extra `triage[model]`")
    tf.load_op_library(str(Path(package.origin).parent / "python" / "ops" / "_normalize_ops.so"))
