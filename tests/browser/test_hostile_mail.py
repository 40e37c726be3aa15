"""Mail that wants to run, to spy or to deceive."""

from email.message import EmailMessage

import httpx2
import pytest

from tests.keys import bearing

BAIT = "http://198.51.100.7"  # an address for documentation: nobody is there
FIVE_MEGABYTES = 5_000_000

TRAPS = f"""
<html><head><base href="{BAIT}/"><meta http-equiv="refresh" content="0;url={BAIT}/refresh">
<link rel="stylesheet" href="{BAIT}/style.css"><style>@import url({BAIT}/import.css);
body {{ background: url({BAIT}/background.png) }} .row, main {{ display: none !important }}</style>
<script>top.ran = 1</script><script src="{BAIT}/script.js"></script></head>
<body onload="top.ran = 2"><img src="{BAIT}/pixel.png" onerror="top.ran = 3"><img src=x onerror="top.ran = 4">
<svg onload="top.ran = 5"><image href="{BAIT}/image.svg"/></svg><video src="{BAIT}/film" poster="{BAIT}/poster"></video>
<iframe src="javascript:top.ran = 6"></iframe><iframe srcdoc="<script>top.ran = 7</script>"></iframe>
<form action="{BAIT}/form"><input autofocus onfocus="top.ran = 8"><button>Confirm your password</button></form>
<a id="trap" href="javascript:top.ran = 9">Please click here</a><object data="{BAIT}/object"></object>
<p style="position: fixed; inset: 0; background: url({BAIT}/inline.png)">Your session has ended</p></body></html>
"""


def hostile(subject="Invoice \u202egpj.exe", html=TRAPS, sender="\u202egro.elpmaxe@ssob") -> bytes:
    """A mail with every trap we know; its name and subject turn the direction of what follows."""
    message = EmailMessage()
    message["From"], message["Subject"] = f'"{sender}" <x@example.org>', subject
    message.set_content("Please click here.")
    message.add_alternative(html, subtype="html")
    message.add_attachment(b"<script>top.ran = 10</script>", maintype="text", subtype="html", filename="a.html")
    return message.as_bytes()


def sent(site, raw: bytes) -> int:
    """The number of a mail that was taken in."""
    headers = {"Content-Type": "message/rfc822", **bearing(site.key)}
    answer = httpx2.post(f"{site.url}/v1/emails", content=raw, headers=headers, timeout=60)
    answer.raise_for_status()
    return answer.json()["id"]


def everything_that_ran(page):
    """What scripts of the mail left behind, in the page or in any frame."""
    return [frame.evaluate("window.ran") for frame in page.frames if frame.evaluate("'ran' in window")]


@pytest.mark.parametrize("look", ["light", "phone"])
def test_hostile_mail_neither_runs_nor_leaks(site, window, look):
    """No script of a mail runs and no request leaves, in the list, in the email and after a click on each link."""
    email_id = sent(site, hostile())
    shown = window(site, look)

    shown.show("/?q=Invoice")
    page = shown.show(f"/emails/{email_id}")
    shown.keep_picture("hostile")
    for frame in page.frames:
        for link in frame.locator("a:has-text('Please click here')").all():
            link.click()

    assert everything_that_ran(page) == []
    assert shown.asked_elsewhere() == []
    assert page.url.startswith(f"{site.url}/emails/{email_id}")
    assert not shown.scrolls_sideways()


def test_name_that_turns_direction_turns_nothing_of_ours(site, window):
    """A right-to-left override in a subject ends with it: what the page says beside it reads as we wrote it."""
    email_id = sent(site, hostile(subject="Bill \u202efdp.exe"))
    page = window(site).show(f"/emails/{email_id}")

    turned = page.evaluate(
        """() => [...document.querySelectorAll('main *')].filter(one =>
            [...one.childNodes].some(node => node.nodeType === 3 && node.data.includes('\u202e'))
            && getComputedStyle(one).display.startsWith('inline')
            && !getComputedStyle(one).unicodeBidi.includes('isolate')
            && getComputedStyle(one).unicodeBidi !== 'plaintext').map(one => one.outerHTML)"""
    )

    assert turned == []


def test_mail_of_five_megabytes_is_shown_and_does_not_break_the_page(site, window):
    """A body of 5 MB opens; the page stays in its window."""
    words = "<p>" + "wide " * 20 + "x" * 200 + "</p>\n"
    email_id = sent(site, hostile(subject="Long", html=words * (FIVE_MEGABYTES // len(words))))
    shown = window(site, "phone")

    page = shown.show(f"/emails/{email_id}")

    assert page.locator("h1").inner_text() == "Long"
    assert not shown.scrolls_sideways()
    assert shown.asked_elsewhere() == []
