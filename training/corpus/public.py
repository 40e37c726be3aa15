"""Public sets of labelled text, read openly: which file, which field is which label, under which licence.

No text of them is in this repository: they lie in `shared/data` beside it, or where `TRIAGE_PUBLIC_DATA` says. Every
set keeps its own label names. A model that is given away may learn only from a set that `may_ship`; the others are
for comparison.

    set                           labels become                                      licence
    real-mail-labelled            all heads, by our guide                            public domain, CC0     may ship
    banking77                     topic: 77 intents                                  CC BY 4.0              may ship
    complaints-cfpb               topic: 8, folded from 13 products                  public domain          may ship
    email-intent-parakweet        action_required: Yes or No, of a sentence          Apache-2.0             may ship
    sentiment-de-sb10k            sentiment                                          CC BY 4.0              may ship
    sentiment-multi-umsab         sentiment (its English part)                       Apache-2.0             may ship
    spamassassin-raw              topic: ham or spam, of raw messages                PDDL 1.0, CC0          may ship
    tickets-it-8topics            topic: 8                                           not stated
    emails-de-buergeramt          topic: 7                                           not stated
    tickets-bueck-german          topic: 10 queues; urgency: 3 priorities            CC BY-NC 4.0
    tickets-bueck-german-42       topic: 42 queues; urgency: 5 priorities as 4       CC BY-NC 4.0
    sentiment-en-airline          sentiment                                          CC BY-NC-SA 4.0
    sentiment-de-germeval2017     sentiment                                          none stated (research)
"""

import gzip
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from training.corpus.example import Example
from triage.errors import InvalidSubmission
from triage.labels import Language, Sentiment, Urgency
from triage.mail import parse_message

Row = Mapping[str, Any]

_BESIDE_THE_REPOSITORY = Path(__file__).parents[3] / "shared" / "data"
_PRIORITIES: Mapping[str, Urgency] = {
    "very_low": Urgency.LOW,
    "low": Urgency.LOW,
    "medium": Urgency.NORMAL,
    "high": Urgency.HIGH,
    "critical": Urgency.CRITICAL,
}


@dataclass(frozen=True, slots=True)
class PublicSet:
    """Where a set lies and how a row of it becomes an example.

    Attributes:
        path: The file, below the folder of public data.
        labels: From a row to the labels it gives; `None` for a row that is not of this set.
        may_ship: A model that is given away may learn from it.
    """

    path: str
    labels: Callable[[Row], Mapping[str, Any] | None]
    may_ship: bool
    read: Callable[[Path], Iterator[Row]]


def public_examples(name: str) -> list[Example]:
    """Return the examples of a set, in the order of its file.

    Raises:
        InvalidSubmission: There is no set of this name, or it is not on this machine.
    """
    labelled = ((row, PUBLIC_SETS[name].labels(row)) for row in rows_of(name))
    return [
        _example(f"{name}-{place}", row, labels) for place, (row, labels) in enumerate(labelled) if labels is not None
    ]


def rows_of(name: str) -> Iterator[Row]:
    """Yield the rows of a set as they stand in its file.

    Raises:
        InvalidSubmission: There is no set of this name, or it is not on this machine.
    """
    path = _present(name)
    return PUBLIC_SETS[name].read(path)


def raw_messages() -> Iterator[tuple[str, Example]]:
    """Yield the messages of `spamassassin-raw` with their file names, labelled ham or spam.

    Raises:
        InvalidSubmission: The set is not on this machine.
    """
    for row in _messages(_present("spamassassin-raw")):
        yield row["file"], _example(f"spamassassin-raw/{row['file']}", row, {"topic": row["label"]})


def public_data() -> Path:
    """Return the folder that the public sets lie in, whether or not it exists."""
    return Path(os.environ.get("TRIAGE_PUBLIC_DATA") or _BESIDE_THE_REPOSITORY)


def _present(name: str) -> Path:
    if name not in PUBLIC_SETS:
        raise InvalidSubmission(f"there is no public set {name}; there are {', '.join(PUBLIC_SETS)}")
    path = public_data() / PUBLIC_SETS[name].path
    if not path.exists():
        raise InvalidSubmission(f"the public set {name} is not at {path}; set TRIAGE_PUBLIC_DATA to the folder of sets")
    return path


