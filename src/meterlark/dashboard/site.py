"""The dashboard as a site: finds the page, knows the visitor, reads what the page declares, and shows its answer or the error."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

from starlette.routing import Match, Route

from meterlark.dashboard.assets import PREFIX as ASSETS_PREFIX
from meterlark.dashboard.assets import Assets
from meterlark.dashboard.forgery import FIELD as CSRF_FIELD
from meterlark.dashboard.forgery import FormTokens, check_origin
from meterlark.dashboard.frame import THEME_COOKIE, Frame, address_of, theme_of
from meterlark.dashboard.login import LoginPages
from meterlark.dashboard.page import Page, Visit, see_other
from meterlark.dashboard.pages import PAGES
from meterlark.dashboard.render import Renderer
from meterlark.dashboard.session import COOKIE, Sessions
from meterlark.model.errors import InvalidInputError, MeterlarkError, NotFoundError, UnauthenticatedError, UnsupportedMediaTypeError
from meterlark.server.auth import ANYBODY
from meterlark.server.body import read_body
from meterlark.server.operation import Call
from meterlark.server.parameters import PARAMETERS_MAX, read_query
from meterlark.server.problem import MethodNotAllowedError, status_of
from meterlark.server.reply import Reply, StreamReply
from meterlark.server.site import SiteRequest
from meterlark.service.principal import OPEN, Principal
from meterlark.service.services import Services

FORM_BYTES_MAX: Final = 1024 * 1024
"""A form with one pasted event, which may have 256 KiB and grows threefold by percent-encoding."""

FORM_TYPE: Final = b"application/x-www-form-urlencoded"


class Dashboard:
    """Serves the pages.

    Args:
        services: What they show and change.
        zone_name: The reporting time zone, where a page is not asked for another.
        secret: Signs form tokens; of `forgery.SECRET_BYTES` random bytes.
        sessions: Remembers logins.
    """

    def __init__(self, services: Services, *, zone_name: str, secret: bytes, sessions: Sessions) -> None:
        self._services = services
        self._zone_name = zone_name
        self._tokens = FormTokens(secret)
        self._sessions = sessions
        self._assets = Assets()
        self._renderer = Renderer(self._assets)
        login = LoginPages(sessions)
        self._routes = [(Route(page.path, _unused, methods=[page.method]), page) for page in (*PAGES, *login.pages())]
        self._names = {page.path.split("/")[1] for _, page in self._routes} - {""} | {"static"}

    def serves(self, path: str) -> bool:
        """Tell whether a path is a page's or an asset's, or looks like one."""
        return path == "/" or (path.startswith("/") and path.split("/", 2)[1] in self._names)

    async def answer(self, request: SiteRequest) -> Reply | StreamReply:
        """Answer a request.

        Raises:
            MeterlarkError: `problem` says it to the visitor.
        """
        if request.path.startswith(ASSETS_PREFIX):
            return self._assets.reply(request.path, request.headers)
        page, path = self._find(request)
        session = _cookies(request.headers).get(COOKIE, "")
        form = await self._form(page, session, request)
        principal = self._principal(page, session)
        if page.scope is not None:
            principal.require(page.scope)
        query = read_query(page.query, _without_blanks(request.query_string))
        call = Call(self._services, principal, request.request_id, path, query, form, request.headers)
        return await page.handler(Visit(call, self._frame(request, principal, session), self._renderer))

    def problem(self, error: Exception, request: SiteRequest) -> Reply:
        """Return the page that tells of an error; whoever must log in first is sent to do that."""
        if isinstance(error, UnauthenticatedError) and request.method in {"GET", "HEAD"}:
            return see_other(f"/login?{urlencode({'next': _here(request)})}")
        session = _cookies(request.headers).get(COOKIE, "")
        try:
            principal = self._principal(None, session)
        except MeterlarkError:
            principal = ANYBODY
        status = status_of(error)
        said = str(error) if isinstance(error, MeterlarkError) else None
        return self._renderer.page(
            "error.html",
            status=status,
            frame=self._frame(request, principal, session),
            title=status.phrase,
            said=said,
            request_id=request.request_id,
        )

    def _find(self, request: SiteRequest) -> tuple[Page, dict[str, str]]:
        method = "GET" if request.method == "HEAD" else request.method
        allowed: list[str] = []
        for route, page in self._routes:
            match, child = route.matches({"type": "http", "method": method, "path": request.path})
            if match is Match.FULL:
                return page, child["path_params"]
            if match is Match.PARTIAL:
                allowed.append(page.method)
        if allowed:
            raise MethodNotAllowedError(request.method, tuple(sorted(set(allowed))))
        raise NotFoundError(f"there is no page at {request.path[:200]}")

    def _principal(self, page: Page | None, session: str) -> Principal:
        access = self._services.access
        if access.is_open:
            return OPEN
        if page is not None and page.scope is None:
            return ANYBODY
        key_id = self._sessions.key_id_of(session)
        if key_id is None:
            raise UnauthenticatedError("log in first")
        return access.principal_of_key_id(key_id)

    async def _form(self, page: Page, session: str, request: SiteRequest) -> object:
        """Return a POST's form, of the page's struct, when it comes from a page of ours."""
        if page.method != "POST":
            return None
        check_origin(request.headers)
        if request.headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != FORM_TYPE:
            raise UnsupportedMediaTypeError(f"a form is sent as {FORM_TYPE.decode()}", field="content-type")
        body = await read_body(request.headers, request.receive, bytes_max=FORM_BYTES_MAX)
        pairs = _pairs(body)
        self._tokens.check(session, next((value for name, value in pairs if name == CSRF_FIELD), ""))
        return read_query(page.form, urlencode([pair for pair in pairs if pair[0] != CSRF_FIELD and pair[1]]).encode())

    def _frame(self, request: SiteRequest, principal: Principal, session: str) -> Frame:
        return Frame(
            path=request.path,
            here=_here(request),
            address=address_of(request.headers),
            theme=theme_of(_cookies(request.headers).get(THEME_COOKIE)),
            csrf=self._tokens.token(session),
            principal=principal,
            is_open=self._services.access.is_open,
            zone_name=self._zone_name,
        )


def _here(request: SiteRequest) -> str:
    """Return path and query; of a form, the page that it belongs to is its path."""
    path = quote(request.path, safe="/:@!$&'()*+,;=~")
    if request.method not in {"GET", "HEAD"} or not request.query_string:
        return path
    return f"{path}?{request.query_string.decode('latin-1')}"


def _cookies(headers: Mapping[bytes, bytes]) -> dict[str, str]:
    """Return the cookies that were sent; of a name that stands twice the first, as browsers send the most specific one first."""
    cookies: dict[str, str] = {}
    for part in headers.get(b"cookie", b"").decode("latin-1").split(";"):
        name, _, value = part.strip().partition("=")
        cookies.setdefault(name, value)
    return cookies


def _without_blanks(query_string: bytes) -> bytes:
    """Leave out parameters without a value: a browser sends every field of a form, also those that were left empty."""
    parts = [part for part in query_string.split(b"&") if part.partition(b"=")[2]]
    return b"&".join(parts)


def _pairs(body: bytes) -> Sequence[tuple[str, str]]:
    try:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=PARAMETERS_MAX)
    except ValueError as error:
        raise InvalidInputError("the form cannot be read; it is sent as percent-encoded UTF-8") from error


async def _unused(_scope: object) -> None:
    raise AssertionError("routes are only matched")
