"""What we ship for Prometheus and Grafana is valid, names metrics that exist, and is told of in the documentation."""

import re
from pathlib import Path

import pytest
import yaml

from tests.conftest import missing
from tests.deploy.inventory import INSTANCE, all_metrics, table
from tests.deploy.prometheus import (
    ALERTS,
    CONFIG,
    DEPLOY,
    PrometheusNotInstalled,
    names_in,
    panels,
    promtool,
    queries,
    rules,
)

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"
TESTS = sorted(ALERTS.parent.glob("*_test.yml"))
EXPRESSIONS = {rule["alert"]: rule["expr"] for rule in rules()} | queries()
SERIES = {series: metric for metric in all_metrics() for series in metric.series}


@pytest.fixture
def tool():
    """Prometheus's own checks."""
    try:
        promtool("--version")
    except PrometheusNotInstalled as error:
        missing("promtool", error)
    return promtool


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "rules", ALERTS),
        ("check", "config", "--syntax-only", CONFIG),
        ("test", "rules", *TESTS),
    ],
    ids=["rules", "configuration", "tests of the rules"],
)
def test_prometheus_takes_what_we_ship(tool, arguments):
    """Its own tool finds no fault, and each alert fires and is silent as its tests say."""
    done = tool(*arguments)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_tested():
    """One that nobody made fire may never fire."""
    fired = re.compile(r'alertname: (\w+)|alertname="(\w+)",alertstate="firing"')
    tested = {name for file in TESTS for found in fired.findall(file.read_text()) for name in found}

    assert [rule["alert"] for rule in rules() if rule["alert"] not in tested] == []


@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS.keys())
def test_queries_name_metrics_that_exist(expression):
    """A name that is changed in the code alone would leave a panel empty and an alert silent."""
    named = names_in(expression)

    assert named or "up{" in expression
    assert named <= SERIES.keys()


@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS.keys())
def test_what_every_web_process_tells_is_never_added_up(expression):
    """Two web processes tell the same figures of the instance: each stands in `max`, `min` or their `by`."""
    for name in names_in(expression):
        if SERIES[name].told_by == INSTANCE:
            assert re.findall(rf"(max|min)(?: by \([a-z_, ]+\) ?)?\({name}\b", expression), f"{name} in {expression}"
            assert not re.search(rf"(sum|rate|increase|avg)[^()]*\({name}\b", expression)


def test_labels_that_queries_name_exist():
    """By label too."""
    for expression in EXPRESSIONS.values():
        for name, selectors in re.findall(r"\b((?:triage|celery)_[a-z_]+)\{([^}]*)\}", expression):
            assert set(re.findall(r"(\w+)[=!]", selectors)) <= set(SERIES[name].labels), expression


def test_every_alert_leads_to_what_to_do():
    """Severity, summary, description, and a heading of the page."""
    headings = re.findall(r"^#+ (\w+)$", PAGE.read_text(), re.MULTILINE)
    for rule in rules():
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["annotations"]["description"]
        assert rule["annotations"]["runbook"] == f"docs/metrics.md#{rule['alert'].lower()}"
        assert rule["alert"] in headings


def test_page_lists_every_metric():
    """The table is what `python -m tests.deploy.inventory` prints."""
    assert table() in PAGE.read_text()


def test_dashboard_can_be_taken_in_at_a_glance():
    """At most sixteen panels, each with a unit, none over another, all from the data source that is provided."""
    taken = set()
    assert len(panels()) <= 16
    for panel in panels():
        assert panel["fieldConfig"]["defaults"]["unit"]
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells
    source = yaml.safe_load((DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text())["datasources"][0]
    used = {one["datasource"]["uid"] for panel in panels() for one in (panel, *panel["targets"])}
    assert used == {source["uid"]}
    assert len({panel["id"] for panel in panels()}) == len(panels())
