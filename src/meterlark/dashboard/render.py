"""Makes HTML from templates; every text is escaped, every page has the same strict headers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import jinja2

from meterlark.dashboard.assets import Assets
from meterlark.dashboard.period import PRESETS
from meterlark.dashboard.words import FILTERS
from meterlark.server.problem import OK
from meterlark.server.reply import Reply
from meterlark.version import VERSION

HTML_TYPE: Final = "text/html; charset=utf-8"

NAVIGATION: Final = (
    ("/overview", "Overview", "overview", "o"),
    ("/explore", "Explore", "explore", "x"),
)
"""Path, name, picture and key (after g) of each page in the side bar."""

COMMON_ZONES: Final = (
    "UTC",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Paris",
)
"""Suggestions; any IANA name may be typed."""

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

PAGE_HEADERS: Final = (
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    # With no-referrer browsers send `origin: null` with forms, which could not be told from another site's.
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
)


class Renderer:
    """Renders the templates of the package.

    Args:
        assets: Gives the addresses of scripts and styles.
    """

    def __init__(self, assets: Assets) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters.update(FILTERS)
        self._environment.globals.update(
            {"asset": assets.address, "version": VERSION, "nav": NAVIGATION, "presets": PRESETS, "zones": COMMON_ZONES}
        )

    def text(self, template: str, /, **values: object) -> str:
        """Return the HTML of a template; `parts` are the macros that templates share."""
        parts = self._environment.get_template("parts.html").make_module(values)
        return self._environment.get_template(template).render(values, parts=parts)

    def page(self, template: str, /, *, status: int = OK, **values: object) -> Reply:
        """Return a page."""
        return Reply(status, self.text(template, **values).encode(), HTML_TYPE, PAGE_HEADERS)


def with_headers(reply: Reply, headers: Mapping[str, str]) -> Reply:
    """Return a reply with further headers."""
    return Reply(reply.status, reply.body, reply.media_type, (*reply.headers, *headers.items()))
