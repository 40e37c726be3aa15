"""Politeness that changes no label, added to mail in training.

Thanks and kind requests stand in calm mail more often than in urgent mail, so a model left alone learns that a danger
told politely can wait. Here some mails are shown with courtesies they did not have, calm ones and urgent ones alike:
were it urgent mail alone, these very phrases would press. A request goes only to mail that wants something done, for it
would make a false label of any other.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from training.corpus import Example
from triage.labels import Language
from triage.mail import MailText

PLEASANTRIES: Mapping[Language, tuple[str, ...]] = {
    Language.ENGLISH: (
        "Hello there.",
        "Good day to you all.",
        "Dear team, I hope you are well.",
        "I hope this finds you well.",
        "I am sorry to disturb you with this.",
        "Apologies for bothering you.",
        "Sorry if this is the wrong address.",
        "I know how busy you are.",
        "I just wanted to mention it.",
        "This is only for your information.",
        "Thanks!",
        "Thank you.",
        "Thank you very much.",
        "Many thanks and kind regards",
        "Thanks a lot, and have a nice day.",
        "Thanks in advance for your kind help.",
        "Thank you for your time and your patience.",
        "I appreciate all that you do.",
        "Wishing you a pleasant weekend.",
        "With best wishes",
    ),
    Language.GERMAN: (
        "Hallo ihr Lieben.",
        "Guten Tag zusammen.",
        "Liebes Team, ich hoffe, es geht Ihnen gut.",
        "Sehr geehrte Damen und Herren,",
        "Bitte verzeihen Sie, dass ich Sie damit behellige.",
        "Entschuldigung, dass ich schon wieder schreibe.",
        "Falls ich hier falsch bin, tut es mir leid.",
        "Ich weiß, Sie haben viel zu tun.",
        "Ich wollte es nur kurz erwähnen.",
        "Nur als Hinweis für Sie.",
        "Danke!",
        "Vielen Dank.",
        "Herzlichen Dank für alles.",
        "Besten Dank und freundliche Grüße",
        "Danke schön, und noch einen angenehmen Tag.",
        "Vielen Dank vorab für Ihre freundliche Hilfe.",
        "Danke für Ihre Zeit und Ihre Geduld.",
        "Ich schätze Ihre Arbeit sehr.",
        "Ein schönes Wochenende wünsche ich Ihnen.",
        "Mit herzlichen Grüßen",
    ),
}
REQUESTS: Mapping[Language, tuple[str, ...]] = {
    Language.ENGLISH: (
        "Could you please see to it?",
        "Would somebody be so kind as to help us?",
        "Might one of you take a look, please?",
        "Could you please send someone round?",
        "Please let me know what you think.",
        "May I ask you to look into this?",
        "It would be lovely to hear from you.",
        "If it is not too much trouble, please give me a ring.",
        "Whenever you have a minute, please.",
        "Can someone tell me what to do, please?",
    ),
    Language.GERMAN: (
        "Könnten Sie sich das bitte ansehen?",
        "Wäre jemand so freundlich, uns zu helfen?",
        "Würde einer von Ihnen bitte einmal nachsehen?",
        "Könnten Sie bitte jemanden schicken?",
        "Bitte sagen Sie mir, was Sie davon halten.",
        "Darf ich Sie bitten, sich darum zu kümmern?",
        "Über eine Antwort würde ich mich freuen.",
        "Wenn es keine Umstände macht, rufen Sie mich bitte an.",
        "Wann immer Sie eine Minute haben, bitte.",
        "Kann mir bitte jemand sagen, was ich tun soll?",
    ),
}


def courtesy_texts() -> list[MailText]:
    """Return every courtesy as a text of its own, in the order that `fitting_courtesies` counts in."""
    return [MailText("", phrase) for phrases in _lists() for phrase in phrases]


def fitting_courtesies(examples: Sequence[Example], first: int) -> list[range]:
    """Return, per mail, the places of the courtesies that may be added to it, the first of them all being `first`."""
    ends = [first]
    for phrases in _lists():
        ends.append(ends[-1] + len(phrases))
    # Each language's requests follow its pleasantries, so that both together are one range too.
    of_language = {language: 2 * place for place, language in enumerate(PLEASANTRIES)}
    return [_fitting(example, of_language, ends) for example in examples]


def draw_courtesies(
    fitting: Sequence[range], mails: npt.NDArray[np.int64], chance: float, draw: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Draw up to two courtesies for each mail that may have some: (mails, 2), -1 for none."""
    added = np.full((len(mails), 2), -1, np.int64)
    for row, mail in enumerate(mails):
        if fitting and fitting[mail]:
            polite = draw.random(2) < chance
            added[row] = np.where(polite, draw.choice(fitting[mail], 2), -1)
    return added


def _fitting(example: Example, of_language: Mapping[Language, int], ends: Sequence[int]) -> range:
    if example.urgency is None or example.language is None or example.language not in of_language:
        return range(0)
    place = of_language[example.language]
    return range(ends[place], ends[place + (2 if example.action_required else 1)])


def _lists() -> list[tuple[str, ...]]:
    return [phrases for language in PLEASANTRIES for phrases in (PLEASANTRIES[language], REQUESTS[language])]
