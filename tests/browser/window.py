"""One window of the browser: what it looks like, what it asked for, and what went wrong in it."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.site import Site

SCREENSHOTS = Path("build/screenshots")

WIDE = {"width": 1280, "height": 900}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": WIDE, "color_scheme": "light", "locale": "en-GB"},
    "dark": {"viewport": WIDE, "color_scheme": "dark", "locale": "en-GB"},
    "phone": {"viewport": {"width": 360, "height": 780}, "color_scheme": "light", "locale": "en-GB", "is_mobile": True},
    "german": {"viewport": WIDE, "color_scheme": "light", "locale": "de-DE"},
    "german-phone": {"viewport": {"width": 360, "height": 780}, "color_scheme": "dark", "locale": "de-DE"},
}
MARKS_NO_PAGE = re.compile(r"[^a-z0-9]+")


@dataclass
class Window:
    """A window with one page.

    Attributes:
        asked: The address of every request that left it.
        complaints: What the browser reported as wrong: errors of scripts, and all that the pages' policy forbade.
    """

    context: BrowserContext
    page: Page
    site: Site
    look: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def opened(cls, browser: Browser, site: Site, look: str) -> Self:
        context = browser.new_context(**LOOKS[look])
        context.add_cookies([site.cookie])
        window = cls(context, context.new_page(), site, look)
        context.on("request", lambda request: window.asked.append(request.url))
        context.on("weberror", lambda error: window.complaints.append(str(error.error)))
        context.on("console", lambda told: told.type == "error" and window.complaints.append(told.text))
        return window

    def show(self, path: str) -> Page:
        """Go to a page of the site, and wait until all that it fetches is there."""
        self.page.goto(self.site.url + path, wait_until="load")
        return self.page

    def keep_picture(self, name: str = "") -> None:
        """Keep a screenshot of the whole page, named for its path unless told otherwise."""
        path = self.page.url.removeprefix(self.site.url)
        said = name or MARKS_NO_PAGE.sub("-", path.lower()).strip("-") or "inbox"
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{said}-{self.look}.png", full_page=True)

    def barriers(self) -> list[str]:
        """Return what keeps people out, as far as a program can tell: what axe calls serious or critical."""
        found = Axe().run(self.page, options={"resultTypes": ["violations"]}).response["violations"]
        return [
            f"{one['id']}: {one['help']}: {[node['target'] for node in one['nodes']][:5]}"
            for one in found
            if one["impact"] in ("serious", "critical")
        ]

    def scrolls_sideways(self) -> bool:
        """Say whether the page is wider than the window."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))

    def asked_elsewhere(self) -> list[str]:
        """Return the requests that went to anybody but the site."""
        return [url for url in self.asked if not url.startswith((self.site.url + "/", "data:", "about:", "blob:"))]

    def close(self) -> None:
        self.context.close()
