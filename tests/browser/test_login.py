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
