"""`triage train` and `triage evaluate`: somebody's own mail in, a bundle and its figures out."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from triage import cli
from triage.cli.training import _each_named
from triage.serving.manifest import read_manifest

# Topic, its words, and the other labels; every mail is other words of its topic, so that none is a copy.
KINDS = (
    ("parcel", "late lost courier tracking delivery box depot driver address van", "negative", "high", True),
    ("praise", "thank lovely kind wonderful staff helpful smile great gift happy", "positive", "low", False),
    ("hours", "open close sunday holiday evening until door counter weekday noon", "neutral", "normal", True),
)


def invented(number: int) -> dict[str, object]:
    """Return one of many invented mails, over three topics of its own."""
    topic, words, sentiment, urgency, action = KINDS[number % len(KINDS)]
    drawn = random.Random(number).sample(words.split(), 8)
    return {
        "id": f"m{number}",
        "subject": " ".join(drawn[:2]),
        "body": " ".join(drawn[2:]),
        "topic": topic,
        "sentiment": sentiment,
        "urgency": urgency,
        "action_required": action,
    }


def write_lines(file: Path, mails: list[dict[str, object]]) -> Path:
    """Write mails as JSON Lines; return the file."""
    file.write_text("".join(json.dumps(mail) + "\n" for mail in mails))
    return file


@pytest.fixture
def mails(tmp_path):
    """Thirty-six invented mails in two files."""
    return [
        write_lines(tmp_path / "a.jsonl", [invented(number) for number in range(20)]),
        write_lines(tmp_path / "b.jsonl", [invented(number) for number in range(20, 36)]),
    ]


@pytest.mark.slow
def test_own_mail_becomes_a_bundle_that_can_be_judged_and_replaced(run, mails, tmp_path):
    """Topics of one's own are learned from all files; the same again takes the place of the first."""
    output = tmp_path / "models" / "bundle"

    trained = run("train", "--examples", *mails, "--alone", "--seed", 3, "--output", output)
    first = read_manifest(output)
    unseen = write_lines(tmp_path / "unseen.jsonl", [invented(number) for number in range(90, 102)])
    judged = run("evaluate", "--bundle", output, unseen, "--json")
    again = run("train", "--examples", mails[0], "--examples", mails[1], "--alone", "--seed", 3, "--output", output)

    assert (trained.returncode, judged.returncode, again.returncode) == (0, 0, 0)
    assert "topic_macro_f1\t" in trained.stdout
    assert all(line.startswith("training: ") for line in trained.stderr.splitlines())
    assert (first.labels["topic"], first.figures["learned_from"], first.config["seed"]) == (
        ("hours", "parcel", "praise"),
        36,
        3,
    )
    figures = json.loads(judged.stdout)
    assert (figures["mails"], figures["bundle"]) == (12, first.version)
    assert figures["accuracy"] > 0.9
    assert (again.stdout, read_manifest(output).version) == (trained.stdout, first.version)
    assert [file.name for file in output.parent.iterdir()] == ["bundle"]


@pytest.mark.slow
def test_file_that_is_not_there_is_one_sentence(run, tmp_path):
    """A typing error is named by either command, without a word of TensorFlow's."""
    trained = run("train", "--examples", "nowhere.jsonl", "--output", tmp_path / "bundle")
    judged = run("evaluate", "nowhere.jsonl")

    for done in (trained, judged):
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("triage: nowhere.jsonl cannot be used (No such file or directory)")
        assert done.stderr.count("\n") == 1


@pytest.fixture
def train_here(tmp_path, capsys, monkeypatch):
    """What `triage train` becomes, in this process, for TensorFlow is loaded once; returns the exit code and stderr."""
    from training.run import main

    def trains(*arguments):
        code = main([*map(str, arguments), "--alone"])
        return code, capsys.readouterr().err

    monkeypatch.chdir(tmp_path)
    return trains


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([], "no mail is in there"),
        ([invented(0), "no mail"], "mine.jsonl:2 is not a JSON object"),
        ([invented(number) for number in range(9)], "there are 9 labelled examples; give at least 20"),
        ([invented(number) | {"topic": "parcel"} for number in range(36)], "every example has the topic parcel"),
        ([invented(number % 3) for number in range(36)], "no tenth can be held out"),
    ],
)
def test_examples_that_nothing_can_be_learned_from_are_one_sentence(train_here, tmp_path, lines, sentence):
    """An empty file, a broken line, few mails, one topic, copies: each is named, and no bundle is written."""
    mine = write_lines(tmp_path / "mine.jsonl", lines)

    code, said = train_here("--output", tmp_path / "bundle", "--examples", mine)

    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith("triage: ")
    assert sentence in said
    assert not (tmp_path / "bundle").exists()


