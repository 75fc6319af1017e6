"""Logging in by key, logging out, and choosing between light and dark."""

import re
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from meterlark.dashboard.forgery import check_origin
from meterlark.dashboard.frame import THEME_COOKIE
from meterlark.dashboard.page import Page, Visit, see_other
from meterlark.dashboard.session import COOKIE, LIFE, Sessions
from meterlark.model.errors import MeterlarkError, RateLimitedError, UnauthenticatedError
from meterlark.server.problem import status_of
from meterlark.server.reply import Reply
from meterlark.service.principal import Scope

HOME: Final = "/overview"
THEME_SECONDS: Final = 365 * 24 * 3600
_LOCAL: Final = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")

Next = Annotated[str, Meta(max_length=8_192)]


class LoginQuery(msgspec.Struct, frozen=True):
    """Where to go afterwards."""

    next: Next = HOME


class LoginForm(msgspec.Struct, frozen=True):
    """The key."""

    key: str = ""
    next: Next = HOME


class ThemeForm(msgspec.Struct, frozen=True):
    """The light."""

    theme: Literal["light", "dark", "system"]
    next: Next = HOME


class LoginPages:
    """The pages that begin and end sessions.

    Args:
        sessions: Remembers them.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def pages(self) -> tuple[Page, ...]:
        """Return them."""
        return (
            Page(path="/", scope=None, handler=_home),
            Page(path="/login", scope=None, handler=_show, query=LoginQuery),
            Page(method="POST", path="/login", scope=None, handler=self._log_in, form=LoginForm),
            Page(method="POST", path="/logout", scope=None, handler=self._log_out),
            Page(method="POST", path="/theme", scope=None, handler=_choose, form=ThemeForm),
        )

    async def _log_in(self, visit: Visit) -> Reply:
        form: LoginForm = visit.call.body
        access = visit.call.services.access
        text = form.key.strip()
        try:
            if not text.isascii():
                raise UnauthenticatedError("the key is unknown, revoked or mistyped")
            access.principal_of(text).require(Scope.READ)
            key_id = access.key_id_of(text)
        except RateLimitedError:
            raise
        except MeterlarkError as error:
            return visit.page("login.html", status=status_of(error), next=local_path(form.next), said=str(error))
        is_secure = check_origin(visit.call.headers) == "https"
        cookie = f"{COOKIE}={self._sessions.begin(key_id)}; Path=/; HttpOnly; SameSite=Strict; Max-Age={int(LIFE.total_seconds())}"
        return see_other(local_path(form.next), ("set-cookie", f"{cookie}; Secure" if is_secure else cookie))

    async def _log_out(self, visit: Visit) -> Reply:
        for part in visit.call.headers.get(b"cookie", b"").decode("latin-1").split(";"):
            name, _, text = part.strip().partition("=")
            if name == COOKIE:
                self._sessions.end(text)
        return see_other("/login", ("set-cookie", f"{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"))


async def _home(_visit: Visit) -> Reply:
    return see_other(HOME)


async def _show(visit: Visit) -> Reply:
    query: LoginQuery = visit.call.query
    if visit.frame.is_open:
        return see_other(local_path(query.next))
    return visit.page("login.html", next=local_path(query.next), said=None)


async def _choose(visit: Visit) -> Reply:
    form: ThemeForm = visit.call.body
    age = 0 if form.theme == "system" else THEME_SECONDS
    return see_other(
        local_path(form.next), ("set-cookie", f"{THEME_COOKIE}={form.theme}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}")
    )


def local_path(text: str) -> str:
    """Return a path of this server, or the first page for anything else: a link may not lead a visitor who logs in to another site."""
    return text if _LOCAL.fullmatch(text) else HOME
