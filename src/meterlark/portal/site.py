"""The portal as a site: `/portal`, and the files of its page and of the element under `/portal/`."""

import html
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from string import Template
from typing import Final, NamedTuple
from urllib.parse import parse_qs

from meterlark.model.errors import InvalidInputError, NotFoundError
from meterlark.server.body import read_body
from meterlark.server.problem import NOT_MODIFIED, OK, MethodNotAllowedError, problem_reply
from meterlark.server.reply import Reply
from meterlark.server.site import SiteRequest

PATH: Final = "/portal"
FOLDER: Final = Path(__file__).parent / "static"
PAGE: Final = "page.html"

TOKEN_LENGTH_MAX: Final = 16 * 1024
"""A token with 100 meters of the longest slugs and the longest subject has some 14,000 characters."""

FORM_BYTES_MAX: Final = TOKEN_LENGTH_MAX + 1024

_TOKEN: Final = re.compile(r"[A-Za-z0-9_.\-]*")
_TYPES: Final = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


class _File(NamedTuple):
    media_type: str
    content: bytes
    tag: bytes


class PortalSite:
    """Serves the page and the element.

    Args:
        origins: Of the sites that may frame the page, as browsers send them; `*` stands for any. Framing shows nothing to whoever has no
            token, and there is nothing on the page that a click could change.
        zone_name: IANA name of the time zone of the page's days and months, where its address does not name another.
    """

    def __init__(self, origins: Sequence[str], *, zone_name: str) -> None:
        self._zone_name = zone_name
        self._page = Template((FOLDER / PAGE).read_text(encoding="utf-8"))
        self._files = {f"{PATH}/{path.name}": _read(path) for path in sorted(FOLDER.iterdir()) if path.suffix in _TYPES}
        policy = (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            f"frame-ancestors {' '.join(origins)}",
        )
        self._headers = (
            ("content-security-policy", "; ".join(policy)),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
        )

    def serves(self, path: str) -> bool:
        """Tell whether a path is the page or below it."""
        return path == PATH or path.startswith(f"{PATH}/")

    async def answer(self, request: SiteRequest) -> Reply:
        """Answer a request.

        Raises:
            InvalidInputError: What was posted is no form with a token.
            TooLargeError: It is longer than any token.
            NotFoundError: There is no such file.
            MethodNotAllowedError: The page is read or posted to, its files are read.
        """
        if request.path != PATH:
            return self._file(request)
        if request.method == "POST":
            return self._show(_token_of(await read_body(request.headers, request.receive, bytes_max=FORM_BYTES_MAX)))
        _require_read(request.method, ("GET", "HEAD", "POST"))
        return self._show("")

    def problem(self, error: Exception, request: SiteRequest) -> Reply:
        """Return the problem as the API writes it: nobody comes here by a link."""
        return problem_reply(error, request_id=request.request_id)

    def _show(self, token: str) -> Reply:
        return Reply(
            OK,
            self._page.substitute(token=html.escape(token), zone=html.escape(self._zone_name)).encode(),
            "text/html; charset=utf-8",
            self._headers,
        )

    def _file(self, request: SiteRequest) -> Reply:
        file = self._files.get(request.path)
        if file is None:
            raise NotFoundError(f"nothing is at {request.path[:200]}; the element is at {PATH}/element.js")
        _require_read(request.method, ("GET", "HEAD"))
        headers = (
            # Its address stays the same from version to version, so browsers ask each time whether it has changed.
            ("cache-control", "public, no-cache"),
            ("etag", file.tag.decode("ascii")),
            ("x-content-type-options", "nosniff"),
            ("cross-origin-resource-policy", "cross-origin"),
        )
        if _is_known(file, request.headers):
            return Reply(NOT_MODIFIED, headers=headers)
        return Reply(OK, file.content, file.media_type, headers)


def _read(path: Path) -> _File:
    content = path.read_bytes()
    return _File(_TYPES[path.suffix], content, b'"%b"' % sha256(content).hexdigest()[:32].encode())


def _is_known(file: _File, headers: Mapping[bytes, bytes]) -> bool:
    return file.tag in (tag.strip().removeprefix(b"W/") for tag in headers.get(b"if-none-match", b"").split(b","))


def _require_read(method: str, allowed: tuple[str, ...]) -> None:
    if method not in {"GET", "HEAD"}:
        raise MethodNotAllowedError(method, allowed)


def _token_of(body: bytes) -> str:
    """Return the token of a form; what was sent is not repeated in the error, for it may be one."""
    fields = parse_qs(body.decode("latin-1"), max_num_fields=1) if body.count(b"&") == 0 else {}
    token = fields.get("token", [""])[0]
    if not token or _TOKEN.fullmatch(token) is None:
        raise InvalidInputError("the form needs one field, token, with a portal token", field="token")
    return token
