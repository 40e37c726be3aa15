"""The network that ours learns from: MobileNet v1, trained on ImageNet, quantised, as Google Coral gives it away.

    mobilenet_v1_1.0_224_quant_embedding_extractor.tflite   google-coral/test_data, Apache-2.0

Its features are what is learned, so nothing of its weights is in ours.

Source:
    Howard et al. 2017, arXiv:1704.04861; Hinton et al. 2015, "Distilling the knowledge in a neural network",
    arXiv:1503.02531.
"""

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from triage.errors import CannotStart

SIDE = 224
FILE = "weights/mobilenet_v1_1.0_224_quant_embedding_extractor.tflite"  # below the folder of public data

Features = npt.NDArray[np.float32]


def load_teacher(path: Path, *, threads: int = 1) -> Callable[[npt.NDArray[np.uint8]], Features]:
    """Return what gives the 1,024 features of an image, uint8 (224, 224, 3).

    Raises:
        CannotStart: There is no such file.
    """
    if not path.exists():
        raise CannotStart(f"the network to learn from is not at {path}; name its file by --teacher")
    import tensorflow as tf

    with warnings.catch_warnings():
        # It says that it moves to a package of its own; a recipe that is run once a year need not have that.
        warnings.simplefilter("ignore")
        interpreter = tf.lite.Interpreter(model_path=str(path), num_threads=threads)
    interpreter.allocate_tensors()
    given, told = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    scale, zero = told["quantization"]

    def features(pixels: npt.NDArray[np.uint8]) -> Features:
        interpreter.set_tensor(given["index"], pixels[None])
        interpreter.invoke()
        found = interpreter.get_tensor(told["index"]).ravel().astype(np.float32)
        return np.asarray((found - zero) * scale, np.float32)

    return features
