"""Pages as a reader's browser shows them: Debian's Chromium, on an instance whose mail the shipped model has read."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.site import Site, serving
from tests.browser.window import Window
from tests.conftest import missing
from tests.make import url_of
from tests.system.conftest import Instance, instances, until
from triage.settings import Settings

SAMPLE_READ_WITHIN_SECONDS = 240  # on a loaded machine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that is here wants a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium without a window; none is ever downloaded."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        missing("Chromium", "install Debian's package chromium")
    # Its sandbox wants a user that is not root, which a container of CI does not have; the pages are our own.
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield started
        started.close()


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """`triage up --demo`, once the shipped model has read the sample mail."""
    with instances(tmp_path_factory.mktemp("shown")) as start:
        started = start("--demo")
        until(lambda: started.status()["emails"]["read"], SAMPLE_READ_WITHIN_SECONDS)
        until(lambda: not started.status()["emails"]["queued"], SAMPLE_READ_WITHIN_SECONDS)
        yield started


@pytest.fixture(scope="session")
def site(instance: Instance) -> Site:
    """The pages of an instance with mail."""
    return Site(str(instance.http.base_url).rstrip("/"), instance.key, instance.session)


@pytest.fixture
def empty_site(data: Path, redis) -> Iterator[Site]:
    """The pages of an instance that has no mail and no workers."""
    settings = Settings(data_dir=data, redis_url=url_of(redis))
    with serving(settings) as started:
        yield started


@pytest.fixture
def window(browser: Browser) -> Iterator["OpensWindow"]:
    """Open windows; they are closed at the end."""
    with windows_of(browser) as opens:
        yield opens


class OpensWindow:
    """Opens windows of a look on a site."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._open: list[Window] = []

    def __call__(self, site: Site, look: str = "light") -> Window:
        opened = Window.opened(self._browser, site, look)
        self._open.append(opened)
        return opened

    def close(self) -> None:
        for opened in self._open:
            opened.close()


@contextmanager
def windows_of(browser: Browser) -> Iterator[OpensWindow]:
    """Give what opens windows, and close them."""
    opens = OpensWindow(browser)
    try:
        yield opens
    finally:
        opens.close()
