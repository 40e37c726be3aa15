"""The policy: how a reading becomes a priority, in figures that people can read and change."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

from triage.errors import InvalidPolicy
from triage.labels import Band, Topic, TopicState, Urgency
from triage.ranking.hours import BusinessHours
from triage.ranking.rule_tables import answer_within, business_hours_of, rules_of, zone_of
from triage.ranking.rules import Rule

PARTS = ("urgency", "topic", "mood", "action")
TABLES = (
    *("horizon_days", "backlog_days", "automatic_mail_factor", "timezone", "shares", "urgency_level", "topic_weight"),
    *("ordinary", "band_from", "topic_from", "sender_adjustment", "finding_adjustment"),
    *("importance", "rules", "vips", "business_hours", "answer_within"),
)
# Of a policy file that says nothing of it; the measurements are in docs/confidence.md.
_TOPIC_FROM = {TopicState.SUGGESTED: 0.3, TopicState.APPLIED: 0.9}
# What is learned of senders moves their mail by no more than this, whatever a policy says.
MOST_LEARNED = 0.25
# tomllib takes the square of the parts of a name, a minute for 100 KB of them; ours have two.
MOST_PARTS_OF_NAME = 20
_LONG_NAME = re.compile(rf"""(?:(?:(?<![\w-])[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{MOST_PARTS_OF_NAME}}}""")
_HIGHEST_FIRST = (Band.CRITICAL, Band.HIGH, Band.NORMAL)


@dataclass(frozen=True, slots=True)
class PriorityPolicy:
    """Weights for the parts of a reading; every figure is explained in `policy.toml`.

    Attributes:
        version: A digest of the figures: equal policies have equal versions.
        share: Weight of each of `PARTS`; together 1.
        topic_weight: 0 to 1 for each topic it names; see `weight_of`.
        ordinary: Value of each of `PARTS` in an ordinary mail.
        band_from: Lowest priority of each band but the lowest.
        topic_from: Lowest confidence at which a topic is suggested, and at which it is applied.
        sender_adjustment: Added for an address or an `@domain`, lower case.
        finding_adjustment: Added, times its probability, for a class that an image was found to be.
        learned_most: How far what was learned of a sender may move mail, up or down; 0 where nothing is learned.
        rules: What sees to the band of mail that they fit.
        zone: In which rules and business hours name hours.
        business_hours: When mail is answered.
        answer_within: Of some bands the business time within which mail is to be answered.
    """

    version: str
    horizon: timedelta
    backlog: timedelta
    automatic_mail_factor: float
    share: Mapping[str, float]
    urgency_level: Mapping[Urgency, float]
    topic_weight: Mapping[str, float]
    ordinary: Mapping[str, float]
    band_from: Mapping[Band, float]
    topic_from: Mapping[TopicState, float]
    sender_adjustment: Mapping[str, float]
    finding_adjustment: Mapping[str, float]
    learned_most: float = 0.0
    rules: tuple[Rule, ...] = ()
    zone: tzinfo = UTC
    business_hours: BusinessHours = field(default_factory=BusinessHours)
    answer_within: Mapping[Band, timedelta] = field(default_factory=dict)

    def of(self, mailbox_id: int) -> "PriorityPolicy":  # noqa: ARG002 (one policy for all is policies of mailboxes)
        """Return itself, as the policy of any mailbox."""
        return self

    @property
    def looks_for_words(self) -> bool:
        """Whether the text of a mail counts for its band."""
        return any(rule.words for rule in self.rules)

    @property
    def looks_at_images(self) -> bool:
        """Whether what images were found to be counts by a rule."""
        return any(rule.findings for rule in self.rules)

    def due_at(self, received_at: datetime, band: Band | str) -> datetime | None:
        """Return when mail of a band that came at a moment is to be answered; `None` where there is no target."""
        within = self.answer_within.get(Band(band))
        return None if within is None else self.business_hours.after(received_at, within)

    @property
    def default_priority(self) -> float:
        """The priority of mail that nobody has read yet: that of an ordinary one."""
        return sum(self.share[part] * self.ordinary[part] for part in PARTS)

    def weight_of(self, topic: str) -> float:
        """Return the weight of a topic; one that the policy does not name weighs as `other`."""
        return self.topic_weight.get(topic, self.topic_weight[Topic.OTHER])

    def band(self, priority: float) -> Band:
        """Return the band that a priority falls into."""
        return next((band for band in _HIGHEST_FIRST if priority >= self.band_from[band]), Band.LOW)

    def topic_state(self, confidence: float) -> TopicState:
        """Return what a topic is worth that has this confidence; what a person said has 1 and is always applied."""
        named = (TopicState.APPLIED, TopicState.SUGGESTED)
        return next((state for state in named if confidence >= self.topic_from[state]), TopicState.NONE)


class Policies(Protocol):
    """Whatever knows by which policy the mail of each mailbox is ranked; one policy for all is that too."""

    def of(self, mailbox_id: int) -> PriorityPolicy:
        """Return the policy of a mailbox."""


def policy_text(path: Path | None = None) -> str:
    """Return the text of a policy file, or of the shipped policy.

    Raises:
        InvalidPolicy: The file is missing or no text.
    """
    source = path or files("triage.ranking").joinpath("policy.toml")
    try:
        return source.read_bytes().decode("utf-8")
    except OSError as error:
        raise InvalidPolicy(
            f"policy file {source} cannot be read ({error.strerror}); check TRIAGE_POLICY_FILE"
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidPolicy(f"policy file {source} is not valid TOML ({error}); correct it there") from error


def load_policy(path: Path | None = None) -> PriorityPolicy:
    """Read a policy file, or the shipped policy.

    Raises:
        InvalidPolicy: The file is missing, is no TOML, or a figure in it is missing or out of range.
    """
    text = policy_text(path)
    try:
        return policy_from_text(text)
    except InvalidPolicy as error:
        raise InvalidPolicy(f"policy file {path or 'of the package'}: {error}") from error


def policy_from_text(text: str, *, knows_all: bool = False) -> PriorityPolicy:
    """Build a policy from the text of a policy file; with `knows_all` it may say nothing that this release ignores.

    Raises:
        InvalidPolicy: It is no TOML, or a figure in it is missing or out of range.
    """
    if _LONG_NAME.search(text):
        raise InvalidPolicy(f"a name in the policy has more than {MOST_PARTS_OF_NAME} parts between dots; shorten it")
    try:
        figures = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a mere ValueError
        raise InvalidPolicy(f"it is not valid TOML ({error}); correct it there") from error
    unknown = [name for name in figures if name not in TABLES]
    if knows_all and unknown:
        raise InvalidPolicy(f"there is nothing called {unknown[0]!r} in a policy; it has {', '.join(TABLES)}")
    try:
        return policy_from(figures)
    except (ValueError, OverflowError) as error:  # in hexadecimal TOML takes any number, and nobody can write it out
        raise InvalidPolicy("it holds a number of thousands of digits; shorten it") from error


def policy_from(figures: Mapping[str, Any]) -> PriorityPolicy:
    """Build a policy from the tables of a policy file.

    Raises:
        InvalidPolicy: A figure is missing, no number, or out of range.
    """
    share = _table(figures, "shares", PARTS)
    if abs(sum(share.values()) - 1) > 1e-6:
        raise InvalidPolicy(f"[shares] add up to {sum(share.values()):g}; change them so that they add up to 1")
    band_from = {Band(name): level for name, level in _table(figures, "band_from", list(Band)[1:]).items()}
    if list(band_from.values()) != sorted(band_from.values()):
        raise InvalidPolicy("[band_from] must rise from normal to critical; put the figures in order")
    topic_from, zone = _topic_from(figures), zone_of(figures)
    return PriorityPolicy(
        version=hashlib.sha256(repr(sorted(figures.items())).encode()).hexdigest()[:12],
        horizon=timedelta(days=_figure(figures, "horizon_days", lowest=0.01, highest=3650)),
        backlog=timedelta(days=_figure({"backlog_days": 7.0, **figures}, "backlog_days", highest=3650)),
        automatic_mail_factor=_figure(figures, "automatic_mail_factor"),
        share=share,
        urgency_level={Urgency(name): level for name, level in _table(figures, "urgency_level", list(Urgency)).items()},
        topic_weight=_table(figures, "topic_weight", [Topic.OTHER], open_ended=True),
        ordinary=_table(figures, "ordinary", PARTS),
        band_from=band_from,
        topic_from=topic_from,
        sender_adjustment={
            sender.lower(): adjustment
            for sender, adjustment in _table(figures, "sender_adjustment", [], open_ended=True, lowest=-1).items()
        },
        # A policy file of an earlier release has no such table; then images move nothing.
        finding_adjustment=_table(figures, "finding_adjustment", [], open_ended=True, lowest=-1),
        learned_most=_learned_most(figures),
        rules=rules_of(figures),
        zone=zone,
        business_hours=business_hours_of(figures, zone),
        answer_within=answer_within(figures),
    )


def _topic_from(figures: Mapping[str, Any]) -> dict[TopicState, float]:
    # A policy file of an earlier release has no such table.
    told = _table({"topic_from": _TOPIC_FROM, **figures}, "topic_from", list(_TOPIC_FROM))
    topic_from = {TopicState(name): confidence for name, confidence in told.items()}
    if topic_from[TopicState.SUGGESTED] > topic_from[TopicState.APPLIED]:
        raise InvalidPolicy("[topic_from] suggested is above applied; put the figures in order")
    return topic_from


def _learned_most(figures: Mapping[str, Any]) -> float:
    # A policy file of an earlier release has no such table; then nothing is learned.
    table = figures.get("importance", {"learned": False, "most": 0.0})
    if not isinstance(table, Mapping):
        raise InvalidPolicy("[importance] must be a table; write it as in the shipped policy")
    unknown = [key for key in table if key not in ("learned", "most")]
    if unknown:
        raise InvalidPolicy(f"[importance] has an unknown entry {unknown[0]!r}; it takes learned, most")
    if not isinstance(table.get("learned"), bool):
        raise InvalidPolicy("[importance] learned must be true or false; add or correct it")
    most = _figure(table, "most", table="importance", highest=MOST_LEARNED)
    return most if table["learned"] else 0.0


def _table(
    figures: Mapping[str, Any],
    name: str,
    keys: "list[str] | tuple[str, ...] | list[Any]",
    *,
    open_ended: bool = False,
    lowest: float = 0,
) -> dict[str, float]:
    table = figures.get(name, {})
    if not isinstance(table, Mapping):
        raise InvalidPolicy(f"[{name}] must be a table of figures; write it as in the shipped policy")
    unknown = [] if open_ended else [key for key in table if key not in keys]
    if unknown:
        raise InvalidPolicy(f"[{name}] has an unknown entry {unknown[0]!r}; it takes {', '.join(keys)}")
    wanted = [*keys, *(key for key in table if key not in keys)]
    return {str(key): _figure(table, key, table=name, lowest=lowest) for key in wanted}


def _figure(figures: Mapping[str, Any], key: str, *, table: str = "", lowest: float = 0, highest: float = 1) -> float:
    place = f"[{table}] {key}" if table else key
    figure = figures.get(key)
    if isinstance(figure, bool) or not isinstance(figure, int | float):
        raise InvalidPolicy(f"{place} must be a number from {lowest:g} to {highest:g}; add or correct it")
    if not lowest <= figure <= highest:
        raise InvalidPolicy(f"{place} is {figure:g}; it must lie from {lowest:g} to {highest:g}")
    return float(figure)
