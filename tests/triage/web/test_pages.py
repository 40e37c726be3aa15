"""The list and the email, as people read them."""

import re
from email.message import EmailMessage

import pytest

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, reading
from triage.classify import classify
from triage.labels import Sentiment, Topic, Urgency
from triage.web.rendering import with_code

HOSTILE = {
    "from": '"<img src=x>" <x@example.org>',
    "subject": "<script>alert('subject')</script>",
    "text": "<b onclick=alert(1)>hello</b> {{ 7*7 }}",
    "attachments": [{"filename": '"><script>.txt', "content": "aGk="}],
}
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
SURE = reading(topic=Topic.BILLING, urgency=Urgency.CRITICAL, sentiment=Sentiment.NEGATIVE, confidence=0.97)
UNSURE = reading(topic=Topic.BILLING, urgency=Urgency.LOW, confidence=0.6)


@pytest.fixture
def post(client, database):
    """Send an email, and let a model read it."""

    def posts(gives=SURE, **mail):
        email_id = client.post("/v1/emails", json={"subject": "Lift stuck", "text": "Stuck, now.", **mail}).json()["id"]
        if gives is not None:
            with database.unit_of_work() as session:
                classify(session, [email_id], FakeTextModel(gives), POLICY, NOW)
        return email_id

    return posts


def row_of(page, email_id):
    """The markup of one row."""
    return re.search(rf'<li class="row[^>]*data-id="{email_id}">.*?</li>', page, re.DOTALL)[0]


def test_empty_inbox_says_how_to_fill_it(client):
    """A new instance shows what to do next."""
    page = client.get("/")

    assert page.status_code == 200
    assert "triage ingest" in page.text


def test_head_counts_what_is_listed_and_what_is_put_off(client, post):
    """Mail that is put off is not open: the number beside "open" is that of the rows."""
    ids = [post(subject=f"mail {number}") for number in range(3)]
    client.post(f"/v1/emails/{ids[0]}/snooze", json={"until": "2029-01-01T08:00:00Z"})

    head = client.get("/").text.partition('<p class="counts">')[2].partition("</p>")[0]

    assert "<b>2</b> open" in head
    assert "<b>1</b> put off" in head
    assert "state=snoozed" in head


def test_row_says_what_a_mail_is(client, post):
    """Band, sender, subject, mood and topic stand in words, not in colours alone."""
    email_id = post(**{"from": "Jo <jo@example.org>"})

    row = row_of(client.get("/").text, email_id)

    for said in ("critical", "Jo", "Lift stuck", "Stuck, now.", "negative", "billing", f'href="/emails/{email_id}"'):
        assert said in row


def test_suggestion_differs_from_what_is_applied_and_from_what_people_said(client, post):
    """A topic that the model is unsure of has a question mark and its share; one that people said has a sign."""
    applied, suggested, said = post(SURE), post(UNSURE, subject="b"), post(UNSURE, subject="c")
    client.post(f"/v1/emails/{said}/labels", json={"topic": "order"})

    page = client.get("/").text

    assert "billing</button>" in row_of(page, applied)
    assert "billing?</button>" in row_of(page, suggested)
    assert "%" in row_of(page, suggested)
    assert 'class="topic said"' in row_of(page, said)


def test_mail_is_listed_in_order_of_arrival_while_nobody_reads_it(client, post):
    """A-39: without a model mail still lists, its band unknown, with a sentence that says so."""
    post(None, subject="first", received_at="2026-03-01T10:00:00Z")
    post(None, subject="second", received_at="2026-03-01T11:00:00Z")

    page = client.get("/").text

    assert page.index("first") < page.index("second")
    assert page.count("unknown</span>") == 2
    assert "No worker reads mail" in page
    assert "Nothing is lost" in page


def test_rows_come_alone_for_a_page_that_is_open(client, post):
    """`part=list` gives the same rows, without what stands around them."""
    email_id = post()

    whole, part = client.get("/").text, client.get("/?part=list").text

    assert row_of(whole, email_id) == row_of(part, email_id)
    assert "<html" not in part


def test_email_says_why_it_stands_here_and_marks_the_words(client, post):
    """Reasons in plain words with their effects, and the passages marked where they stand."""
    page = client.get(f"/emails/{post(subject='Lift stuck')}").text

    assert "needs somebody now (97%)" in page
    assert re.search(r"<mark [^>]*>Lift</mark>", page)
    assert "<rect" in page


def test_reasons_are_told_in_german(client, post):
    """Whoever reads German is told the reasons in German, numbers too."""
    page = client.get(f"/emails/{post()}", headers={"Accept-Language": "de"}).text

    assert "braucht sofort jemanden (97\N{NO-BREAK SPACE}%)" in page
    assert "Thema Rechnung" in page
    assert "needs somebody" not in page


def test_suggestion_is_asked(client, post):
    """The model's guess is a question with a yes and a no."""
    assert "Is it billing?" in client.get(f"/emails/{post(UNSURE)}").text


def test_thread_is_listed_with_the_email(client):
    """Earlier and later mail of the thread stands below, this one marked."""
    first = client.post("/v1/emails", json={"subject": "a", "text": "one", "message_id": "<a@x>"}).json()["id"]
    answer = {"subject": "b", "text": "two", "message_id": "<b@x>", "in_reply_to": "<a@x>"}
    second = client.post("/v1/emails", json=answer).json()["id"]

    page = client.get(f"/emails/{first}").text

    assert "2 mails in this thread" in page
    assert f'href="/emails/{second}"' in page


