"""What tells a language where the model's own words do not: its commonest words and its letters.

The corpus is English and German, so the model cannot learn a third language, and little of the bare courtesies and the
slang that short mail is made of. These lists know no topic: they hold the words that any text of a language is full
of. A word that two of English, German and the rest share tells nothing and is left out.
"""

from collections import Counter
from functools import cache

import numpy as np
import tensorflow as tf

from training import alphabet
from training.ngrams import WORD_BUCKETS, Ngrams, ngrams
from triage.labels import Language

LANGUAGES = (Language.ENGLISH, Language.GERMAN, Language.OTHER)
# Logits of mail in another language are divided by this: what a model says there is hardly more than a guess. It makes
# the sentiment of French, Italian, Spanish and Portuguese tweets as probable as it is right (docs/model.md).
DOUBT = 8.0

# Weights of the evidence, set on half of the tweets that docs/model.md names; the figures there are of the other half.
_PER_WORD, _PER_LETTER, _LEARNED = 5.0, 3.0, 0.3
_MOST_LEARNED = 4.0  # the learned log-odds of German beyond which more of it tells no more
# The learned head calls English what it does not know, so English starts behind; but it starts ahead where there is
# hardly a word to tell by, and is what we say of a mail without any.
_START, _PER_MISSING_WORD, _ENOUGH_WORDS = -2.0, 1.0, 4.0
_GERMAN_LETTERS = "äöü"  # ß has been folded to ss

_ENGLISH = """
a in the and to of you is it for on that this with my have be are was not but your at so me we they just do get can
will all out what if up when how about from no like has been our one would there he she his her them their who
why because had did does don didn doesn isn wasn won t ve ll re i im m s thanks thank please hello hi dear
regards sincerely sir madam yes an as by or us am any some more now back need want could should which were
than then too very going know see think good still here where only after before over off new day time today
tomorrow yesterday sorry ok okay help morning got its every into u ur lol these those such being having also
other people thing things never always really again make take give go come call let much many
"""
_GERMAN = """
der die das und ist nicht ich du wir ihr sie es er ein eine einen einem einer eines zu mit auf für von im den
dem des sich auch aber oder wie wenn dass daß noch nur schon sind hat haben habe hab bin bist war waren wird
werden wurde kann können könnte muss müssen soll sollte will wollen möchte mir mich dir dich uns euch ihnen
ihm ihn mein meine meinen meinem meiner dein deine unser unsere ihre ihren ihrem ihrer sein seine seit bei
nach aus um bis durch ohne gegen über unter vor zum zur vom beim ins ans hier da dort dann jetzt heute morgen
gestern immer mal doch ja nein bitte danke vielen dank hallo guten tag abend sehr geehrte geehrter damen
herren frau herr grüße grüßen gruß freundlichen liebe lieber mehr viel alle alles etwas nichts keine kein
keinen wieder weil denn also so was wer wo warum wann gibt geht macht machen gut ganz eben halt ne nen nem
nich nix is isch kannst hast musst willst weiß wäre hätte würde gerade heut grad leider endlich jemand man
zwei drei jahre uhr dieser diese dieses diesem diesen welche jeder jede jedes selbst als ob damit davon dazu
darf zwischen während bereits wegen schön neue neuen ab an am in gar nun wohl sogar einfach mach lass komm geh
"""
# French, Italian, Spanish, Portuguese, Dutch, Swedish, Danish, Polish, Turkish.
_OTHERS = """
le la les un une des du de et est pas je tu il elle nous vous ils elles ne que qui dans pour sur avec au aux
ce cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs c j l d qu n m s y en a à où mais
ou donc car si plus très bien fait faire suis es sommes êtes sont ai as avons avez ont était être avoir tout
tous toute toutes comme quand comment pourquoi quoi ça merci beaucoup bonjour bonsoir cordialement oui non sans même
aussi encore jamais toujours rien après avant chez par peut peux veux faut va vais trop peu bon bonne été
demain aujourd hui hier madame monsieur vraiment juste alors
il lo la i gli le un uno una di a da in con su per tra fra e è non che chi mi ti si ci vi ho hai ha abbiamo
avete hanno sono sei siamo siete era del dello della dei degli delle al allo alla ai agli alle dal dalla nel
nella sul sulla ma o se come quando dove perché anche più molto bene tutto tutti tutta questo questa questi
quello quella mio mia tuo tua suo sua nostro vostro grazie buongiorno buonasera ciao cordiali saluti sì l dell
all c po già ancora sempre mai niente solo poi fare fatto stato oggi domani ieri cosa quindi così me te lui
lei noi voi loro gentile signora signor essere può
el la los las un una unos unas de del al y e o que no es en por para con sin se me te le lo nos os mi tu su
mis tus sus yo él ella nosotros ustedes ellos pero si sí como cuando donde dónde qué quién porque más muy bien
todo todos toda todas este esta esto ese esa eso está están estoy soy eres somos son era fue ser estar hay ha
he han hemos tengo tiene hacer gracias hola buenos buenas días tardes saludos ya hoy mañana ayer siempre nunca
nada solo también desde hasta hace así vez ahora ni va voy mejor señor señora puede mucho cada
o a os as um uma de do da dos das no na nos nas em ao à por para pra com sem e ou que não é se me te lhe eu tu
você vocês ele ela nós eles elas mas como quando onde porque mais muito bem tudo todos toda este esta isto
esse essa isso está estão estou sou são foi ser estar tem tenho ter há já hoje amanhã ontem sempre nunca nada
só também até assim vez agora vai vou meu minha meus minhas seu sua seus obrigado obrigada olá bom dia boa
tarde noite saudações pelo pela dele dela aqui ainda depois gente ver fazer nem q tá pro mesmo
de het een en van ik je jij u hij zij wij we ze dat die dit deze niet met voor op aan te zijn was heb heeft
hebben ben bent is er maar ook nog naar om bij uit als dan wel geen kan kunnen moet wil worden wordt werd door
over mijn jouw uw ons onze hun wat wie waar hoe waarom goed goedemorgen bedankt dank vriendelijke groet
groeten hallo morgen vandaag gisteren meer veel al heel weer zo toch nu alleen zou zal mag gaat gaan doen
graag alstublieft geachte heer mevrouw bestelling
och att det är en ett jag du vi ni de på för med av som inte till den har om men från var kan ska skulle när
hur vad mycket tack hej mvh vänliga hälsningar också bara så min mitt din sig eller efter över inga inget nu
og at det er en et jeg du vi i de på for med af som ikke til den har om men fra var kan skal hvor hvad når
meget tak hej hilsen venlig også kun så min mit din sig eller efter over ingen nu jeres mange
i w na nie się z do to jest że o jak ale co za po tak od dla już tylko czy przez mnie ja pan pani dzień dobry
dziękuję proszę pozdrawiam moje mój być są mam jestem bardzo ma może
ve bir bu da de için ile çok ne var yok ben sen biz siz değil mi ama gibi daha en teşekkürler teşekkür ederim
merhaba lütfen sayın
"""


