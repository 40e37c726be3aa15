"""The shipped model reads any text, and reads ordinary mail sensibly in both languages."""

import gzip
import json
import random
import shutil
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.triage.ranking.test_priority import shipped_figures
from training.corpus import triage_corpus
from training.courtesy import courtesy_texts
from training.steering import COMMANDS
from training.text import mail_text
from triage.errors import InvalidBundle
from triage.labels import Band, Language, Sentiment, Topic, Urgency
from triage.mail import MailText
from triage.metrics.registry import REGISTRY
from triage.ranking import Circumstances, likeliest, load_policy, policy_from, priority
from triage.serving import text as text_module
from triage.serving.manifest import DEFAULT_BUNDLE, write_manifest
from triage.serving.text import load_text_model

GAS = {
    "en": MailText(
        "Hallway", "Hello, sorry to trouble you, but the gas smell on the stairs has got stronger since lunch."
    ),
    "de": MailText(
        "Treppenhaus",
        "Guten Tag, entschuldigen Sie die Störung, der Gasgeruch im Flur ist seit Mittag stärker geworden.",
    ),
}
NEWSLETTER = {
    "en": MailText(
        "URGENT: last chance!!!",
        "Our summer sale ends today, 20 % off everything. To unsubscribe from this newsletter click here.",
    ),
    "de": MailText(
        "NUR NOCH HEUTE!!!",
        "Unser Newsletter im Mai: 20 % Rabatt auf alles. Sie möchten keine Werbung mehr? Hier abmelden.",
    ),
}
INVOICE = {
    "en": MailText(
        "Invoice 4711", "Hello, we were charged twice for invoice 4711. Please refund the second payment. Kind regards"
    ),
    "de": MailText(
        "Rechnung 4711",
        "Guten Tag, die Rechnung 4711 wurde doppelt abgebucht. Bitte erstatten Sie die zweite Zahlung. Viele Grüße",
    ),
}
ANGRY = {
    "en": MailText(
        "Disappointed",
        "This is unacceptable. I have been waiting for three weeks, nobody answers and I am really annoyed.",
    ),
    "de": MailText(
        "Enttäuscht",
        "Das ist eine Frechheit. Ich warte seit drei Wochen, niemand antwortet, und ich bin wirklich verärgert.",
    ),
}

# Dangers that their writers play down, ten in each language; they are here to judge by and are never learned from.
POLITE_DANGER = [json.loads(line) for line in (Path(__file__).parent / "polite_danger.jsonl").open(encoding="utf-8")]

POLITE_AND_CALM = [
    MailText("Dank", "Vielen Dank für die schnelle Hilfe gestern, alles läuft wieder. Liebe Grüße"),
    MailText(
        "Termin", "Guten Tag, könnte ich bitte den Termin am Freitag auf nächste Woche verschieben? Herzlichen Dank"
    ),
    MailText(
        "Rechnung", "Sehr geehrte Damen und Herren, bitte senden Sie mir bei Gelegenheit eine Kopie der Rechnung. Danke"
    ),
    MailText("Thanks", "Thank you for the quick help yesterday, all is well again. Best wishes"),
    MailText("Appointment", "Hello, could I please move my appointment on Friday to next week? Many thanks"),
    MailText("Question", "Could someone please drop by? We would like to have the cellar painted in spring. Thank you"),
]


@pytest.fixture(scope="module")
def model():
    """The shipped model, loaded once."""
    return load_text_model(DEFAULT_BUNDLE)


def pressing(reading):
    """Return the probability that a mail cannot wait until tomorrow."""
    return reading.urgency[Urgency.HIGH] + reading.urgency[Urgency.CRITICAL]


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_quiet_gas_smell_presses_more_than_a_shouting_newsletter(model, language):
    """Urgency goes by consequence, not by volume."""
    gas, newsletter = model.read([GAS[language], NEWSLETTER[language]])

    assert pressing(gas) > 0.5 > 0.2 > pressing(newsletter)


@pytest.mark.parametrize("language", ["en", "de"])
def test_most_dangers_told_politely_press(model, language):
    """At least seven of ten stand above the half, though their writers thank, greet and apologise."""
    told = [MailText(mail["subject"], mail["body"]) for mail in POLITE_DANGER if mail["id"].endswith(language)]

    assert len(told) == 10
    assert sum(pressing(reading) > 0.5 for reading in model.read(told)) >= 7


