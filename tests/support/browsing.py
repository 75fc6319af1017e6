"""The machine's Chromium, and what a page must never do: complain, ask, break its own policy, call other hosts, shut people out."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from picture import SIGNATURE, packed
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, FloatRect, Page, Request, sync_playwright
from running_server import REPOSITORY

Theme = Literal["light", "dark"]
THEMES: Final[tuple[Theme, ...]] = ("light", "dark")
IMAGES: Final = REPOSITORY / "docs" / "images"

WIDTH: Final = 1280
HEIGHT: Final = 800
PICTURE_HEIGHT_MAX: Final = 1_250
"""Pictures of long lists end there: the rest is more of the same, and each picture is kept with the repository."""

PICTURE_BYTES_MAX: Final = 150_000
"""Of one picture: readers of the documentation load it, and everybody who clones the repository."""

WAIT_MS_MAX: Final = 20_000
"""A page that is not there by then will never be; the machine may be busy."""

FLAGS: Final = (
    "--no-sandbox",  # tests may run as root in a container, where the sandbox cannot start
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",  # the same pictures on each machine with the same fonts
)

AXE_TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
"""Levels A and AA of WCAG 2.0 to 2.2."""

_REPORT_POLICY: Final = """
document.addEventListener("securitypolicyviolation", (event) =>
  meterlarkTestPolicy(`${event.effectiveDirective} refused ${event.blockedURI || "inline"} at ${event.sourceFile}:${event.lineNumber}`));
"""


def why_no_browser() -> str | None:
    """Return why browser tests cannot run here; None when they can."""
    return None if shutil.which("chromium") else "there is no chromium (Debian: apt-get install chromium)"


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Run Chromium with a new, empty user folder until the end of the block.

    While it runs, this thread counts as one with a running event loop: asyncio.run fails in it.
    """
    executable = shutil.which("chromium")
    assert executable is not None, why_no_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, headless=True, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """Pages of one browser context, watched: everything they must not do is in `complaints`.

    Args:
        browser: Runs it.
        theme: What the page is told that its reader prefers.
        javascript: False for a reader who has turned it off.
        hosts: `host:port` of the servers that pages may call besides the one that was opened.
    """

    def __init__(self, browser: Browser, *, theme: Theme = "light", javascript: bool = True, hosts: tuple[str, ...] = ()) -> None:
        self.theme = theme
        self.complaints: list[str] = []
        self._hosts = set(hosts)
        self._expected: list[str] = []
        self.context: BrowserContext = browser.new_context(
            color_scheme=theme,
            java_script_enabled=javascript,
            viewport={"width": WIDTH, "height": HEIGHT},
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="America/New_York",  # far from UTC: a page that shows the browser's zone by mistake shows it
        )
        self.context.set_default_timeout(WAIT_MS_MAX)
        self.context.expose_function("meterlarkTestPolicy", lambda text: self.complaints.append(f"policy: {text}"))
        self.context.add_init_script(_REPORT_POLICY)
        self.context.on("page", self._watch)

    def open(self, url: str, *, headers: Mapping[str, str] | None = None) -> Page:
        """Open a page and wait until it and what it loads is there."""
        self._hosts.add(urlsplit(url).netloc)
        if headers:
            self.context.set_extra_http_headers(dict(headers))
        page = self.context.new_page()
        page.goto(url, wait_until="load")
        return page

    def expect(self, pattern: str) -> None:
        """Say that a complaint is right here, by a regular expression; it must then come."""
        self._expected.append(pattern)

    def close(self) -> None:
        """End it and fail if anything was complained about that was not expected, or the other way round."""
        self.context.close()
        unexpected = [one for one in self.complaints if not any(re.search(pattern, one) for pattern in self._expected)]
        assert unexpected == [], "\n".join(unexpected)
        missing = [pattern for pattern in self._expected if not any(re.search(pattern, one) for one in self.complaints)]
        assert missing == [], f"never came: {missing}"

    def _watch(self, page: Page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("dialog", self._dismiss)
        page.on("request", self._see)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning", "assert"}:
            self.complaints.append(f"console: {message.type}: {message.text}")

    def _dismiss(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.type}: {dialog.message}")
        dialog.dismiss()

    def _see(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.netloc not in self._hosts:
            self.complaints.append(f"foreign: {request.method} {request.url}")


Start = Callable[..., Visit]
"""Begins a watched visit; takes the arguments of `Visit` after the browser."""


def axe_violations(page: Page) -> list[str]:
    """Return what shuts people out of a page, by axe-core's rules of level A and AA: one text for each place."""
    page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", list(AXE_TAGS)
    )
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@cache
def _axe() -> str:
    # axe-core 4.12 under MPL-2.0, as the package brings it; it is run in pages under test and nowhere else.
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


Photograph = Callable[[Page, str, Theme], None]
"""Takes the picture of a page under a name, in a theme."""


def photographer(*, writes: bool) -> Photograph:
    """Return what takes pictures of pages; they are kept in docs/images only when `writes`."""

    def photograph(page: Page, name: str, theme: Theme) -> None:
        height = min(page.evaluate("document.documentElement.scrollHeight"), PICTURE_HEIGHT_MAX)
        clip: FloatRect = {"x": 0, "y": 0, "width": WIDTH, "height": height}
        picture = page.screenshot(full_page=True, clip=clip, animations="disabled", caret="hide")
        assert picture.startswith(SIGNATURE)
        if writes:
            browser = page.context.browser
            assert browser is not None
            small = packed(browser, picture)
            assert len(small) <= PICTURE_BYTES_MAX
            IMAGES.mkdir(parents=True, exist_ok=True)
            Path(IMAGES / f"{name}-{theme}.png").write_bytes(small)

    return photograph