def language_odds(learned: tf.Tensor, found: Ngrams, mails: tf.Tensor, listed: tf.Tensor | None = None) -> tf.Tensor:
    """Return logits of English, German and any other language, float32 (mails, 3).

    Args:
        learned: float32 (mails, 2), what the model's own head believes of English and German, as logits.
        found: The n-grams of these mails, with the points they were read from.
        mails: Number of mails.
        listed: int32 (words,), 1 for words that a lexicon lists as English, 2 as German, 0 for others.
    """
    mail_of_word = tf.gather(found.mail, found.sentence_of_word)
    language = tf.cast(tf.gather(_language_of_bucket(), found.words), tf.int32)
    if listed is not None:
        language = tf.where(language > 0, language, listed)
    words = _counts(language, mail_of_word, mails)
    letters = _counts(tf.gather(_language_of_point(), found.points), tf.gather(found.mail, found.sentence), mails)
    every_word = tf.reduce_sum(words, axis=1, keepdims=True)
    told = (_PER_WORD * words[:, 1:] + _PER_LETTER * letters[:, 1:]) * tf.math.rsqrt(1.0 + every_word)
    german = _LEARNED * tf.clip_by_value(learned[:, 1:] - learned[:, :1], -_MOST_LEARNED, _MOST_LEARNED)
    start = _START + _PER_MISSING_WORD * tf.maximum(_ENOUGH_WORDS - every_word, 0.0)
    return told + tf.concat([start - german, german, tf.zeros_like(german)], axis=1)


def _counts(kind: tf.Tensor, mail: tf.Tensor, mails: tf.Tensor) -> tf.Tensor:
    """Count per mail and kind, 0 for what tells nothing: float32 (mails, 4)."""
    kinds = len(LANGUAGES) + 1
    place = mail * kinds + tf.cast(kind, mail.dtype)
    counted = tf.math.unsorted_segment_sum(tf.ones_like(place, tf.float32), place, mails * kinds)
    return tf.reshape(counted, [mails, kinds])


@cache
def _language_of_bucket() -> tf.Tensor:
    """Return, per bucket of words, 0 or the place of its language in `LANGUAGES`, from 1."""
    lists = [_ENGLISH, _GERMAN, _OTHERS]
    # Outside any graph: it is computed at once, and a saved model holds it once for all its functions.
    with tf.init_scope():
        found = ngrams(tf.fill([len(lists)], ""), tf.constant(lists))
        buckets, sentence = found.words.numpy(), found.sentence_of_word.numpy()
        language = found.mail.numpy()[sentence]
    told = set(zip(buckets.tolist(), language.tolist(), strict=True))
    claims = Counter(bucket for bucket, _ in told)
    table = np.zeros(WORD_BUCKETS, np.int8)
    for bucket, place in told:
        table[bucket] = place + 1 if claims[bucket] == 1 else 0
    with tf.init_scope():
        return tf.constant(table)


@cache
def _language_of_point() -> tf.Tensor:
    """Return the same per code point: German for its umlauts, other for any letter that neither language has."""
    table = np.array([3 if chr(point).isalpha() else 0 for point in range(alphabet.CODE_POINTS)], np.int8)
    table[:128] = 0
    table[[ord(letter) for letter in _GERMAN_LETTERS]] = 2
    with tf.init_scope():
        return tf.constant(table)