@pytest.mark.parametrize("mail", POLITE_AND_CALM, ids=lambda mail: mail.subject)
def test_politeness_alone_does_not_press(model, mail):
    """The same courtesies around an ordinary matter leave it ordinary."""
    (reading,) = model.read([mail])

    assert pressing(reading) < 0.2


def test_no_polite_danger_was_learned_from():
    """Neither the corpus nor the courtesies hold a text that the model is judged by here."""
    learned = {example.body for example in triage_corpus()} | {text.body for text in courtesy_texts()}

    assert not learned & {mail["body"] for mail in POLITE_DANGER}


@pytest.mark.parametrize("language", ["en", "de"])
def test_ordinary_mail_is_read_as_people_read_it(model, language):
    """A double charge is billing to act on, an advertisement bulk to leave, and anger negative."""
    invoice, newsletter, angry = model.read([INVOICE[language], NEWSLETTER[language], ANGRY[language]])

    assert (likeliest(invoice.topic), invoice.action_required > 0.5) == (Topic.BILLING, True)
    assert (likeliest(newsletter.topic), newsletter.action_required < 0.5) == (Topic.BULK, True)
    assert likeliest(angry.sentiment) is Sentiment.NEGATIVE


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (Language.ENGLISH, "Please send me the new price list, thank you."),
        (Language.GERMAN, "Bitte schicken Sie mir die neue Preisliste, danke."),
        (Language.GERMAN, "Sehr geehrte Damen und Herren"),
        (Language.GERMAN, "boah ne, das is ja mal wieder typisch, nix geht hier"),
        (Language.GERMAN, "Danke"),
        (Language.ENGLISH, "Thanks"),
        (Language.ENGLISH, ""),
        (Language.OTHER, "Je vous écris au sujet de ma commande, qui n'est toujours pas arrivée chez nous."),
        (Language.OTHER, "Vi scrivo perché il pacco non è ancora arrivato e nessuno risponde al telefono."),
        (Language.OTHER, "Пожалуйста, пришлите мне новый прайс-лист."),
    ],
)
def test_the_language_is_told(model, language, text):
    """English, German, and neither."""
    assert model.read([MailText("", text)])[0].language is language


