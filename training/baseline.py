"""What a careful person would write instead of a model: the commonest label, and rules of key words.

A trained model must beat both on every head. The rules read English and German, and are as good as an hour's honest
thought made them; no test mail was looked at for them.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

from training.heads import MAIL_HEADS, UNLABELLED, Labels
from triage.labels import Language, Sentiment, Topic, Urgency
from triage.mail import MailText

Label = TypeVar("Label", bound=str)

# Asked in this order; the first that matches decides.
_URGENCY = {
    Urgency.CRITICAL: r"gas smell|smell of gas|smells? of (gas|burning)|fire|smoke|injur|ambulance|unconscious"
    r"|bleeding|danger"
    r"|breach|leak(ed|ing)|hacked|fraud|ransomware|outage|all (users|customers)|production (is )?(down|stopped)"
    r"|suicid|evacuat"
    r"|gasgeruch|riecht nach gas|brand|feuer|rauch|verletzt|notarzt|bewusstlos|blutet|gefahr|datenleck|gehackt|betrug"
    r"|komplettausfall|ausfall|alle (nutzer|kunden)|produktion steht|band steht|suizid|einsturz|stromschlag",
    Urgency.HIGH: r"urgent|asap|immediately|right away|today|tonight|tomorrow|by noon|deadline|blocked"
    r"|cannot work|third time"
    r"|final (notice|reminder)|in (one|two|an) hours?|dringend|sofort|umgehend|heute|morgen|frist|eilt|blockiert"
    r"|letzte mahnung|zum dritten mal|in einer stunde|bis mittag",
    Urgency.LOW: r"no rush|whenever|unsubscribe|newsletter|out of office|thank you|thanks for"
    r"|suggestion|just wanted to say|fyi|keine eile|eilt nicht|irgendwann|abmelden|abwesen|danke|vielen dank für"
    r"|anregung|vorschlag|zur kenntnis|lob",
}
_TOPIC = {
    Topic.BULK: r"unsubscribe|newsletter|% off|out of office|automatic reply|do not reply|winner"
    r"|congratulations|click here"
    r"|undeliver|abbestellen|abmelden|rabatt|abwesen|automatische (antwort|nachricht)|gewonnen|gewinn"
    r"|unzustellbar|nicht antworten",
    Topic.ACCOUNT: r"password|log ?in|logged|account (is )?(locked|blocked)|two-factor|2fa|username"
    r"|personal data|gdpr|hacked"
    r"|passwort|kennwort|anmeld|einlogg|zugang|gesperrt|benutzer|datenschutz|dsgvo|gehackt|adresse geändert"
    r"|neue adresse",
    Topic.BILLING: r"invoice|payment|charged|refund|bill\b|billing|paid|overdue|bank details|direct debit|receipt"
    r"|rechnung|zahlung|abgebucht|erstattung|bezahlt|mahnung|überwiesen|lastschrift|gebühr|beleg|gutschrift",
    Topic.ORDER: r"order|deliver|parcel|package|shipment|booking|return(ed|ing)?\b|reservation|tracking|pallet"
    r"|bestell|liefer|paket|sendung|buchung|retoure|reservier|umtausch|palette|ware\b",
    Topic.APPOINTMENT: r"appointment|reschedule|visit|meeting|application form|certificate|documents?|form\b"
    r"|termin|verschieben|besichtigung|antrag|bescheinigung|unterlagen|formular|nachweis|attest",
    Topic.CONTRACT: r"quote|offer|contract|cancel (my|our|the) (contract|subscription|membership)|upgrade"
    r"|pricing|tariff|renew"
    r"|angebot|vertrag|kündig|tarif|abschließen|mitglied|konditionen|preisliste|verlänger",
    Topic.TECHNICAL: r"error|broken|not work|doesn't work|crash|fault|down\b|bug|defect|heating|leak|server"
    r"|printer|install"
    r"|fehler|kaputt|defekt|funktioniert nicht|geht nicht|absturz|störung|ausfall|heizung|undicht|drucker|install",
    Topic.FEEDBACK: r"thank|praise|great (service|job)|rude|unfriendly|complain|suggest|staff|feedback"
    r"|danke|lob|freundlich|unverschämt|beschwer|vorschlag|anregung|mitarbeiter|rückmeldung",
}
_SENTIMENT = {
    Sentiment.NEGATIVE: r"unacceptable|disappoint|angry|annoy|ridiculous|terrible|worst|fed up|useless|worried"
    r"|afraid|shame|rude"
    r"|complain|still no|never again|desperate|frustrat|!!|unverschämt|enttäusch|ärger|wütend|lächerlich"
    r"|schlimm|unmöglich"
    r"|frechheit|sauer\b|angst|sorge|verzweifel|beschwer|immer noch|nie wieder|katastroph|leid\b",
    Sentiment.POSITIVE: r"great|wonderful|excellent|happy|love|lovely|delighted|perfect|fantastic|grateful"
    r"|thank you so much|brilliant"
    r"|toll|wunderbar|super|klasse|freue|begeistert|perfekt|dankbar|herzlichen dank|tausend dank|großartig|prima",
}
_NO_ACTION = (
    r"unsubscribe|newsletter|out of office|automatic reply|do not reply|no (reply|action|answer) (is )?(needed"
    r"|necessary)|fyi|% off"
    r"|sorted|resolved|abbestellen|abmelden|abwesen|automatische|nicht antworten|nichts (weiter"
    r"|mehr) (zu )?(tun|machen|unternehmen)"
    r"|erledigt|zur kenntnis|rabatt|gewonnen"
)
_GERMAN = r"\b(der|die|das|und|ist|nicht|ich|sie|wir|ein|eine|mit|für|bitte|zu|den|auf)\b"
_ENGLISH = r"\b(the|and|is|not|i|you|we|a|an|with|for|please|to|of|on|it)\b"


def majority_labels(labels: Labels, mails: int) -> dict[str, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Return the commonest column of each head, for so many mails."""
    return {
        head: np.full(mails, np.bincount(column[column != UNLABELLED], minlength=len(labels.heads[head])).argmax())
        for head, column in labels.columns.items()
    }


def keyword_labels(texts: Sequence[MailText]) -> dict[str, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Return the column that the rules choose, per head and mail."""
    read = [_read(f"{text.subject}\n{text.body}".lower()) for text in texts]
    return {head: np.array([MAIL_HEADS[head].index(labels[head]) for labels in read]) for head in MAIL_HEADS}


def _read(text: str) -> Mapping[str, str]:
    topic = _most(_TOPIC, text, Topic.OTHER)
    urgency = Urgency.LOW if topic is Topic.BULK else _first(_URGENCY, text, Urgency.NORMAL)
    praise = topic is Topic.FEEDBACK and "?" not in text
    needs_nobody = topic is Topic.BULK or praise or re.search(_NO_ACTION, text)
    german = len(re.findall(_GERMAN, text)) > len(re.findall(_ENGLISH, text))
    return {
        "topic": topic,
        "sentiment": _most(_SENTIMENT, text, Sentiment.NEUTRAL),
        "urgency": urgency,
        "action_required": "no" if needs_nobody else "yes",
        "language": Language.GERMAN if german else Language.ENGLISH,
    }


def _first(rules: Mapping[Urgency, str], text: str, otherwise: Urgency) -> Urgency:
    return next((label for label, pattern in rules.items() if re.search(pattern, text)), otherwise)


def _most(rules: Mapping[Label, str], text: str, otherwise: Label) -> Label:
    counts = {label: len(re.findall(pattern, text)) for label, pattern in rules.items()}
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] else otherwise
