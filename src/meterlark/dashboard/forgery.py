"""Protection of forms against other sites (cross-site request forgery): the browser's `origin` must be this server, and a token must match.

The token is a keyed digest of the session's text, or of nothing where there is none: on a server that is open, another site can make the
browser send a form, but it can neither read a page's token nor forge the origin.
"""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from meterlark.model.errors import ForbiddenError

FIELD: Final = "csrf"
SECRET_BYTES: Final = 32


class FormTokens:
    """Makes and checks the tokens of one run of the server.

    Args:
        secret: Random; a restart makes old pages' forms invalid.
    """

    def __init__(self, secret: bytes) -> None:
        assert len(secret) == SECRET_BYTES
        self._secret = secret

    def token(self, session: str) -> str:
        """Return the token for the forms of a session."""
        return hmac.new(self._secret, session.encode(), sha256).hexdigest()

    def check(self, session: str, token: str) -> None:
        """Return when a form's token is that of the session.

        Raises:
            ForbiddenError: It is not.
        """
        if not hmac.compare_digest(self.token(session).encode(), token.encode("utf-8", "surrogateescape")):
            raise ForbiddenError("the form is too old: load the page again and send it once more")


def check_origin(headers: Mapping[bytes, bytes]) -> str:
    """Return the scheme of the page that sends a form, when it is a page of this server.

    Raises:
        ForbiddenError: Another site sends it, or the browser does not say who does.
    """
    origin = headers.get(b"origin", b"").decode("latin-1")
    try:
        parts = urlsplit(origin)
    except ValueError as error:
        raise ForbiddenError("the form's origin cannot be read") from error
    if (
        parts.scheme not in {"http", "https"}
        or not parts.netloc
        or parts.netloc.lower() != headers.get(b"host", b"").decode("latin-1").lower()
    ):
        raise ForbiddenError(f"forms are taken from this server's own pages only; this one came from {origin[:80] or 'nowhere'}")
    return parts.scheme
