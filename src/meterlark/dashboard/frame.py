"""What every page shows around its content: who is there, where, and in which light."""

import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from meterlark.service.principal import Principal, Scope

THEME_COOKIE: Final = "meterlark_theme"
_HOST: Final = re.compile(r"[A-Za-z0-9.\-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?")

_STRETCH: Final = frozenset(("period", "from", "to", "zone"))
"""Parameters that go along from page to page."""

Theme = Literal["", "light", "dark"]
"""What the visitor chose; empty follows the system."""


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """The surroundings of one page.

    Attributes:
        path: Of the page.
        here: Path and query, to come back to.
        address: Of this server, as the browser knows it, for commands to paste.
        theme: Light or dark.
        csrf: Token for forms.
        principal: Who looks.
        is_open: Whether there is no login.
        zone_name: The reporting time zone when the page names none.
    """

    path: str
    here: str
    address: str
    theme: Theme
    csrf: str
    principal: Principal
    is_open: bool
    zone_name: str

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of this page's address, in their order."""
        return parse_qsl(urlsplit(self.here).query)

    def link(self, path: str | None = None, /, **changes: str | None) -> str:
        """Return the address of this page, or of another, with some parameters set and others (None) gone; `from_` is `from`."""
        names = {name.rstrip("_"): text for name, text in changes.items()}
        pairs = [pair for pair in self.pairs if pair[0] not in names] + [(name, text) for name, text in names.items() if text is not None]
        return _address(path or self.path, pairs)

    def without(self, name: str, text: str) -> str:
        """Return the address of this page without one value of a parameter."""
        return _address(self.path, [pair for pair in self.pairs if pair != (name, text)])

    def having(self, name: str, text: str) -> str:
        """Return the address of this page with one value of a parameter more."""
        return _address(self.path, [*(pair for pair in self.pairs if pair != (name, text)), (name, text)])

    def narrowed(self, filters: Sequence[tuple[str, str]]) -> str:
        """Return the address of this page with filters that take the place of the groups."""
        return _address(self.path, [*(pair for pair in self.pairs if pair[0] != "group" and pair not in filters), *filters])

    def to(self, path: str, /, **parameters: str | None) -> str:
        """Return the address of another page about the same stretch of time."""
        kept = [pair for pair in self.pairs if pair[0] in _STRETCH]
        return _address(path, [*kept, *((name, text) for name, text in parameters.items() if text is not None)])

    @property
    def may_change(self) -> bool:
        """Whether forms that change something make sense."""
        return Scope.ADMIN in self.principal.scopes

    @property
    def is_bound(self) -> bool:
        """Whether only some subjects are seen."""
        return self.principal.subjects is not None

    @property
    def is_visitor(self) -> bool:
        """Whether somebody is logged in, or need not be."""
        return bool(self.principal.scopes)


def _address(path: str, pairs: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(pairs)}" if pairs else path


def address_of(headers: Mapping[bytes, bytes]) -> str:
    """Return this server's address as the browser knows it; a host that could not stand in a command is left out."""
    host = headers.get(b"host", b"").decode("latin-1")
    scheme = "https" if headers.get(b"x-forwarded-proto") == b"https" else "http"
    return f"{scheme}://{host if _HOST.fullmatch(host) else 'localhost'}"


def theme_of(text: str | None) -> Theme:
    """Return the light that a cookie asks for."""
    return "dark" if text == "dark" else "light" if text == "light" else ""
