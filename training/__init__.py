"""Labelled mail in, a calibrated model bundle out."""
