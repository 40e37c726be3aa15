"""What a rule of the policy says, in the reader's language: the sentence of `Rule.in_words`, in other words."""

import re

from babel.dates import get_day_names

from triage.ranking.hours import DAYS
from triage.web.language import Language

_RULE = re.compile(
    r"a rule of the policy(?: \((?P<name>.+?)\))?: mail(?: from (?P<senders>.+?))?(?: to (?P<recipients>.+?))?"
    r"(?: about (?P<topics>.+?))?(?: with (?P<words>“.+”) in it)?(?: with an image of (?P<findings>.+?))?"
    r"(?: that comes on (?P<days>.+?))?(?: that comes from (?P<hours>\S+ to \S+))?"
    r" is (?P<least>at least )?(?P<band>critical|high|normal|low)",
    re.DOTALL,
)
_CONDITIONS = ("senders", "recipients", "topics", "words", "findings", "days", "hours")
_KINDS = {"topics": "topic", "findings": "kind"}
_OTHERS = re.compile(r"(\d+) others")
# What a rule looks for in the text may itself have commas and an `or`.
_QUOTED = re.compile(r"“.+?”|\d+ others")


def rule_in_words(sentence: str, language: Language) -> str | None:
    """Return what a rule says; `None` for a sentence that is no rule's."""
    found = _RULE.fullmatch(sentence)
    if found is None:
        return None
    said = [language.t(f"rule.{one}", these=_names(one, found[one], language)) for one in _CONDITIONS if found[one]]
    which = language.t("rule.which", these=", ".join(said)) if said else ""
    name = f" ({found['name']})" if found["name"] else ""
    sets = language.t("rule.at_least" if found["least"] else "rule.exactly", band=language.word("band", found["band"]))
    return language.t("rule.says", name=name, which=which, sets=sets)


def _names(condition: str, told: str, language: Language) -> str:
    """Return what a condition lists, as few or as many as the rule names."""
    if condition == "hours":
        return told.replace(" to ", "–")
    listed = _QUOTED.findall(told) if condition == "words" else _listed(told)
    named = [_name(condition, one, language) for one in listed]
    return f"{', '.join(named[:-1])} {language.t('rule.or')} {named[-1]}" if len(named) > 1 else named[0]


def _listed(told: str) -> list[str]:
    before, _, last = told.rpartition(" or ")
    return [one for one in (*before.split(", "), last) if one]


def _name(condition: str, one: str, language: Language) -> str:
    if others := _OTHERS.fullmatch(one):
        return language.t("rule.others", count=int(others[1]))
    if condition == "days":
        return str(get_day_names("wide", locale=language.code)[DAYS.index(one)]) if one in DAYS else one
    kind = _KINDS.get(condition)
    return language.word(kind, one) if kind else one
