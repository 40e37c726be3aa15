"""Trains image bundles: labelled images in, a calibrated recogniser out."""