@pytest.mark.parametrize(
    ("name", "spoken", "language", "least"),
    [
        ("sentiment-de-sb10k/tweets", "de", Language.GERMAN, 0.92),
        ("sentiment-de-germeval2017/posts", "de", Language.GERMAN, 0.97),
        ("sentiment-en-airline/tweets", "en", Language.ENGLISH, 0.97),
        ("sentiment-multi-umsab/tweets", "fr", Language.OTHER, 0.95),
        ("sentiment-multi-umsab/tweets", "it", Language.OTHER, 0.95),
        ("sentiment-multi-umsab/tweets", "es", Language.OTHER, 0.95),
        ("sentiment-multi-umsab/tweets", "pt", Language.OTHER, 0.95),
    ],
)
def test_the_language_of_strangers_is_told(model, shared_data, name, spoken, language, least):
    """Of 600 public texts, evenly drawn, slang and all, at least this share is read as what it is."""
    with gzip.open(shared_data / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        all_texts = [row["text"] for row in map(json.loads, lines) if row["language"] == spoken]
    texts = all_texts[:: len(all_texts) // 600][:600]

    readings = model.read([MailText("", text) for text in texts])

    assert sum(reading.language is language for reading in readings) / len(texts) >= least


def test_a_reading_in_another_language_says_how_little_it_knows(model):
    """The same complaint is read with less confidence in French than in English, on every head."""
    english, french = model.read(
        [
            MailText("Delivery", "My order has still not arrived and nobody answers, I am very disappointed."),
            MailText("Livraison", "Ma commande n'est toujours pas arrivée et personne ne répond, je suis très déçu."),
        ]
    )

    assert french.language is Language.OTHER
    for belief in ("topic", "sentiment", "urgency"):
        assert max(getattr(french, belief).values()) < max(getattr(english, belief).values()), belief


@pytest.mark.parametrize(
    ("mail", "words"),
    [
        (MailText("Cellar", "There is smoke coming out of the fuse box in the cellar and it smells burnt."), "smoke"),
        (MailText("Keller", "Aus dem Schaltkasten im Keller kommt Rauch, es riecht verbrannt."), "rauch"),
        (MailText("no email", "Nobody in our office can send or receive, that is about sixty people."), "sixty people"),
    ],
    ids=["smoke", "rauch", "sixty people"],
)
def test_an_explanation_quotes_what_presses(model, mail, words):
    """The passages that did most hold the danger; one effect for every word, in order."""
    (explanation,) = model.explain([mail])

    assert any(words in phrase for phrase in explanation.phrases("urgency"))
    assert explanation.words[0] == mail.subject.lower().split()[0]
    assert {len(effects) for effects in explanation.effects.values()} == {len(explanation.words)}


def test_a_mail_without_words_has_an_empty_explanation(model):
    """And its neighbours in the batch keep theirs."""
    empty, gas = model.explain([MailText("", ""), GAS["en"]])

    assert empty.words == ()
    assert gas.words == model.explain([GAS["en"]])[0].words


def stages():
    """What was counted of the two stages so far."""
    return tuple(REGISTRY.get_sample_value("triage_stage_texts_total", {"stage": one}) for one in ("fast", "deep"))


def test_the_deep_stage_can_be_left_out(model):
    """The bundle reads all mail without it, under a version of its own; with it, it asks about some mail only."""
    # Of what it has learned it is never unsure.
    mails = [MailText(mail["subject"], mail["body"]) for mail in POLITE_DANGER]
    mails += [
        MailText("", word) for word in ("printer", "again and again", "Rückruf", "noch etwas zur Sache von neulich")
    ]
    mails += [mail_text(example) for example in triage_corpus()[::100]]
    before, counted = model.escalated, stages()
    fast = load_text_model(DEFAULT_BUNDLE, deep=False)

    alone, together = fast.read(mails), model.read(mails)

    assert fast.version != model.version
    assert fast.escalated == 0 < model.escalated - before < len(mails)
    assert len(alone) == len(together) == len(mails)
    assert alone != together
    # Loading, which reads something at every shape, counts nothing.
    assert stages() == (counted[0] + 2 * len(mails), counted[1] + model.escalated - before)


def test_sentences_that_command_the_sorter_are_no_lever(model):
    """Fifty of them, each under a hundred mails, move under two bands in a hundred (A-40)."""
    commands = (Path(__file__).parent / "steering.txt").read_text(encoding="utf-8").splitlines()
    mails = [mail_text(example) for example in triage_corpus()[::7]][:500]
    policy = load_policy()
    plain = [policy.band(priority(reading, policy)) for reading in model.read(mails)]
    moved = 0

    for place, command in enumerate(commands):
        own = list(range(place % 5, len(mails), 5))
        steered = model.read([MailText(mails[mail].subject, f"{mails[mail].body}\n\n{command}") for mail in own])
        moved += sum(
            policy.band(priority(reading, policy)) != plain[mail] for mail, reading in zip(own, steered, strict=True)
        )

    print(f"bands moved: {moved} of {100 * len(commands)}")
    assert not set(commands) & set(COMMANDS), "none was learned from"
    assert moved / (100 * len(commands)) < 0.02


def test_commands_take_no_mail_below_a_forced_band(model):
    """A rule names the lowest band of some mail; none of fifty commands under it takes it lower (A-40)."""
    commands = (Path(__file__).parent / "steering.txt").read_text(encoding="utf-8").splitlines()
    rules = [{"name": "clinic", "at_least": "high", "senders": ["@clinic.example"]}]
    policy = policy_from(shipped_figures() | {"rules": rules})
    ruled = Circumstances(sender_address="ward@clinic.example")
    mails = [mail_text(example) for example in triage_corpus()[::7]][: len(commands)]

    steered = model.read(
        [MailText(mail.subject, f"{mail.body}\n\n{command}") for mail, command in zip(mails, commands, strict=True)]
    )

    assert {policy.band(priority(one, policy, ruled)) for one in steered} <= {Band.HIGH, Band.CRITICAL}


DISGUISES = {
    "zero-width": lambda text: text.replace("e", "e\u200d").replace("i", "i\u2063"),
    "Cyrillic": lambda text: text.translate(str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")),
    "Greek": lambda text: text.translate(str.maketrans("oABEHIKMNOPTXYZv", "οΑΒΕΗΙΚΜΝΟΡΤΧΥΖν")),
    "mathematical": lambda text: text.translate({ord("a") + n: 0x1D41A + n for n in range(26)}),
    "base64 before": lambda text: f"{PADDING}\n\n{text}",
    "base64 behind": lambda text: f"{text}\n\n{PADDING}",
    "nothing before": lambda text: "\n" * 5000 + text,
}
PADDING = "\n".join(b64encode(random.Random(n).randbytes(57)).decode() for n in range(60))


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES.keys())
def test_disguises_buy_no_priority(model, disguise, record_property):
    """Letters of other alphabets, invisible ones and padding lift fewer than two bands in a hundred (A-40)."""
    order = [Band.LOW, Band.NORMAL, Band.HIGH, Band.CRITICAL]
    mails = [mail_text(example) for example in triage_corpus()[::7]][:500]
    policy = load_policy()

    plain, disguised = (
        [order.index(policy.band(priority(reading, policy))) for reading in model.read(texts)]
        for texts in (mails, [MailText(mail.subject, disguise(mail.body)) for mail in mails])
    )

    lifted = sum(after > before for before, after in zip(plain, disguised, strict=True))
    moved = sum(after != before for before, after in zip(plain, disguised, strict=True))
    record_property("figure", f"A-40: {lifted} bands of 500 rise, {moved} move")
    print(f"lifted {lifted}, moved {moved}")
    assert lifted / len(mails) < 0.02


def test_disguises_change_no_reading(model):
    """Zero-width characters, full-width letters and Cyrillic look-alikes read as what they look like."""
    plain = MailText("Invoice", "The payment was charged twice, please refund the invoice.")
    disguised = [
        MailText("Invoice", plain.body.replace("e", "e\u200b")),
        MailText("Invoice", "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in plain.body)),
        MailText("Invoice", plain.body.replace("a", "а").replace("o", "о")),  # Cyrillic
        MailText("INVOICE", plain.body.upper()),
    ]

    read, *others = model.read([plain, *disguised])

    assert [other.topic for other in others] == [pytest.approx(read.topic, abs=1e-4)] * 4


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=400)), max_size=9))
def test_any_text_has_a_reading_whose_beliefs_sum_to_one(model, pairs):
    """Whatever Unicode a mail holds, there is one reading per mail and every distribution is one."""
    readings = model.read([MailText(*pair) for pair in pairs])

    assert len(readings) == len(pairs)
    for reading in readings:
        for belief in (reading.topic, reading.sentiment, reading.urgency):
            assert sum(belief.values()) == pytest.approx(1.0, abs=1e-6)
            assert all(0.0 <= share <= 1.0 for share in belief.values())
        assert 0.0 <= reading.action_required <= 1.0


