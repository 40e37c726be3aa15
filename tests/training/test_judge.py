"""What the shipped bundle is worth on labelled mail, from the command line."""

import json
from functools import cache

import pytest

from training.corpus import corpus_files
from training.judge import main
from triage.serving.manifest import DEFAULT_BUNDLE, read_manifest
from triage.serving.text import load_text_model


@pytest.fixture
def lines():
    """Sixty lines of the corpus, from three domains."""
    return [line for path in corpus_files()[1:4] for line in path.read_text("utf-8").splitlines()[:20]]


@pytest.fixture(scope="module")
def load_once():
    """Load each bundle once for all tests here; every command loads it anew, which takes seconds."""
    return cache(load_text_model)


@pytest.fixture
def judged(tmp_path, capsys, monkeypatch, load_once):
    """Judge some lines; return the exit code, what was printed, and what was said of errors."""
    monkeypatch.setattr("training.judge.load_text_model", load_once)

    def run(lines, *options):
        path = tmp_path / "mail.jsonl"
        path.write_text("".join(line + "\n" for line in lines), "utf-8")
        code = main([str(path), *options])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_figures_of_the_shipped_bundle(judged, lines):
    """Every head is judged, and well, for these mails were learned from."""
    code, printed, _ = judged(lines, "--json")

    figures = json.loads(printed)
    assert code == 0
    assert (figures["mails"], figures["bundle"]) == (60, read_manifest(DEFAULT_BUNDLE).version)
    assert (figures["accuracy"], figures["macro_f1"]) == (figures["topic_accuracy"], figures["topic_macro_f1"])
    for name in ("topic_accuracy", "sentiment_accuracy", "urgency_kappa", "action_required_accuracy"):
        assert 0.8 < figures[name] <= 1.0, name


def test_a_topic_the_bundle_does_not_know_is_read_wrongly(judged, lines):
    """Twenty mails of a foreign topic, of eighty, leave at most three in four right."""
    foreign = [json.dumps({**json.loads(line), "topic": "boats"}) for line in lines[:20]]

    _, printed, _ = judged([*lines, *foreign], "--json")

    figures = json.loads(printed)
    assert figures["mails"] == 80
    assert 0.6 < figures["topic_accuracy"] <= 0.75


def test_without_topics_the_first_labelled_head_is_the_figure(judged, lines):
    """Mail that only says whether somebody must act is judged by that."""
    bare = [{**json.loads(line), "topic": None, "sentiment": None, "urgency": None} for line in lines]

    _, printed, _ = judged(map(json.dumps, bare), "--json")

    figures = json.loads(printed)
    assert figures["accuracy"] == figures["action_required_accuracy"]
    assert not [name for name in figures if name.startswith(("topic", "sentiment", "urgency"))]


def test_figures_for_people_stand_one_to_a_line(judged, lines):
    """A name and a figure, apart by a tab."""
    _, printed, _ = judged(lines[:8])

    names = [line.split("\t")[0] for line in printed.splitlines()]
    assert {"mails", "bundle", "accuracy", "macro_f1", "topic_accuracy"} <= set(names)
    assert all(line.count("\t") == 1 for line in printed.splitlines())


def test_json_has_every_head_in_full(judged, lines):
    """By language, with its confusions, its reliability and its mistakes."""
    _, printed, _ = judged(lines, "--json")

    topic = json.loads(printed)["heads"]["topic"]
    assert {"de", "en"} >= set(topic["by_language"]) != set()
    assert sum(map(sum, topic["confusion"])) == 60
    assert sum(one["mails"] for one in topic["reliability"]) == 60
    assert all({"id", "place", "said", "read", "confidence"} == set(one) for one in topic["worst"])


def test_page_is_written_beside_the_figures(judged, lines, tmp_path):
    """`--report` adds a file and takes nothing from what is printed."""
    code, printed, _ = judged(lines, "--json", "--report", str(tmp_path / "page.html"))

    page = (tmp_path / "page.html").read_text("utf-8")
    assert code == 0
    assert page.count("data:image/png;base64,") == len(json.loads(printed)["heads"]) == 4


def test_page_that_cannot_be_written_is_refused_before_the_work(judged, lines, tmp_path):
    """A folder that is not there, and a folder in place of a file."""
    for place in (tmp_path / "none" / "page.html", tmp_path):
        code, printed, said = judged(lines, "--report", str(place))

        assert (code, printed, said.count("\n")) == (1, "", 1)
        assert "cannot be written" in said


@pytest.mark.parametrize("lines", [[], ["not json"], ['{"subject": "a"}']], ids=["empty", "not json", "unlabelled"])
def test_what_cannot_be_judged_is_refused_in_one_sentence(judged, lines):
    """On the error stream, with an exit code that says so."""
    code, printed, said = judged(lines, "--json")

    assert (code, printed) == (1, "")
    assert said.startswith("triage: ")
    assert said.count("\n") == 1


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path, capsys):
    """In one sentence too."""
    assert main([str(tmp_path / "none.jsonl")]) == 1

    assert "none.jsonl" in capsys.readouterr().err
