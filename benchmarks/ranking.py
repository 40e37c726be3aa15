"""Where critical mail stands in a mixed inbox, by the policy's horizon.

The sample mail (224 mails of five days, 10 of them critical) is read by the shipped model and ranked with several
horizons, beside order of arrival and the ideal. The model was trained on all but thirteen of these texts, so this
shows what a policy does with good readings; it says nothing of how good the readings are.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import triage.demo
from triage.demo import sample_mail
from triage.mail import MailText, parse_message
from triage.ranking import Circumstances, load_policy, priority, rank_at
from triage.serving.manifest import DEFAULT_BUNDLE
from triage.serving.text import load_text_model

HORIZONS = (3, 7, 14, 30, 60)
NOW = datetime(2026, 3, 6, 17, 0, tzinfo=UTC)


def main() -> None:
    """Print the table as Markdown."""
    index = Path(triage.demo.__file__).parent / "mail" / "index.jsonl"
    urgencies = [json.loads(line)["urgency"] for line in sorted(index.open(encoding="utf-8"))]
    raws, received = zip(*sample_mail(NOW), strict=True)
    messages = [parse_message(raw) for raw in raws]
    readings = load_text_model(DEFAULT_BUNDLE).read([MailText(one.subject, one.text) for one in messages])
    policy = load_policy()
    scores = [
        priority(reading, policy, Circumstances(one.sender.address, one.is_automatic or one.is_bulk))
        for reading, one in zip(readings, messages, strict=True)
    ]
    print("| order | mean place of critical mail | last critical mail | critical mail of the newest day |")
    print("| --- | --- | --- | --- |")
    _row("arrival, oldest first", [at.timestamp() for at in received], urgencies, received)
    _row("arrival, newest first", [-at.timestamp() for at in received], urgencies, received)
    for days in HORIZONS:
        with_horizon = replace(policy, horizon=timedelta(days=days))
        keys = [rank_at(at, at, score, with_horizon).timestamp() for at, score in zip(received, scores, strict=True)]
        _row(f"horizon {days} days", keys, urgencies, received)
    _row("ideal", [urgency != "critical" for urgency in urgencies], urgencies, received)


def _row(name: str, keys: Sequence[float], urgencies: Sequence[str], received: Sequence[datetime]) -> None:
    order = sorted(range(len(keys)), key=keys.__getitem__)
    places = {mail: place for place, mail in enumerate(order, 1)}
    critical = [mail for mail, urgency in enumerate(urgencies) if urgency == "critical"]
    fresh = [places[mail] for mail in critical if NOW - received[mail] < timedelta(days=1)]
    mean = sum(places[mail] for mail in critical) / len(critical)
    print(f"| {name} | {mean:.1f} | {max(places[mail] for mail in critical)} | {', '.join(map(str, sorted(fresh)))} |")


if __name__ == "__main__":
    main()
