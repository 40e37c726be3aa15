"""The speed benchmark: its arithmetic, and all of it once with a handful of mails."""

import json
from itertools import islice

import pytest

from benchmarks import pipeline, speed_tables
from benchmarks.clock import percentiles
from benchmarks.made_mail import WORDS, made_mail
from benchmarks.watched import StageClock
from triage.mail import parse_message


def speed(rate, **other):
    """A row of one run."""
    return {"ranked_per_second": rate, "cpu_us": {"worker": 1e6 / rate}, "others": 0.5} | other


def test_mail_is_made_by_its_seed():
    """The same seed gives the same mail, another seed other mail, and all mails of one differ."""
    once, again, other = (list(islice(made_mail(seed), 200)) for seed in (7, 7, 8))

    assert once == again
    assert not {mail.text for mail in once} & {mail.text for mail in other}
    assert len({mail.text for mail in once}) == 200


def test_mail_has_the_length_of_mail():
    """On average a mail is about as long as it should be, as JSON and as RFC 822 alike."""
    mails = list(islice(made_mail(7), 300))
    words = [len(mail.text.split()) for mail in mails]

    assert sum(words) / 300 == pytest.approx(WORDS, rel=0.15)
    assert min(words) < WORDS < max(words)
    assert parse_message(mails[0].as_rfc822()).subject == mails[0].subject
    assert json.loads(mails[0].as_json())["text"] == mails[0].text


@pytest.mark.parametrize(
    ("count", "expected"), [(1, (1, 1, 1)), (20, (10, 19, 20)), (100, (50, 95, 99)), (1000, (500, 950, 990))]
)
def test_percentiles_are_values_that_occurred(count, expected):
    """Of the numbers from 1 to n, a percentile is that by nearest rank, whatever their order."""
    found = percentiles(list(map(float, range(count, 0, -1))))

    assert (found["p50"], found["p95"], found["p99"]) == expected
    assert found["highest"] == count


def test_a_stage_is_charged_without_those_it_calls():
    """Of ten seconds outside, of which three are spent inside, seven are the outer stage's own."""
    now = [0.0]
    clock = StageClock(lambda: now[0])

    def pass_time(seconds):
        now[0] += seconds

    inner = clock.timed("inner", lambda: pass_time(3))
    outer = clock.timed("outer", lambda: (pass_time(5), inner(), pass_time(2)))
    outer()

    assert clock.seconds == {"outer": 7.0, "inner": 3.0}


def test_a_stage_that_fails_is_charged_too():
    """An error passes through the clock, and the time before it counts."""
    now = [0.0]
    clock = StageClock(lambda: now[0])

    def fail():
        now[0] += 2
        raise LookupError

    with pytest.raises(LookupError):
        clock.timed("failing", fail)()

    assert clock.seconds == {"failing": 2.0}


def test_ratios_are_of_the_same_repetition():
    """A slow moment of the machine that hits both does not change how many times as fast one was."""
    rows = [
        speed(rate, contender=name, repetition=repetition)
        for repetition, slow in enumerate((1.0, 0.5, 0.25))
        for name, rate in (("Triage", 1000 * slow), ("naive", 200 * slow))
    ]

    table = speed_tables.naive(rows)

    assert "| naive | 100 (50–200) | ours is 5.0 (5.0–5.0) times as fast |" in table
    assert "| 5.0 (5.0–5.0) | worker 10,000 |" in table


def test_the_readme_has_the_headline_alone():
    """Of all ways in and counts of workers only the headline's is named, with its spread."""
    rows = [
        speed(rate, repetition=repetition, database=database, way="API, bulk", mode="together", workers=2)
        for database, rates in (("postgresql", (900.0, 1000.0, 1200.0)), ("sqlite", (2000.0,)))
        for repetition, rate in enumerate(rates)
    ]

    sentence = speed_tables.ratios({"throughput": {"machine": {"cores": 2}, "rows": rows}})

    assert sentence.startswith("1,000 (900–1,200) emails a second")
    assert "times as many" not in sentence


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_everything_runs_with_a_handful_of_mails(redis, tmp_path, capsys):
    """Every part leaves rows of mails that were all ranked, and the pages are written from them."""
    pytest.importorskip("sklearn")
    output, page, readme = tmp_path / "pipeline.json", tmp_path / "performance.md", tmp_path / "README.md"
    page.write_text("<!-- figures: speed -->\n<!-- end of figures: speed -->\n")
    readme.write_text("<!-- figures: ratios -->\n<!-- end of figures: ratios -->\n")
    small = ["--databases", "sqlite", "--workers", "1", "--repeat", "1", "--mails", "40", "--seconds", "2"]
    small += ["--lone", "2", "--sizes", "60", "150", "--asks", "3", "--learn-from", "120"]

    code = pipeline.main([*small, "--naive-model", f"{tmp_path}/naive.pickle", "--output", f"{output}"])
    written = speed_tables.main(["--results", f"{output}", "--page", f"{page}", "--readme", f"{readme}"])

    results = json.loads(output.read_text())
    assert (code, written) == (0, 0)
    assert list(results) == list(pipeline.PARTS)
    assert {row["way"] for row in results["throughput"]["rows"]} >= {"API, bulk", "intake, JSON", "intake, RFC 822"}
    assert all(row["mails"] == 40 and row["ranked_per_second"] > 0 for row in results["throughput"]["rows"])
    assert {row["contender"] for row in results["naive"]["rows"]} == {"Triage", "naive", "naive, acks_late"}
    assert all(row["accepted_to_ranked_ms"]["p50"] >= 0 for row in results["latency"]["rows"])
    assert results["stages"]["rows"][0]["stages_us"]["worker-1"]["model: fast graph"] > 0
    assert results["stages"]["rows"][0]["stages_us"]["serve"]["database: insert"] > 0
    assert {row["size"] for row in results["growth"]["rows"]} == {60, 150}
    assert speed_tables.page(results) in page.read_text()
    assert "### Growth" in capsys.readouterr().out
