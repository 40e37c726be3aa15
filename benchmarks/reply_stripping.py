"""Which library finds the newest writer's own words best: ours, or one from PyPI?

Prints the table of `docs/decisions/html-and-reply-libraries.md`. Run `python -m benchmarks.reply_stripping`; a library
that is not installed has no row (put `mail-parser-reply email-reply-parser talon quotequail` beside this project into
an environment of their own). Needs the public mail in `../shared/data`.

Exact is the share of mails whose words are those expected, in order; F1 compares the words as bags, averaged over
mails. Lines behind `>` are left out on both sides, for some sets expect them and we never read them. Left out are mails
handed on with no more than a hint: there the sets expect the hint, and we read the mail on purpose.
"""

import email
import gzip
import importlib
import json
import re
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from triage.mail import own_text
from triage.mail.hints import is_hint

DATA = Path(__file__).parents[2] / "shared" / "data"
FORWARDED = re.compile(r"forwarded|weitergeleitet", re.IGNORECASE)
WORD = re.compile(r"\w+")

Strip = Callable[[str], str]


class Sample(NamedTuple):
    """A mail as plain text, and the newest writer's own words in it."""

    text: str
    own: str


class Figures(NamedTuple):
    """How one library does on one set; a time for each mail."""

    exact: float
    f1: float
    times_ms: list[float]


def main() -> None:
    """Print one row for each library: exact / F1 for each set, and the time it takes."""
    if not DATA.is_dir():
        sys.exit("there is no public mail to measure on; put it into shared/data beside the repository")
    sets = {
        name: [sample for sample in found if not is_handed_on(sample)]
        for name, found in {
            "discourse": discourse(),
            "talon": talon(),
            "crisp": crisp(),
            "enron": quagga("enron"),
            "apache": quagga("asf"),
        }.items()
    }
    stress = max(github(), key=len)
    heads = [f"{name} ({len(samples)})" for name, samples in sets.items()]
    print(f"| library | {' | '.join(heads)} | mean ms | worst ms | {len(stress):,} characters, s |")
    print("| --- |" + " --- |" * (len(sets) + 3))
    for library, strip in installed().items():
        figures = [measured(strip, samples) for samples in sets.values()]
        times = [time for one in figures for time in one.times_ms]
        cells = [f"{one.exact:.2f} / {one.f1:.2f}" for one in figures]
        cells += [f"{sum(times) / len(times):.2f}", f"{max(times):.0f}", f"{seconds(strip, stress):.2f}"]
        print(f"| {library} | {' | '.join(cells)} |")


def installed() -> dict[str, Strip]:
    """Return what is compared: ours, the libraries that can be imported, and doing nothing."""
    found: dict[str, Strip] = {"ours": lambda text: own_text(text)[0]}
    for module, make in LIBRARIES.items():
        try:
            found[module] = make(importlib.import_module(module))
        except ImportError:
            continue
    return found | {"(whole text)": lambda text: text}


LIBRARIES: dict[str, Callable[[Any], Strip]] = {
    "mailparser_reply": lambda library: (
        lambda text: library.EmailReplyParser(languages=["en", "de"]).read(text).replies[0].body
    ),
    "email_reply_parser": lambda library: library.EmailReplyParser.parse_reply,
    "talon.quotations": lambda library: library.extract_from_plain,
    "quotequail": lambda library: lambda text: "\n".join(part for is_new, part in library.quote(text) if is_new),
}


def measured(strip: Strip, samples: list[Sample]) -> Figures:
    """Return how well and how fast a library finds the writer's own words."""
    exact, f1, times = 0, 0.0, []
    for sample in samples:
        start = time.perf_counter()
        found = strip(sample.text)
        times.append(1_000 * (time.perf_counter() - start))
        got, expected = words(found), words(sample.own)
        exact += got == expected
        f1 += overlap(got, expected)
    count = len(samples)
    return Figures(exact / count, f1 / count, times)