def test_mail_of_strangers_is_text_and_never_markup(client):
    """A-36: what a sender writes reaches no page unescaped, and pages allow no script but ours."""
    email_id = client.post("/v1/emails", json=HOSTILE).json()["id"]

    for page in (client.get("/"), client.get(f"/emails/{email_id}")):
        assert "<script>" not in page.text
        assert "<img src=x>" not in page.text
        assert "<b onclick" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "script-src 'self';" in page.headers["content-security-policy"]


def test_html_is_shown_in_a_sandbox_with_a_policy_of_its_own(client):
    """A-36: the frame may run nothing and fetch nothing but the mail's own images."""
    html = '<p>Hello</p><script>alert(1)</script><img src="https://track.example/p.gif">'
    email_id = client.post("/v1/emails", json={"subject": "a", "html": html}).json()["id"]

    page = client.get(f"/emails/{email_id}?view=html").text
    frame = client.get(f"/emails/{email_id}/html")

    sandbox = re.search(r'<iframe[^>]*sandbox="([^"]*)"', page)[1]
    assert "allow-scripts" not in sandbox
    assert "allow-same-origin" not in sandbox
    assert "<p>Hello</p>" in frame.text
    assert "track.example" not in frame.text
    assert "One image from elsewhere was not loaded" in frame.text
    policy = frame.headers["content-security-policy"]
    assert policy.startswith("sandbox ")
    assert "script" not in policy
    assert "default-src 'none'; img-src 'self'" in policy


def test_own_images_are_given_out_and_nothing_else(client):
    """`cid:` shows the mail's own picture; what only calls itself a picture is not given out."""
    message = EmailMessage()
    message["From"], message["Subject"] = "jo@example.org", "Pictures"
    message.set_content("See the picture, please.")
    message.add_alternative('<img src="cid:a@x"><img src="cid:b@x">', subtype="html")
    for name, content in (("<a@x>", PIXEL), ("<b@x>", b"<script>alert(1)</script>")):
        message.get_payload()[1].add_related(content, "image", "png", cid=name)
    sent = client.post("/v1/emails", content=message.as_bytes(), headers={"Content-Type": "message/rfc822"})
    email_id = sent.json()["id"]

    frame = client.get(f"/emails/{email_id}/html").text
    picture, trap = (client.get(f"/emails/{email_id}/inline/{position}") for position in (0, 1))

    assert f'src="/emails/{email_id}/inline/0"' in frame
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["x-content-type-options"] == "nosniff"
    assert trap.status_code == 404


def test_endless_mail_shows_its_beginning_and_says_so(client):
    """A body of megabytes is cut, and the way to all of it is named."""
    email_id = client.post("/v1/emails", json={"subject": "a", "text": "word " * 100_000}).json()["id"]

    page = client.get(f"/emails/{email_id}").text

    assert len(page) < 250_000
    assert "here is its beginning" in page
    assert f"/v1/emails/{email_id}/raw" in page


def test_direction_override_can_be_seen(client):
    """A letter that would turn the text round is shown as a sign."""
    email_id = client.post("/v1/emails", json={"subject": "a", "text": "pay to \u202emoc.knab"}).json()["id"]

    page = client.get(f"/emails/{email_id}").text

    assert "⟪RLO⟫moc.knab" in page
    assert "\u202e" not in page


def test_pages_name_nothing_from_elsewhere(client):
    """Every address in a page, its style sheet and its scripts is our own: it works offline."""
    client.post("/v1/emails", json={"subject": "a", "text": "b"})

    assert "http" not in client.get("/").text
    for name in ("triage.css", "inbox.js", "email.js", "list.js", "api.js", "keys.js", "palette.js", "toast.js"):
        assert "http" not in client.get(f"/static/{name}").text


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


def test_second_page_is_reached_by_its_link_and_the_first_is_small(client):
    """More mail than fits leads on, the last page leads back, and the first page has less than 50 kB."""
    lines = "".join(f'{{"subject": "mail {n}: {"s" * 60}", "text": "{"long text " * 40}"}}\n' for n in range(51))
    client.post("/v1/emails/bulk", content=lines, headers={"Content-Type": "application/x-ndjson"})
    first = client.get("/")

    following = re.search(r'href="(/\?cursor=[^"]+)"', first.text)
    second = client.get(following[1]).text

    assert len(first.content) < 50_000
    assert first.text.count('<li class="row') == 50
    assert second.count('<li class="row') == 1
    assert "Most pressing" in second


def test_errors_are_pages_for_people_and_problems_for_programs(client):
    """A browser that asks for a page gets one, with the way back; a program gets the problem document."""
    for path, status in (("/nowhere", 404), ("/reports?mailbox=nobody", 404), ("/reports?days=5", 422)):
        page = client.get(path, headers={"Accept": "text/html,*/*"})
        problem = client.get(path)

        assert (page.status_code, problem.status_code) == (status, status)
        assert "Back to the inbox" in page.text
        assert problem.headers["content-type"] == "application/problem+json"


def test_every_page_of_a_new_instance_is_there(client):
    """Before the first mail each page opens and the navigation leads to all of them."""
    for path in ("/label-next", "/models", "/reports", "/status"):
        page = client.get(path)

        assert page.status_code == 200
        assert f'<a href="{path}" aria-current="page">' in page.text
        assert f'href="{path}"' in client.get("/").text


def test_commands_in_sentences_are_marked_and_nothing_else():
    """Backticks become markup; a sentence that quotes somebody's markup does not."""
    assert with_code("run `triage doctor` on <b>") == "run <code>triage doctor</code> on &lt;b&gt;"
