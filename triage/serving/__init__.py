"""Model bundles: their manifest, and the reading of mail with one. TensorFlow is imported by `text` alone."""

import os

# TensorFlow reads this when it is imported; its start-up notes would stand between our own log lines.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
