"""A mailbox with labelled mail, and a workshop whose process is played by a function."""

import json

import pytest

from tests.make import NOW, POLICY, accept, make_intake, raw_message
from tests.triage.trainings.make import comparison, figure
from triage import feedback
from triage.labels import Language, Sentiment, Topic, Urgency
from triage.ranking import Statement
from triage.serving.manifest import Manifest, write_manifest
from triage.trainings import Bounds, Workshop

BETTER = figure("topic_macro_f1", 0.5, 0.9, within=(0.3, 0.5), surely=(0.2, 0.6))


@pytest.fixture
def labelled(database, redis):
    """A hundred and twenty emails of as many writers, labelled by a person."""
    raws = [raw_message(f"mail {number}", f"body {number}", sender=f"w{number}@example.org") for number in range(120)]
    ids = [receipt.email_id for receipt in accept(make_intake(database, redis), *raws)]
    say(database, ids[::2], topic="order")
    say(database, ids[1::2], topic="billing")
    return ids


def say(database, ids, *, source="human", now=NOW, **heads):
    """Label emails."""
    with database.unit_of_work() as session:
        feedback.label(session, ids, Statement(**heads), source=source, author="anna", now=now, policy=POLICY)


def write_bundle(folder, version):
    """A bundle that holds no model, and is whole otherwise."""
    topics = tuple(map(str, Topic))
    fixed = {"sentiment": tuple(Sentiment), "urgency": tuple(Urgency), "language": tuple(Language)}
    heads = {"topic": topics, **fixed, "action_required": ("no", "yes")}
    folder.mkdir(parents=True)
    (folder / "model-card.md").write_text(version)
    write_manifest(folder, Manifest(version, heads, {}, {}, {}, "", ""))


class Played:
    """A process that writes a bundle and a report, or ends otherwise.

    Attributes:
        seen: The work of each run.
    """

    def __init__(self, code=0, *, figures=(BETTER,), problem="", during=lambda: None, page=""):
        self.code, self.figures, self.problem, self.during, self.seen = code, figures, problem, during, []
        self.page = page

    def __call__(self, work, bounds, goes_on):
        self.seen.append((work, work.learned.read_text(), work.held_out.read_text()))
        goes_on({"stage": "learning", "progress": 0.5})
        self.during()
        if self.problem:
            (work.folder / "progress.json").write_text(json.dumps({"problem": self.problem}))
        if self.code == 0:
            write_bundle(work.bundle, "text-new")
            report = {"version": "text-new", "figures": {}, "comparison": comparison(*self.figures).as_json()}
            curve = [*json.loads(work.curve.read_text()), {"labels": 90, "figures": {}}]
            report["report"] = {"curve": curve, "heads": {}}
            (work.folder / "report.json").write_text(json.dumps(report))
            if self.page:
                (work.folder / "page.html").write_text(self.page)
        return self.code


@pytest.fixture
def workshop(tmp_path):
    """A workshop with a process to be played."""

    def made(train, **options):
        bounds = Bounds(threads=1, memory_bytes=0, time=NOW - NOW)
        return Workshop(
            tmp_path / "trainings", tmp_path / "models", tmp_path / "shipped", bounds, train=train, **options
        )

    return made
