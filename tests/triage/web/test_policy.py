"""The policy of a mailbox as a page."""

import pytest

RULE = '\n[[rules]]\nsenders = ["@clinic.example"]\nat_least = "critical"\n'


@pytest.fixture
def mailbox(client):
    """The address of the policy of a mailbox with a mail."""
    client.post("/v1/emails", json={"subject": "One", "text": "One"})
    return "/v1/mailboxes/main/policy"


def test_mailbox_without_mail_says_when_it_can_have_a_policy(client):
    """A new instance has a page and no broken form."""
    page = client.get("/policy")

    assert page.status_code == 200
    assert "follows the policy file" in page.text
    assert "<textarea" not in page.text


def test_page_shows_the_policy_in_force_and_who_changed_it(client, mailbox):
    """First the policy file; then the mailbox's own with its reason, and the file as an earlier version."""
    first = client.get("/policy").text
    text = client.get(mailbox).json()["text"] + RULE
    client.put(mailbox, json={"text": text, "author": "anna", "reason": "<b>clinics</b>"})

    page = client.get("/policy").text

    assert "Nobody has changed it yet" in first
    assert "@clinic.example" in page
    assert "&lt;b&gt;clinics&lt;/b&gt;" in page
    assert page.count('<tr><th scope="row"') == 2
    assert "Go back to the one before" in page


def test_earlier_version_is_shown_with_its_text(client, mailbox):
    """`shown` names one of the versions; a number that is none shows the policy in force."""
    plain = client.get(mailbox).json()["text"]
    for text in (plain + RULE, plain + '\n[vips]\nsenders = ["mayor@city.example"]\n'):
        client.put(mailbox, json={"text": text})
    earlier = client.get(f"{mailbox}/history").json()["items"][1]["id"]

    shown, current = client.get(f"/policy?shown={earlier}").text, client.get("/policy?shown=99999").text

    assert "@clinic.example" in shown
    assert "\nsenders = [&#34;mayor@city.example&#34;]" not in shown
    assert "\nsenders = [&#34;mayor@city.example&#34;]" in current
