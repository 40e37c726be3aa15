"""The door as a real browser goes through it: what it sends with our own forms is enough, and no more is needed."""


def test_reader_logs_in_by_a_key_makes_one_and_logs_out(empty_site, window):
    """Form, session, a new key shown once and revoked, and out again; axe finds nothing serious at the door."""
    shown = window(empty_site)
    shown.context.clear_cookies()

    page = shown.show("/keys")
    at_the_door, barriers = page.url, shown.barriers()
    page.get_by_label("Key").fill(empty_site.key)
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("For what or whom").fill("web form")
    page.get_by_role("button", name="Make the key").click()
    key = page.locator("code.secret").inner_text()
    listed = shown.show("/keys").content()
    page.get_by_role("button", name="Revoke the key for web form").click()
    page.get_by_role("button", name="Yes").click()
    page.get_by_text("revoked").wait_for()
    page.get_by_role("button", name="Log out").click()

    assert at_the_door.endswith("/login?back=%2Fkeys")
    assert barriers == []
    assert key.startswith("triage_")
    assert key not in listed
    assert page.url.endswith("/login")
    assert shown.show("/").url.endswith("/login?back=%2F")
    assert shown.complaints == []


def test_viewer_is_shown_mail_and_nothing_to_press_that_would_be_refused(site, window):
    """With a key that may only look: topics and reasons, no button that changes mail; the keyboard is told why."""
    shown = window(site)
    shown.context.clear_cookies()
    key = site.post("/v1/keys", {"name": "looks on", "scopes": ["read"]})["key"]
    page = shown.show("/")
    page.get_by_label("Key").fill(key)
    page.get_by_role("button", name="Log in").click()
    page.locator("li.row").first.wait_for()
    shown.keep_picture("inbox-of-a-viewer")
    in_the_list = [button.inner_text() for button in page.get_by_role("button").all() if button.is_visible()]
    topic = page.locator("li.row .topic").first.inner_text()

    page.locator("li.row a").first.click()
    page.locator(".reasons").first.wait_for()
    shown.keep_picture("email-of-a-viewer")
    at_the_email = " ".join(button.inner_text() for button in page.get_by_role("button").all() if button.is_visible())
    page.keyboard.press("e")
    said = page.locator("#toast span")
    said.wait_for()

    assert topic
    assert not page.locator("input[type=checkbox]").first.is_visible()
    assert page.get_by_role("link", name="Label next").count() == 0
    assert in_the_list
    assert not any(word in f"{in_the_list} {at_the_email}" for word in ("Done", "Snooze", "Put off", "Reopen"))
    assert "label" in said.inner_text()
