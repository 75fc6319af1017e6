"""Who sends a request, from its headers; and whether the operation allows it."""

from collections.abc import Mapping
from typing import Final

from meterlark.model.errors import ForbiddenError, UnauthenticatedError
from meterlark.service.access import Access
from meterlark.service.principal import Principal, Scope

ANYBODY: Final = Principal("anybody", frozenset())
"""Who asks what everybody may ask; it may do nothing else."""

_LOOPBACK_NAMES: Final = frozenset((b"localhost", b"127.0.0.1", b"[::1]"))


def bearer_of(headers: Mapping[bytes, bytes]) -> str | None:
    """Return the text of `authorization: Bearer …`; None without the header.

    Raises:
        UnauthenticatedError: Another scheme, or no text.
    """
    value = headers.get(b"authorization")
    if value is None:
        return None
    scheme, _, text = value.partition(b" ")
    bearer = text.strip()
    if scheme.lower() != b"bearer" or not bearer or not bearer.isascii():
        raise UnauthenticatedError("invalid authorization header; it looks like 'Bearer mlk_...'")
    return bearer.decode("ascii")


def authorise(access: Access, scope: Scope | None, bearer: str | None) -> Principal:
    """Return who sends a request to an operation of a scope.

    Raises:
        UnauthenticatedError: No valid key or token.
        ForbiddenError: It does not allow the scope.
        RateLimitedError: The key's limit is passed.
    """
    if scope is None:
        return ANYBODY
    if scope is Scope.PORTAL:
        return access.portal_principal_of(bearer)
    principal = access.principal_of(bearer)
    principal.require(scope)
    return principal


def check_host(headers: Mapping[bytes, bytes]) -> None:
    """Refuse a request that names another host while the server is open.

    A page on the web can make a browser on this machine call a name that it points to 127.0.0.1 (DNS rebinding); its `host` gives it away.

    Raises:
        ForbiddenError: The header names something else than this machine.
    """
    host = headers.get(b"host", b"localhost").strip().lower()
    name = host[: host.index(b"]") + 1] if host.startswith(b"[") and b"]" in host else host.partition(b":")[0]
    if name not in _LOOPBACK_NAMES:
        raise ForbiddenError(f"host is {host[:80].decode('latin-1')!r}; while there is no admin key, only loopback names are answered")