@pytest.mark.parametrize(
    "text",
    [
        MailText("", ""),
        MailText("\x00\x01", "\x00\x07\x1b" * 50),
        MailText("\ud800", "\udfff broken \udc80"),
        MailText("\n\n", "\n \t\u200b\n" * 500),
        MailText("x" * 10_000_000, "wort " * 2_000_000),
        MailText("", "a" * 4000),
        MailText("😀" * 300, "\u0301" * 4000),
    ],
    ids=["empty", "control", "surrogates", "blank", "ten megabytes", "one word", "marks"],
)
def test_ugly_mail_has_a_reading(model, text):
    """Nothing a mail may hold makes the model fail."""
    (reading,) = model.read([text])

    assert set(reading.topic) == set(Topic)
    assert sum(reading.urgency.values()) == pytest.approx(1.0, abs=1e-6)


def test_a_large_batch_reads_as_its_mails_one_by_one(model):
    """Order and content do not depend on what a mail is batched with."""
    mails = [*GAS.values(), *NEWSLETTER.values(), *INVOICE.values(), MailText("", "")] * 40

    together = model.read(mails)

    assert len(together) == 280
    for mail, reading in list(zip(mails, together, strict=True))[-7:]:
        assert model.read([mail])[0].topic == pytest.approx(reading.topic, abs=1e-5)


def test_nothing_to_read_gives_no_reading(model):
    """An empty list is an empty answer."""
    assert model.read([]) == []


def test_the_model_names_its_version(model):
    """Verdicts are stored under it."""
    assert model.version == model.manifest.version != ""


def test_a_bundle_replaced_while_it_is_loaded_is_refused(tmp_path, monkeypatch):
    """What was read might be the weights of one under the name of the other."""
    bundle = shutil.copytree(DEFAULT_BUNDLE, tmp_path / "bundle")
    load = text_module._loaded

    def loaded_and_replaced(folder, manifest, **options):
        model = load(folder, manifest, **options)
        write_manifest(folder, replace(manifest, version="another"))
        return model

    monkeypatch.setattr(text_module, "_loaded", loaded_and_replaced)

    with pytest.raises(InvalidBundle, match="replaced while it was being loaded"):
        load_text_model(bundle)
