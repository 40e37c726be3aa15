"""Labelled images in, a calibrated image bundle out.

run.py      the recipe: load, split, learn, calibrate, judge, export
judge.py    what a bundle is worth on a folder
cascade.py  two bundles, the smaller asked first
"""
