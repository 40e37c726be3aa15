"""The policy of a mailbox over HTTP: read, tried, put in force, gone back from."""

import pytest

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, reading
from tests.triage.policies import SHIPPED, with_rule, with_targets
from triage.classify import classify
from triage.labels import Urgency
from triage.ranking import policy_from_text
from triage.reranking import place_some
from triage.storage.mailboxes import ensure_mailbox
from triage.storage.policies import in_force
from triage.storage.tables import Email
from triage.targets import note_breaches

URL = "/v1/mailboxes/main/policy"
CLINICS = with_rule(name="Clinics", senders=["@clinic.example"], at_least="high")


@pytest.fixture
def ids(client, database):
    """Three emails that are read and low, the last from a clinic."""
    mails = [{"subject": f"mail {n}", "text": "x", "from": f"a@{name}.example"} for n, name in enumerate("ab")]
    mails.append({"subject": "mail 2", "text": "x", "from": "a@clinic.example"})
    made = [client.post("/v1/emails", json=mail).json()["id"] for mail in mails]
    with database.unit_of_work() as session:
        classify(session, made, FakeTextModel(reading(urgency=Urgency.LOW, confidence=0.97)), POLICY, NOW)
    return made


def put(client, text, **changed):
    return client.put(URL, json={"text": text, "author": "anna", "reason": "clinics wait"} | changed)


def settle(database, text):
    """Do what a worker does."""
    with database.reading() as session:
        (number,) = in_force(session)
    assert not place_some(database, number, policy_from_text(text))


def test_mailbox_follows_the_file_until_it_is_given_a_policy(client, ids):
    """Both are read as the text that a person may change."""
    before = client.get(URL).json()
    after = put(client, CLINICS).json()

    assert (before["source"], before["text"], before["version"]) == ("file", SHIPPED, POLICY.version)
    assert (after["source"], after["text"], after["author"]) == ("mailbox", CLINICS, "anna")
    assert after["version"] == policy_from_text(CLINICS).version
    assert after["placing"] == {"done": 0, "of": 3}
    assert client.get(URL).json() == after


def test_placing_comes_to_an_end_and_the_next_mail_is_ranked_without_a_restart(client, database, ids):
    """The API takes the new policy up at once, and stored mail follows."""
    version = put(client, CLINICS).json()["version"]
    posted = client.post("/v1/emails", json={"subject": "new", "text": "x", "from": "b@clinic.example"}).json()
    settle(database, CLINICS)

    assert posted["band"] == "high"
    assert client.get(URL).json()["placing"] == {"done": 4, "of": 4}
    item = client.get(f"/v1/emails/{ids[2]}").json()
    assert (item["band"], item["policy_version"]) == ("high", version)
    assert "a rule of the policy (Clinics): mail from @clinic.example is at least high" in [
        reason["text"] for reason in item["reasons"]
    ]


def test_dry_run_tells_what_would_move_and_stores_nothing(client, ids):
    """People see the largest moves before they switch."""
    before = client.get("/v1/inbox").json()

    found = client.post(f"{URL}/dry-run", json={"text": CLINICS}).json()

    assert (found["looked_at"], found["is_whole"], found["moved"]) == (3, True, 1)
    assert found["between"] == {"low → high": 1}
    assert (found["before"], found["after"]) == ({"low": 3}, {"low": 2, "high": 1})
    (move,) = found["largest"]
    assert (move["id"], move["position_before"], move["position"], move["band"]) == (ids[2], 3, 1, "high")
    after = client.get("/v1/inbox").json()
    assert [(one["id"], one["priority"]) for one in after["items"]] == [
        (one["id"], one["priority"]) for one in before["items"]
    ]
    assert client.post(f"{URL}/dry-run", json={}).json()["moved"] == 0


def test_dry_run_tells_just_what_the_switch_does(client, database, ids):
    """Positions and bands are those that the inbox has afterwards."""
    changed = with_rule(words=["mail 1"], at_least="critical").replace("horizon_days = 30", "horizon_days = 3")
    found = client.post(f"{URL}/dry-run", json={"text": changed}).json()

    put(client, changed)
    settle(database, changed)

    listed = client.get("/v1/inbox").json()["items"]
    assert (listed[0]["id"], listed[0]["band"]) == (ids[1], "critical")
    moves = {one["id"]: one["position"] for one in found["largest"]}
    assert {one["id"]: position for position, one in enumerate(listed, 1) if one["id"] in moves} == moves