def seconds(strip: Strip, text: str) -> float:
    """Return how long one text takes."""
    start = time.perf_counter()
    strip(text)
    return time.perf_counter() - start


def words(text: str) -> list[str]:
    """Return the words of a text outside of quoted lines; of a text that is all quotes, all words."""
    unquoted = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(">"))
    return WORD.findall(unquoted) or WORD.findall(text)


def overlap(got: list[str], expected: list[str]) -> float:
    """Return the F1 of two bags of words; 1 when both are empty."""
    if not got and not expected:
        return 1.0
    return 2 * (Counter(got) & Counter(expected)).total() / (len(got) + len(expected))


def is_handed_on(sample: Sample) -> bool:
    """Tell a mail that is handed on with a hint: the writer's few words, and right under them the mark of a forward."""
    own = sample.own.strip()
    below = sample.text[sample.text.find(own) + len(own) :]
    return is_hint(own) and FORWARDED.search(below[:200]) is not None


def discourse() -> Iterator[Sample]:
    """Replies in a dozen languages with the text a forum keeps of them."""
    files = fixtures("discourse-email_reply_trimmer")
    for path, text in files.items():
        if path.parent.name == "emails":
            yield Sample(text, files[path.parent.parent / "trimmed" / path.name])


def talon() -> Iterator[Sample]:
    """Replies of a dozen mailers that say `Hello`, but for those with a text of their own beside them."""
    files = fixtures("talon")
    for path, raw in files.items():
        if path.parent.name == "standard_replies" and path.suffix == ".eml":
            parts = email.message_from_string(raw).walk()
            plain = next(part for part in parts if part.get_content_type() == "text/plain")
            content = plain.get_payload(decode=True)
            assert isinstance(content, bytes)
            text = content.decode(plain.get_content_charset() or "utf-8", "replace")
            yield Sample(text, files.get(path.with_name(f"{path.stem}_reply_text"), "Hello"))


def crisp() -> Iterator[Sample]:
    """Replies in a dozen languages whose own words are the same paragraph of five lines, and nothing else."""
    files = fixtures("crisp-email-reply-parser")
    paragraph = next(text for path, text in files.items() if path.stem == "email_german").splitlines()[:5]
    for text in files.values():
        if text.splitlines()[:5] == paragraph:
            yield Sample(text, "\n".join(paragraph))


def quagga(source: str) -> Iterator[Sample]:
    """Mail whose zones people marked: what stands above the first copied header, signatures and file lists left out."""
    with gzip.open(DATA / "email-zones-quagga" / "emails.jsonl.gz", "rt", encoding="utf-8") as lines:
        for mail in map(json.loads, lines):
            headers = [zone["start"] for zone in mail["zones"] if zone["type"] == "Header"]
            end = min(headers, default=len(mail["text"]))
            # Some marks are missing: history that nobody marked would count against who finds it.
            is_marked = headers or not re.search(r"(?m)^>|wrote:\s*$|Original Message|Forwarded by", mail["text"])
            left_out = [zone for zone in mail["zones"] if zone["type"] in {"Body/Signature", "Body/Attachments"}]
            own = "".join(
                letter
                for index, letter in enumerate(mail["text"][:end])
                if not any(zone["start"] <= index < zone["end"] for zone in left_out)
            )
            if mail["source"] == source and is_marked and WORD.search(own):
                yield Sample(mail["text"], own)


def github() -> list[str]:
    """Replies without expectations; the longest is there to find expressions that take quadratic time."""
    return list(fixtures("github-email_reply_parser").values())


def fixtures(folder: str) -> dict[PurePosixPath, str]:
    """Return the texts of one folder of the fixtures."""
    found = {}
    with tarfile.open(DATA / "mail-fixtures" / "fixtures.tar.gz") as files:
        for member in files:
            path = PurePosixPath(member.name)
            file = files.extractfile(member)
            if file and folder in path.parts:
                found[path] = file.read().decode("utf-8", "replace").replace("\r\n", "\n")
    return found


if __name__ == "__main__":
    main()
