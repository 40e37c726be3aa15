"""A real Prometheus asks a running instance; what we ship for it finds data, and an alert fires when it should."""

import shutil
from datetime import UTC, datetime

import httpx2
import pytest

from tests.conftest import missing
from tests.deploy.prometheus import PrometheusNotInstalled, prometheus, promtool, queries
from tests.ports import free_port
from tests.system.conftest import STARTED_WITHIN_SECONDS, instances, until
from triage.settings import sqlite_url
from triage.storage import accounts
from triage.storage.mailboxes import ensure_mailbox
from triage.storage.session import Database
from triage.storage.tables import Account

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SERVICES = ("worker-text", "worker-image", "worker-train", "beat", "poller")
SENDER = "quagga@example.org"
TEXTS = [
    "The lift is stuck and two people are inside.",
    "We were charged twice for invoice 4711; please refund the second payment.",
    "Thank you for the quick help yesterday, all is well.",
    "I cannot log in since this morning, the page says that my account is locked.",
    "Wie lange hat das Büro am Freitag offen?",
]


def ports_in_a_row(count):
    """The first of so many ports that are free, one after the other."""
    found = [free_port()]
    while len(found) < count:
        port = free_port()
        found = [*found, port] if port == found[-1] + 1 else [port]
    return found[0]


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    """A running instance in which mail was read and labelled, with a webhook and an account that nobody answers."""
    if shutil.which("prometheus") is None:
        missing("Prometheus", "install Debian's package prometheus")
    with instances(tmp_path_factory.mktemp("instance")) as start:
        first = ports_in_a_row(len(SERVICES))
        made = start(TRIAGE_METRICS_PORT=str(first), TRIAGE_ALLOWED_NETWORKS='["127.0.0.0/8"]')
        made.metrics = {name: f"127.0.0.1:{first + place}" for place, name in enumerate(SERVICES)}
        made.metrics["web"] = f"127.0.0.1:{made.port}"
        hook = {"url": "http://127.0.0.1:9/", "events": ["email.ranked"]}
        assert made.http.post("/v1/webhooks", json=hook).status_code == 201
        _add_account(made)
        yield made


@pytest.fixture(scope="module")
def server(instance, tmp_path_factory):
    """A Prometheus that has asked every process before and after mail was read, and the mail."""
    try:
        with prometheus(tmp_path_factory.mktemp("prometheus"), instance.metrics, instance.key) as made:
            until(lambda: made.value("sum(up)") == len(instance.metrics), STARTED_WITHIN_SECONDS)
            _receive(instance, "first")
            until(lambda: made.ask("triage_readings_total"), 60)
            _receive(instance, "second")  # a rise, of what was there before
            _correct(instance, _receive(instance, "third"))
            until(lambda: (made.value("sum(increase(triage_readings_total[1m]))") or 0) > 0, 60)
            until(lambda: (made.value("sum(increase(triage_labels_total[1h]))") or 0) > 0, 60)
            yield made
    except PrometheusNotInstalled as error:
        missing("Prometheus", error)


def _receive(instance, subject):
    """Take in some mail, and return the last one when all of it was read."""
    for text in TEXTS:
        email = {"from": SENDER, "subject": subject, "text": text}
        answer = instance.http.post("/v1/emails?wait=30", json=email).json()
        assert answer["state"] == "read"
    return answer


def _correct(instance, email):
    """Say that an email is about something else."""
    topic = "account" if email["topic"] == "billing" else "billing"
    assert instance.http.post(f"/v1/emails/{email['id']}/labels", json={"topic": topic}).is_success


def _add_account(instance):
    """Add a mail account whose server does not answer."""
    database = Database(sqlite_url(instance.data))
    with database.unit_of_work() as session:
        mailbox_id = ensure_mailbox(session, "desk", now := datetime.now(UTC))
        nobody = {"host": "127.0.0.1", "port": 9, "security": "none", "username": "desk", "secret": b""}
        told = {"folders": ["INBOX"], "interval_seconds": 60, "created_at": now, "problem": ""}
        accounts.add(session, Account(name="desk", mailbox_id=mailbox_id, **nobody, **told))
    database.close()


def test_every_process_answers_prometheus(server, instance):
    """Web by its key, all others on ports of their own; each under its job, with the version."""
    jobs = {one["metric"]["job"]: int(one["value"][1]) for one in server.ask("count by (job) (up == 1)")}

    assert jobs == {"triage-web": 1, "triage-worker": 3, "triage-beat": 1, "triage-poll": 1}
    assert server.value("count(triage_build_info)") == len(instance.metrics)
    assert {one["metric"]["kind"] for one in server.ask("celery_worker_up == 1")} == {"text", "image", "train"}
    assert server.value('sum(celery_task_succeeded_total{name="triage.ring_doorbell",queue_name="upkeep"})') > 0
    assert server.value("time() - max(triage_beat_last_sent_timestamp_seconds)") < 60


@pytest.mark.parametrize("query", queries().values(), ids=queries().keys())
def test_dashboard_shows_data(server, query):
    """Every query of every panel is taken and gives a figure, once there are two samples to take a rate of."""
    until(lambda: any(one["value"][1] != "NaN" for one in server.ask(query)), 30)


def test_rules_are_evaluated(server):
    """Each without an error."""
    until(lambda: all(rule["health"] != "unknown" for rule in server.rules()), 30)

    assert {rule["name"]: rule.get("lastError") for rule in server.rules() if rule["health"] != "ok"} == {}


def test_names_and_types_are_as_prometheus_wants_them(server, instance):
    """Its lint finds nothing in what web, workers, schedule and poller tell."""
    checked = [promtool("check", "metrics", stdin=page) for page in _pages(instance)]
    complaints = [line for one in checked for line in one.stderr.splitlines()]

    assert not complaints, "\n".join(complaints)


def test_nothing_of_mail_is_in_a_metric(server, instance):
    """Neither a word of its text nor an address; the counts of it are there."""
    told = "\n".join(_pages(instance))

    assert "triage_readings_total{" in told
    for word in ("lift", "4711", "Büro", SENDER, "third"):
        assert word not in told


def _pages(instance):
    """What every process tells."""
    yield instance.http.get("/metrics").text
    with httpx2.Client(timeout=30) as nobody:  # only the web asks for a key
        for name, address in instance.metrics.items():
            if name != "web":
                yield nobody.get(f"http://{address}/metrics").text


def test_webhook_that_nobody_answers_is_told(server):
    """Since when, and each try."""
    until(lambda: (server.value("max by (webhook) (triage_webhook_failing_seconds)") or 0) > 0, 60)
    until(lambda: (server.value('sum(triage_webhook_tries_total{outcome="unanswered"})') or 0) > 0, 30)


def test_alert_fires_while_nobody_reads_mail_and_then_ends(server, instance):
    """The worker is told to end; it is started anew, takes its port again and reads, and the alert is over."""
    assert server.value("max(triage_workers_ready)") == 1
    fired = 'ALERTS{alertname="TriageNobodyReadsMail",alertstate="firing"}'
    assert server.ask(fired) == []

    instance.worker().terminate()

    until(lambda: server.ask(f"max_over_time({fired}[5m])"), 60)
    until(lambda: server.value("max(triage_workers_ready)") == 1 and not server.ask(fired), STARTED_WITHIN_SECONDS)
    until(lambda: server.value('count(celery_worker_up{kind="text"})') == 1, 30)
