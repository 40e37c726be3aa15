"""One POST, over TLS: to whom the certificate says, at the address that was judged."""

import ssl
from datetime import timedelta
from ipaddress import ip_network

import pytest

from tests.imap_servers.certificate import write_certificate
from tests.triage.webhooks.receiver import Receiver
from triage.network import Guard
from triage.webhooks import post as posting
from triage.webhooks.post import post
from triage.webhooks.target import target_of

GUARD = Guard((ip_network("127.0.0.0/8"), ip_network("::1/128")))
WITHIN = timedelta(seconds=5)


@pytest.fixture
def certificate(tmp_path):
    write_certificate(tmp_path / "certificate", tmp_path / "key")
    return tmp_path / "certificate"


@pytest.fixture
def receiver(certificate):
    """A receiver over TLS whose certificate nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key"))
    made = Receiver().up(context)
    yield made
    made.down()


def test_receiver_with_a_trusted_certificate_is_told(receiver, certificate, monkeypatch):
    """The name of the address is what the certificate is held against, though we connect to a number."""
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(posting, "_context", lambda: trusting)

    answer = post(
        target_of(f"https://localhost:{receiver.port}/a?b=c"), b"{}", {"webhook-id": "m1"}, GUARD, within=WITHIN
    )

    assert answer.status == 204
    assert (receiver.got[0].path, receiver.got[0].headers["Host"]) == ("/a?b=c", f"localhost:{receiver.port}")


def test_receiver_whose_certificate_nobody_trusts_is_not_told(receiver):
    """A certificate that no authority signed ends it before a byte of the event is sent."""
    answer = post(target_of(f"https://127.0.0.1:{receiver.port}/"), b"{}", {}, GUARD, within=WITHIN)

    assert (answer.status, receiver.got) == (None, [])
    assert "certificate" in answer.error


def test_event_does_not_cross_a_public_network_in_the_clear(monkeypatch):
    """http is for networks that are allowed by name; elsewhere nothing is sent, though the address may be reached."""
    receiver = Receiver().up()
    monkeypatch.setattr(Guard, "may_reach", lambda *_: True)

    answer = post(target_of(f"http://127.0.0.1:{receiver.port}/"), b"{}", {}, Guard(), within=WITHIN)

    receiver.down()
    assert receiver.got == []
    assert "only told over https" in answer.error
