"""News for pages that are open."""

import asyncio

from tests.make import accept, make_intake, raw_message
from triage.api.services import make_services
from triage.storage.changes import fingerprint
from triage.web.events import BEGIN, CHANGED, Changes


def test_what_an_inbox_shows_changes_the_fingerprint(client, database):
    """Mail, a label, its withdrawal and its end each change it; looking does not."""
    seen = []

    def look():
        with database.reading() as session:
            seen.append(fingerprint(session))

    look()
    email_id = client.post("/v1/emails", json={"subject": "a", "text": "b"}).json()["id"]
    look()
    label_id = client.post(f"/v1/emails/{email_id}/labels", json={"topic": "billing"}).json()["label_id"]
    look()
    client.delete(f"/v1/emails/{email_id}/labels/{label_id}")
    look()
    client.post(f"/v1/emails/{email_id}/done")
    look()
    before = len(set(seen))
    look()

    assert before == 5
    assert len(set(seen)) == 5


def test_every_listener_hears_of_a_change_and_one_watcher_serves_all(settings, database, redis, monkeypatch):
    """Two pages are open; the database is asked by one, and both are told."""
    monkeypatch.setattr("triage.web.events.POLL_SECONDS", 0.02)
    services = make_services(settings)

    async def both() -> list[list[str]]:
        changes = Changes(services)
        streams = [changes.listen(), changes.listen()]
        begun = [[await anext(stream)] for stream in streams]
        watcher = changes._watcher
        await asyncio.sleep(0.5)
        await asyncio.to_thread(accept, make_intake(database, redis), raw_message())
        told = await asyncio.gather(*(anext(stream) for stream in streams))
        assert changes._watcher is watcher
        for stream in streams:
            await stream.aclose()
        return [[*first, second] for first, second in zip(begun, told, strict=True)]

    heard = asyncio.run(both())
    services.close()

    assert heard == [[BEGIN, CHANGED]] * 2
