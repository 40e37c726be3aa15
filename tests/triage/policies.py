"""Policies as people write them: the shipped one with something added."""

import json
from importlib.resources import files

SHIPPED = files("triage.ranking").joinpath("policy.toml").read_text("utf-8")


def with_rule(**rule: object) -> str:
    """The shipped policy with one rule more."""
    lines = [f"{name} = {json.dumps(value)}" for name, value in rule.items()]
    return "\n".join([SHIPPED, "[[rules]]", *lines, ""])


def with_targets(**hours: float) -> str:
    """The shipped policy with response targets."""
    return "\n".join([SHIPPED, "[answer_within]", *(f"{band} = {one}" for band, one in hours.items()), ""])
