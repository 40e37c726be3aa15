"""Model bundles: their manifests, reading mail and recognising images. `text` and `image` import TensorFlow."""

import os

# TensorFlow reads this when it is imported; its start-up notes would stand between our own log lines.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