@pytest.mark.slow
@pytest.mark.parametrize("place", ["notes.txt", "notes.txt/bundle", "."])
def test_what_is_no_bundle_is_never_replaced(train_here, mails, tmp_path, place):
    """An output that is a file, below a file, or a folder of other things is refused before the work begins."""
    (tmp_path / "notes.txt").write_text("keep me")

    code, said = train_here("--output", place, "--examples", *mails)

    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith("triage: ")
    assert (tmp_path / "notes.txt").read_text() == "keep me"


@pytest.mark.slow
@pytest.mark.parametrize("after", ["loading", "learning"])
def test_ctrl_c_is_one_line_and_leaves_no_bundle(mails, tmp_path, after):
    """Whether TensorFlow is being loaded or the model is learning: exit 130, nothing written, no traceback."""
    output = tmp_path / "models" / "bundle"
    command = [sys.executable, "-m", "triage", "train", "--alone", "--examples", *map(str, mails), "-o", str(output)]

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as training:
        if after == "loading":
            wait_until_training_is_loading(training.pid)
        else:
            assert training.stderr.readline().startswith("training: 1/")
        training.send_signal(signal.SIGINT)
        said = [line for line in training.stderr.read().splitlines() if not line.startswith("training: ")]

    assert training.returncode == 130
    assert said == ["triage: stopped before it was done; nothing was changed"]
    assert not output.parent.exists() or not list(output.parent.iterdir())


def wait_until_training_is_loading(process: int) -> None:
    """Return when TensorFlow's library is in the process, long before everything is loaded."""
    maps = Path("/proc") / str(process) / "maps"
    if not maps.exists():
        pytest.skip("what a process has loaded is read from /proc")
    deadline = time.monotonic() + 60
    while "libtensorflow" not in maps.read_text():
        assert time.monotonic() < deadline, "TensorFlow was not loaded"
        time.sleep(0.02)


@pytest.mark.parametrize(
    "arguments",
    [
        ["train"],
        ["train", "--examples", "--output", "bundle"],
        ["train", "--examples", "--alone", "--output", "bundle"],
        ["train", "mine.jsonl", "--output", "bundle"],
        ["train", "--alone", "--output", "bundle"],
        ["train", "--seed", "-1", "--output", "bundle"],
        ["evaluate"],
        ["evaluate", "--json"],
        ["evaluate", "mine.jsonl", "--soup"],
    ],
)
def test_wrong_usage_is_told_without_loading_tensorflow(run, arguments):
    """A command that was not understood says on stderr what is wrong with it."""
    done = run(*arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert "Error" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_names_the_options(run):
    """The product's own command line says what training takes."""
    helped = run("train", "--help")

    assert (helped.returncode, helped.stderr) == (0, "")
    assert all(option in helped.stdout for option in ("--examples", "--alone", "--seed", "--output"))


@pytest.mark.parametrize(
    ("given", "parsed"),
    [
        ("--examples a b --output c", "--examples a --examples b --output c"),
        ("--examples=a b -o c --examples d", "--examples=a --examples b -o c --examples d"),
        ("--output c --alone --examples a", "--output c --alone --examples a"),
        ("c --output d e", "c --output d e"),
        ("--examples --output c", "--output c --examples"),
    ],
)
def test_one_option_takes_all_the_files_after_it(given, parsed):
    """`--examples *.jsonl` means every file, up to the next option."""
    assert list(_each_named(given.split())) == parsed.split()


@pytest.mark.parametrize("arguments", [["train", "--output", "bundle"], ["evaluate", "mine.jsonl"]])
def test_without_the_extra_one_sentence_says_what_to_install(monkeypatch, capsys, arguments):
    """The base install has no TensorFlow; the two commands say how to get it."""
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    monkeypatch.setattr(sys, "argv", ["triage", *arguments])

    with pytest.raises(SystemExit) as stopped:
        cli.main()

    assert stopped.value.code == 1
    assert capsys.readouterr().err == "triage: TensorFlow is not installed here; install the extra `triage[model]`\n"
