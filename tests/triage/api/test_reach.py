"""A key for one mailbox sees and changes nothing of another: a property of all routes."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from tests.keys import bearing, make_key
from tests.make import NOW, url_of
from tests.pictures import mail_with, picture
from triage.access import Scope
from triage.api.access import api_routes
from triage.settings import Settings
from triage.storage import incidents, mailboxes
from triage.storage.session import Database
from triage.storage.tables import Base, Email, Image, Incident, Label, Model, Training
from triage.web.app import create_app

OWN, OTHER = "own-mail", "other-mail"
# In all that the other mailbox has. Asked for by its beginning, so that no answer has it from the question.
SECRET, BEGINNING = "zitronenfalter", "zitronen"
WORDS = {OWN: "kohlweissling", OTHER: SECRET}
# A stream without an end; the door, which knows no mailboxes; readings, which wait for a worker and look at no mail.
LEFT_OUT = ("/events", "/login", "/logout", "/v1/predict")
MAIL = {"subject": "new", "text": "mail", "from": "jo@example.org"}


@dataclass
class Stand:
    """A client with a key for one mailbox, and what both mailboxes have."""

    client: TestClient
    database: Database
    requests: list[tuple[str, str]]
    ids: dict[str, list[int]]

    def of_other(self) -> dict[str, list[Any]]:
        """Return every row of the other mailbox."""
        with self.database.reading() as session:
            other = mailboxes.require_mailbox(session, OTHER)
            emails = select(Email.id).where(Email.mailbox_id == other)
            found = {}
            for table in Base.metadata.sorted_tables:
                if "mailbox_id" in table.c:
                    found[table.name] = session.execute(select(table).where(table.c.mailbox_id == other)).all()
                elif "email_id" in table.c:
                    found[table.name] = session.execute(select(table).where(table.c.email_id.in_(emails))).all()
            return found


@pytest.fixture
def stand(data, redis):
    """Two mailboxes with everything that a mailbox may have."""
    # The port is closed: an account that is tried is told so at once.
    made = Settings(data_dir=data, redis_url=url_of(redis), allowed_hosts=("testserver",), default_mailbox=OTHER)
    database = Database(made.database_url)
    app = create_app(made)
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        client.headers.update(bearing(make_key(database)))
        for mailbox, word in WORDS.items():
            fill(client, mailbox, word)
            fill_below(database, mailbox, word)
        client.headers.update(bearing(make_key(database, Scope.ADMIN, mailboxes=[OWN])))
        requests = sorted(
            (method, route.path) for route in api_routes(app) if route.path not in LEFT_OUT for method in route.methods
        )
        yield Stand(client, database, requests, ids_of(database))
    database.close()


def fill(client, mailbox, word):
    """Give a mailbox all that the API can give it."""
    raw = mail_with(picture((len(word), 0, 0)), subject=f"{word} one", name=f"{word}.png")
    named = {"mailbox": mailbox}
    answers = [client.post("/v1/emails", params=named, content=raw, headers={"Content-Type": "message/rfc822"})]
    said = {"mailbox": mailbox, "text": word, "html": f"<p>{word}</p>", "from": f"{word}@example.org"}
    answers += [client.post("/v1/emails", json={**said, "subject": f"{word} {n}"}) for n in range(3)]
    email_id = answers[0].json()["id"]
    topics = f"/v1/mailboxes/{mailbox}"
    policy = client.get(f"{topics}/policy").json()["text"]
    signed = {"author": word, "reason": word}
    account = {"name": f"{mailbox}-account", "host": "127.0.0.1", "port": 9, "username": word, "password": "x"}
    answers += [
        client.post(f"{topics}/topics", json={"names": [word]}),
        client.post(f"/v1/emails/{email_id}/labels", json={"topic": word, "author": word}),
        client.put(f"{topics}/policy", json={"text": f"{policy}\n# {word}\n", **signed}),
        client.post("/v1/trainings", json={"mailbox": mailbox, "author": word}),
        client.post("/v1/images", params=named, content=picture((0, len(word), 0))),
        client.post("/v1/accounts", json={**account, "mailbox": mailbox, "test": False}),
    ]
    assert [answer.text for answer in answers if answer.status_code >= 300] == []


def fill_below(database, mailbox, word):
    """Give a mailbox what workers make: an incident, a model, mail and an image that were set aside."""
    with database.unit_of_work() as session:
        number = mailboxes.require_mailbox(session, mailbox)
        ids = list(session.scalars(select(Email.id).where(Email.mailbox_id == number).order_by(Email.id)))
        columns = {"opened_at": NOW, "first_at": NOW, "last_at": NOW, "size": 2, "pressing": 0, "words": [word]}
        matter = {"mailbox_id": number, "model_version": "v", "central_email_id": ids[0], "centroid": b"", **columns}
        incident = incidents.open_incident(session, matter)
        session.execute(update(Email).where(Email.id.in_(ids[:2])).values(incident_id=incident))
        aside = {"state": "failed", "error": word, "error_stage": "read", "failed_at": NOW}
        session.execute(update(Email).where(Email.id == ids[3]).values(**aside))
        session.execute(update(Image).where(Image.mailbox_id == number, Image.email_id.is_(None)).values(**aside))
        digest = hashlib.sha256(word.encode()).digest()
        model = {"version": f"{mailbox}-1", "created_at": NOW, "manifest": {"card": word}, "size_bytes": 1}
        session.add(Model(mailbox_id=number, digest=digest, archive=None, **model))


def ids_of(database):
    """The numbers of all that either mailbox has."""
    tables = {"email": Email, "label": Label, "incident": Incident, "image": Image, "training": Training}
    with database.reading() as session:
        return {f"{name}_id": list(session.scalars(select(table.id))) for name, table in tables.items()}


def bodies(ids):
    """What a request that changes something may say; each is tried wherever it may be understood."""
    emails, labels = ids["email_id"], ids["label_id"]
    meant = [
        {"ids": emails},
        {"filter": {"mailbox": OTHER}},
        {"filter": {"state": "read"}},
        {"filter": {"q": BEGINNING}},
    ]
    named = {"mailbox": OTHER}
    account = {"name": "new", "host": "127.0.0.1", "port": 9, "username": "x", "password": "x", "test": False}
    return [
        *meant,
        *({**one, "urgency": "critical"} for one in meant),
        {"all": True},
        {"label_ids": labels},
        {"urgency": "critical"},
        {"until": "2099-01-01T00:00:00Z"},
        {"names": ["added"]},
        {"name": "billing"},
        {"text": None},
        named,
        {**MAIL, **named},
        {**account, **named},
        [],
        None,
    ]


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_key_for_one_mailbox_sees_and_changes_nothing_of_another(stand, data):
    """Whatever it asks for, by number, by name, by filter or by words: no answer tells of it, no row of it changes."""
    method, template = data.draw(st.sampled_from(stand.requests))
    names = {"mailbox": [OWN, OTHER], "name": [f"{OTHER}-account"], "version": [f"{OTHER}-1", "shipped"]}
    choices = {**stand.ids, **names, "position": [0], "key_id": [1, 2], "code": ["en"]}
    path = template.replace(":path}", "}")
    for name, values in choices.items():
        if f"{{{name}}}" in path:
            path = path.replace(f"{{{name}}}", str(data.draw(st.sampled_from(values))))
    asked = data.draw(
        st.fixed_dictionaries(
            {},
            optional={
                "mailbox": st.sampled_from([OWN, OTHER]),
                "q": st.just(BEGINNING),
                "error": st.just(BEGINNING),
                "state": st.sampled_from(["failed", "queued", "closed", "open"]),
                "group": st.just("incidents"),
                "of": st.sampled_from(["emails", "images"]),
                "part": st.just("list"),
                "after": st.sampled_from(stand.ids["email_id"]),
            },
        )
    )
    body = data.draw(st.sampled_from(bodies(stand.ids))) if method in ("POST", "PUT", "DELETE") else None
    before = stand.of_other()

    kind = "application/x-ndjson" if path == "/v1/emails/bulk" else "application/json"
    content = None if body is None else json.dumps(body)
    answer = stand.client.request(method, path, params=asked, content=content, headers={"Content-Type": kind})

    assert SECRET not in answer.text.lower()
    if OTHER not in path and "mailbox" not in asked and OTHER not in (content or ""):
        assert OTHER not in answer.text
    assert answer.status_code < 500 or answer.status_code == 503
    assert stand.of_other() == before
