"""Keys as a reader presses them, who sees a page before its scripts have run and presses a moment later."""


def press(page, *keys):
    """Press keys one after the other, each once the page listens to keys."""
    for key in keys:
        page.locator("html[data-keys=bound]").wait_for(state="attached")
        page.keyboard.press(key)
