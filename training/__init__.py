"""Labelled mail in, a calibrated model bundle out."""

import os

# TensorFlow reads this when it is imported; its start-up notes would drown the progress of a run.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
