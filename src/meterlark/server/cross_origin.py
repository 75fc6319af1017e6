"""Which pages of other origins may read what the portal answers (the fetch standard's CORS).

A portal token in the `authorization` header is the only credential: there are no cookies to send, so nothing is allowed with credentials.
Errors carry the headers, too, because a page must learn that its token has expired.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from meterlark.server.reply import Reply, StreamReply

ANY: Final = "*"
PREFIXES: Final = ("/api/v1/portal/meters", "/portal/")
"""Where a token's usage is answered, and the element that asks for it."""

PREFLIGHT: Final = (
    ("access-control-allow-methods", "GET, OPTIONS"),
    ("access-control-allow-headers", "authorization, accept, content-type"),
    ("access-control-max-age", "1728000"),
)
"""As in the OpenMeter protocol; who may ask is in another header, which `CrossOrigin` adds."""


class CrossOrigin:
    """Adds to answers who may read them.

    Args:
        origins: As browsers send them, such as `https://app.example.com`; `*` stands for any.
    """

    def __init__(self, origins: Sequence[str] = (ANY,)) -> None:
        self._origins = frozenset(origins)

    def allow(self, reply: Reply | StreamReply, path: str, origin: bytes) -> Reply | StreamReply:
        """Return the reply to a page.

        Args:
            reply: Of any status.
            path: That was asked for.
            origin: Of the page, as in the request's header; empty for none.
        """
        if isinstance(reply, StreamReply) or not path.startswith(PREFIXES):
            return reply
        return msgspec.structs.replace(reply, headers=(*reply.headers, *self._headers(origin.decode("latin-1"))))

    def _headers(self, origin: str) -> tuple[tuple[str, str], ...]:
        if ANY in self._origins:
            return (("access-control-allow-origin", ANY),)
        vary = ("vary", "origin")
        return (("access-control-allow-origin", origin), vary) if origin in self._origins else (vary,)
