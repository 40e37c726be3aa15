"""Reading loads no more of TensorFlow than it needs, and whoever needs more finds it."""

import json
import subprocess
import sys

import pytest

READ = """
import json, sys
from triage.mail import MailText
from triage.ranking import likeliest
from triage.serving.image import load_image_model
from triage.serving.image_manifest import DEFAULT_IMAGE_BUNDLE
from triage.serving.manifest import DEFAULT_BUNDLE
from triage.serving.text import load_text_model

reading, = load_text_model(DEFAULT_BUNDLE).read([MailText("Rechnung", "Der Betrag auf der Rechnung ist ＦＡＬＳＣＨ.")])
image = load_image_model(DEFAULT_IMAGE_BUNDLE)
read_by = sorted({name.partition(".")[0] for name in sys.modules} & {"keras", "matplotlib", "tensorflow_text"})

import keras
import tensorflow as tf
import tensorflow_text
layer = keras.layers.Dense(2)(tf.zeros((1, 3))).shape
folded = tensorflow_text.case_fold_utf8(["Ä"]).numpy()[0].decode()
print(json.dumps([likeliest(reading.topic), read_by, list(layer), folded, tf.keras.layers.Dense is keras.layers.Dense]))
"""


@pytest.mark.slow
def test_models_are_read_with_without_keras_which_is_there_for_who_asks_later():
    """Neither Keras nor what it brings is loaded by a worker; a process that learns afterwards has all of it."""
    done = subprocess.run([sys.executable, "-c", READ], capture_output=True, text=True, check=False, timeout=170)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["billing", [], [1, 2], "ä", True]
