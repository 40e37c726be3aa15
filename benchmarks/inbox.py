"""Where pressing mail stands in a random inbox, by order of arrival and ranked.

    python -m benchmarks.inbox [--read FILE.npz]

Inboxes are drawn from the triage corpus: 50 mails as they come, and a flood of 500 in an hour, 2 % of it critical.
The ranking is `priority` with the default policy over readings by models that never saw the domain of the mail
(`training/foldout.py` writes them). Ageing is left out: an hour counts for 0.0014 of priority. The corpus names no
senders and does not say what a machine sent, so the policy decides by the readings alone.

NDCG@10 gains 0, 1, 2 or 3 by true urgency. Mail arrives in an order that says nothing of its urgency, so arrival and
random differ by chance alone. Figures are means over draws, spreads are standard deviations. Results go to
`benchmarks/results/inbox.json`; `python -m benchmarks.tables` writes docs/model.md from them.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from training.corpus import triage_corpus
from training.heads import MAIL_HEADS, Matrices
from triage.labels import Language, Sentiment, Urgency
from triage.ranking import Reading, likeliest, load_policy, priority

RESULTS = Path(__file__).parent / "results" / "inbox.json"
READ = Path("build/read/foldout.npz")
CRITICAL = len(Urgency) - 1  # the gain of critical mail

Places = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Inbox(NamedTuple):
    """A kind of inbox; `critical` mails of it are, or as many as come by chance."""

    name: str
    mails: int
    critical: int | None


INBOXES = (Inbox("random inbox", 50, None), Inbox("flood in an hour", 500, 10))


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the inboxes and write how each order does on them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inbox", description="Rank random inboxes.")
    parser.add_argument("--read", type=Path, default=READ, help="readings that a cross-validation left")
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--output", type=Path, default=RESULTS)
    told = parser.parse_args(arguments)
    if not told.read.exists():
        parser.error(f"there are no readings at {told.read}; cross-validate first, or name the file by --read")
    urgencies = [example.urgency for example in triage_corpus()]
    with np.load(told.read) as file:
        mail, read = file["mail"], {head: file[head] for head in MAIL_HEADS}
    if not np.array_equal(np.sort(mail), np.arange(len(urgencies))):
        parser.error(f"{told.read} does not hold each of the corpus's {len(urgencies)} mails once; cross-validate anew")
    policy = load_policy()
    gains = np.array([list(Urgency).index(urgencies[place]) for place in mail])
    scores = np.array([priority(reading, policy) for reading in readings(read)])
    figures = {
        "mails": len(mail),
        "split": "leave-domains-out",
        "draws": told.draws,
        "seed": told.seed,
        "inboxes": [judged(inbox, gains, scores, draws=told.draws, seed=told.seed) for inbox in INBOXES],
    }
    told.output.parent.mkdir(parents=True, exist_ok=True)
    told.output.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


def readings(read: Matrices) -> list[Reading]:
    """Make a reading of each row of probabilities, whose columns are those of `MAIL_HEADS`."""
    beliefs = {
        head: [dict(zip(names, row, strict=True)) for row in np.asarray(read[head], np.float64).tolist()]
        for head, names in MAIL_HEADS.items()
    }
    return [
        Reading(
            topic=beliefs["topic"][row],
            sentiment={name: beliefs["sentiment"][row][name] for name in Sentiment},
            urgency={name: beliefs["urgency"][row][name] for name in Urgency},
            action_required=beliefs["action_required"][row]["yes"],
            language=Language(likeliest(beliefs["language"][row])),
        )
        for row in range(len(read["urgency"]))
    ]


def judged(inbox: Inbox, gains: Places, scores: Floats, *, draws: int, seed: int) -> dict[str, Any]:
    """Draw one kind of inbox many times and return the mean figures of each order.

    Args:
        inbox: What to draw.
        gains: Step of urgency of each mail that may be drawn, 0 to 3.
        scores: Priority of each.
        draws: How often; each draw is without repetition.
        seed: Of the draws.
    """
    random = np.random.default_rng(seed)
    drawn = [_drawn(inbox, gains, random) for _ in range(draws)]
    orders: Mapping[str, Callable[[Places], Places]] = {
        "arrival": lambda mails: mails,
        "random": random.permutation,
        "Triage": lambda mails: mails[np.argsort(-scores[mails], kind="stable")],
        "ideal": lambda mails: mails[np.argsort(-gains[mails], kind="stable")],
    }
    return {
        "name": inbox.name,
        "mails": inbox.mails,
        "critical": float(np.mean([np.count_nonzero(gains[mails] == CRITICAL) for mails in drawn])),
        "orders": [
            {"order": name, **_figures([gains[order(mails)] for mails in drawn])} for name, order in orders.items()
        ],
    }


def ndcg(gains: npt.NDArray[np.integer], *, at: int = 10) -> float:
    """Return the normalised discounted cumulative gain of an order, from its gains, top first; 1 where all are 0.

    Source:
        Järvelin and Kekäläinen 2002, "Cumulated gain-based evaluation of IR techniques"; discount log2(1 + place).
    """
    ideal = _discounted(np.sort(gains)[::-1], at)
    return _discounted(gains, at) / ideal if ideal else 1.0


def critical_place(gains: npt.NDArray[np.integer]) -> float:
    """Return the mean place of critical mail, 1 at the top, from the gains of an order; NaN where there is none."""
    places = np.flatnonzero(gains == CRITICAL) + 1
    return float(places.mean()) if len(places) else float("nan")


def _drawn(inbox: Inbox, gains: Places, random: np.random.Generator) -> Places:
    if inbox.critical is None:
        return random.choice(len(gains), inbox.mails, replace=False)
    critical = random.choice(np.flatnonzero(gains == CRITICAL), inbox.critical, replace=False)
    others = random.choice(np.flatnonzero(gains != CRITICAL), inbox.mails - inbox.critical, replace=False)
    return random.permutation(np.concatenate([critical, others]))


def _discounted(gains: npt.NDArray[np.integer], at: int) -> float:
    top = gains[:at]
    return float(np.sum(top / np.log2(np.arange(2, len(top) + 2))))


def _figures(orders: Sequence[npt.NDArray[np.integer]]) -> dict[str, float]:
    """Return mean and spread over draws; a draw without critical mail says nothing of where critical mail stands."""
    quality = np.array([ndcg(gains) for gains in orders])
    place = np.array([critical_place(gains) for gains in orders])
    place = place[~np.isnan(place)]
    return {
        "ndcg_at_10": float(quality.mean()),
        "ndcg_at_10_spread": float(quality.std()),
        "critical_place": float(place.mean()),
        "critical_place_spread": float(place.std()),
    }


if __name__ == "__main__":
    sys.exit(main())