def test_wrong_policy_is_refused_with_the_entry_at_fault(client, ids):
    """Nothing changes, and the sentence says what to mend."""
    refused = put(client, with_rule(name="X", at_least="high"))
    tried = client.post(f"{URL}/dry-run", json={"text": "horizon_days = "})

    assert (refused.status_code, tried.status_code) == (422, 422)
    assert "[[rules]] 1 (X) names no mail" in refused.json()["detail"]
    assert client.get(URL).json()["source"] == "file"
    assert client.get("/v1/mailboxes/nobody/policy").status_code == 404


def test_two_who_change_at_once_do_not_undo_each_other_unseen(client, ids):
    """Who says what they looked at is told when it is not in force any more."""
    seen = client.get(URL).json()["version"]
    put(client, CLINICS)

    assert put(client, SHIPPED, instead_of=seen).status_code == 409
    assert client.get(URL).json()["text"] == CLINICS


def test_history_and_the_way_back(client, ids):
    """Each change is told with who, when and why; back is the policy before."""
    put(client, CLINICS)
    put(client, with_targets(critical=1))
    back = client.post(f"{URL}/back", json={"author": "ben"}).json()
    told = client.get(f"{URL}/history").json()["items"]

    assert back["text"] == CLINICS
    assert [one["author"] for one in told] == ["ben", "anna", "anna", ""]
    assert [one["text"] is None for one in told] == [False, False, False, True]
    assert client.post(f"{URL}/back").json()["source"] == "file"
    assert client.post(f"{URL}/back").status_code == 409


def test_due_mail_is_told_and_listed_once_it_is_overdue(client, database, ids):
    """Mail of a band with a target has the moment at which an answer is due."""
    put(client, with_targets(low=0.0001, high=1000))
    settle(database, with_targets(low=0.0001, high=1000))

    overdue = client.get("/v1/inbox?overdue=true").json()["items"]

    assert {one["id"] for one in overdue} <= set(ids)
    assert all(one["overdue"] and one["due_at"] for one in overdue)


def test_put_off_mail_over_http(client, ids):
    """It leaves the inbox, is listed as put off, and a moment of the past is refused."""
    answer = client.post(f"/v1/emails/{ids[0]}/snooze", json={"until": "2990-01-01T00:00:00Z"})
    put_off = client.post(f"/v1/emails/{ids[0]}/snooze", json={"until": "2027-06-01T08:00:00+02:00"})

    assert answer.status_code == 422
    assert put_off.json()["snoozed_until"] == "2027-06-01T06:00:00Z"
    assert [one["id"] for one in client.get("/v1/inbox?state=snoozed").json()["items"]] == [ids[0]]
    assert ids[0] not in [one["id"] for one in client.get("/v1/inbox").json()["items"]]
    assert client.post(f"/v1/emails/{ids[0]}/snooze", json={"until": "2027-06-01"}).status_code == 422
    assert client.post("/v1/emails/999/snooze", json={"until": "2027-06-01T06:00:00Z"}).status_code == 404


def test_overdue_mail_is_counted_as_it_is_listed(client, database, ids):
    """Before and after it was noted; mail that is put off is not among it, nor mailboxes without targets."""
    with database.unit_of_work() as session:
        ensure_mailbox(session, "without", NOW)
    put(client, with_targets(low=1))
    with database.unit_of_work() as session:
        for email_id in ids:
            session.get(Email, email_id).due_at = NOW
    client.post(f"/v1/emails/{ids[0]}/snooze", json={"until": "2029-01-01T08:00:00Z"})

    before = overdue(client)
    note_breaches(database, NOW)
    after = overdue(client)
    client.post(f"/v1/emails/{ids[1]}/done")

    assert before == after == ['triage_emails_overdue{mailbox="main"} 2.0']
    assert len(client.get("/v1/inbox?overdue=true").json()["items"]) == 1
    assert overdue(client) == ['triage_emails_overdue{mailbox="main"} 1.0']


def overdue(client):
    return [line for line in client.get("/metrics").text.splitlines() if line.startswith("triage_emails_overdue{")]
