"""The pages that people read."""

HOSTILE = {
    "from": '"<img src=x>" <x@example.org>',
    "subject": "<script>alert('subject')</script>",
    "text": "<b onclick=alert(1)>hello</b> {{ 7*7 }}",
    "attachments": [{"filename": '"><script>.txt', "content": "aGk="}],
}


def test_empty_inbox_says_how_to_fill_it(client):
    """A new instance shows what to do next."""
    page = client.get("/")

    assert page.status_code == 200
    assert "triage ingest" in page.text


def test_list_shows_mail_and_leads_to_it(client):
    """An email is on the first page, with a link that shows its text and the reasons."""
    email_id = client.post(
        "/v1/emails", json={"from": "Jo <jo@example.org>", "subject": "Lift", "text": "Stuck."}
    ).json()["id"]

    listed = client.get("/").text
    shown = client.get(f"/emails/{email_id}").text

    assert f'href="/emails/{email_id}"' in listed
    assert "Lift" in listed
    assert "Stuck." in shown
    assert "not read yet" in shown


def test_mail_of_strangers_is_text_and_never_markup(client):
    """What a sender writes reaches no page unescaped, and pages allow no script but ours."""
    email_id = client.post("/v1/emails", json=HOSTILE).json()["id"]

    for page in (client.get("/"), client.get(f"/emails/{email_id}")):
        assert "<script>" not in page.text
        assert "<img src=x>" not in page.text
        assert "<b onclick" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "script-src 'self';" in page.headers["content-security-policy"]


def test_pages_name_nothing_from_elsewhere(client):
    """Every address in a page and its style sheet is our own: it works offline."""
    client.post("/v1/emails", json={"subject": "a", "text": "b"})

    assert "http" not in client.get("/").text
    assert "http" not in client.get("/static/triage.css").text


def test_filters_that_nothing_fits_offer_the_way_back(client):
    """An empty result says so and links to the whole list; nonsense filters are no error."""
    client.post("/v1/emails", json={"subject": "a", "text": "b"})

    assert "Nothing fits" in client.get("/?topic=billing").text
    assert client.get("/?band=nonsense&state=nonsense").status_code == 200


def test_unknown_email_is_a_page_with_a_way_back(client):
    """A stale link gets a sentence and not a stack of JSON."""
    page = client.get("/emails/999999")

    assert page.status_code == 404
    assert "Back to the inbox" in page.text


def test_second_page_is_reached_by_its_link(client):
    """More mail than fits leads on, and the last page leads back."""
    import re

    for number in range(51):
        client.post("/v1/emails", json={"subject": f"mail {number}", "text": "x"})
    first = client.get("/").text

    following = re.search(r'href="(/\?cursor=[^"]+)"', first)
    second = client.get(following[1]).text

    assert first.count('<li class="row') == 50
    assert second.count('<li class="row') == 1
    assert "Most pressing" in second