def _example(name: str, row: Row, labels: Mapping[str, Any]) -> Example:
    given: dict[str, Any] = {"topic": None, "sentiment": None, "urgency": None, "action_required": None, **labels}
    language = row.get("language")
    return Example(
        id=name,
        subject=row.get("subject") or "",
        body=row.get("body") or row.get("text") or "",
        language=Language(language) if language in set(Language) else None,
        group=str(row.get("id", name)),
        domain="",
        **given,
    )


def _lines(path: Path) -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _messages(folder: Path) -> Iterator[Row]:
    """Read an archive of raw messages beside its index."""
    index = {row["file"]: row for row in _lines(folder / "index.jsonl.gz")}
    with tarfile.open(fileobj=io.BytesIO((folder / "raw.tar.gz").read_bytes())) as archive:
        for member in archive:
            name = member.name.removeprefix("./")
            content = archive.extractfile(member)
            if name in index and content is not None:
                message = parse_message(content.read())
                yield {**index[name], "subject": message.subject, "body": message.text}


def _topic(field: str) -> Callable[[Row], Mapping[str, Any] | None]:
    return lambda row: {"topic": row[field]} if row[field] else None


def _sentiment(row: Row) -> Mapping[str, Any]:
    return {"sentiment": Sentiment(row["sentiment"])}


def _of_english(row: Row) -> Mapping[str, Any] | None:
    return _sentiment(row) if row["language"] == "en" else None


def _bueck(variant: str) -> Callable[[Row], Mapping[str, Any] | None]:
    def labels(row: Row) -> Mapping[str, Any] | None:
        if row["variant"] != variant:
            return None
        return {"topic": row["queue"], "urgency": _PRIORITIES[row["priority"]]}

    return labels


def _by_our_guide(row: Row) -> Mapping[str, Any]:
    return {
        "topic": row["topic"],
        "sentiment": Sentiment(row["sentiment"]),
        "urgency": Urgency(row["urgency"]),
        "action_required": row["action_required"],
    }


_BUECK = "tickets-bueck-multilang/tickets.jsonl.gz"

PUBLIC_SETS: Mapping[str, PublicSet] = MappingProxyType(
    {
        "real-mail-labelled": PublicSet("real-mail-labelled/emails.jsonl", _by_our_guide, True, _lines),
        "banking77": PublicSet("banking77/queries.jsonl.gz", _topic("topic"), True, _lines),
        "complaints-cfpb": PublicSet("complaints-cfpb/complaints.jsonl.gz", _topic("topic_coarse"), True, _lines),
        "email-intent-parakweet": PublicSet(
            "email-intent-parakweet/sentences.jsonl.gz",
            lambda row: {"action_required": row["intent"] == "Yes"},
            True,
            _lines,
        ),
        "sentiment-de-sb10k": PublicSet("sentiment-de-sb10k/tweets.jsonl.gz", _sentiment, True, _lines),
        "sentiment-multi-umsab": PublicSet("sentiment-multi-umsab/tweets.jsonl.gz", _of_english, True, _lines),
        "spamassassin-raw": PublicSet("spamassassin-raw", _topic("label"), True, _messages),
        "tickets-it-8topics": PublicSet("tickets-it-8topics/tickets.jsonl.gz", _topic("topic"), False, _lines),
        "emails-de-buergeramt": PublicSet("emails-de-buergeramt/emails.jsonl.gz", _topic("topic"), False, _lines),
        "tickets-bueck-german": PublicSet(_BUECK, _bueck("german_normalized"), False, _lines),
        "tickets-bueck-german-42": PublicSet(_BUECK, _bueck("german_normalized_50_5_2"), False, _lines),
        "sentiment-en-airline": PublicSet("sentiment-en-airline/tweets.jsonl.gz", _sentiment, False, _lines),
        "sentiment-de-germeval2017": PublicSet("sentiment-de-germeval2017/posts.jsonl.gz", _sentiment, False, _lines),
    }
)
