"""Portal tokens: short-lived, for one subject and listed meters, so that a product can show its customers their own usage.

A token is a JWT signed with HS256 and nothing else, by a secret of this server's data; its id is in the catalog as long as it may be used,
so a token can be taken back. Claims are those of the OpenMeter protocol.
"""

import asyncio
import base64
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

import jwt
import msgspec

from meterlark.catalog.contract import Catalog, Kind, Record
from meterlark.metering.measurement import DERIVED
from meterlark.metering.meter import Meter
from meterlark.metering.path import compile_path
from meterlark.model.errors import InvalidInputError, NotFoundError, UnauthenticatedError
from meterlark.model.event import DEFAULT_NAMESPACE
from meterlark.service.audit import entry_of
from meterlark.service.principal import Actor, Principal, Scope

ALGORITHM: Final = "HS256"
ISSUER: Final = "openmeter"
"""Clients of the protocol treat the token as opaque; tools that look inside expect this issuer."""

SECRET_BYTES: Final = 32
SECRET_ID: Final = "portal"  # noqa: S105 - the name of the record, not the secret
LIFE_DEFAULT: Final = timedelta(hours=1)
LIFE_MAX: Final = timedelta(hours=24)
"""A token sits in an end customer's browser; a day is the longest that it may be of use to whoever copies it (design.md section 7)."""

SUBJECT_LENGTH_MAX: Final = 1024
METERS_MAX: Final = 100
TOKENS_MAX: Final = 100_000
"""Live tokens; each is some 300 bytes in memory. Expired ones are forgotten when new ones are made."""

_NAME: Final = "portal:"
"""What the name of a token's principal begins with; its id follows."""

_REQUIRED: Final = ["exp", "iat", "iss", "sub", "Id"]


class PortalToken(msgspec.Struct, frozen=True, kw_only=True):
    """One token, without its text.

    Attributes:
        id: ULID.
        subject: Whose usage it shows.
        meters: The only meters, by slug; None for all that `shows` allows.
        created_at: Aware UTC.
        expires_at: Aware UTC.
    """

    id: str
    subject: str
    meters: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime


class _Stored(msgspec.Struct, frozen=True):
    subject: str
    meters: tuple[str, ...] | None
    expires_at: datetime


class Portal:
    """The portal tokens of one server.

    Args:
        catalog: Where they are kept.
        now: The clock; aware UTC.
        new_id: Makes ULIDs.
        random_bytes: Gives that many random bytes from a cryptographic source.
    """

    def __init__(
        self, catalog: Catalog, *, now: Callable[[], datetime], new_id: Callable[[], str], random_bytes: Callable[[int], bytes]
    ) -> None:
        self._catalog = catalog
        self._now = now
        self._new_id = new_id
        self._secret = _secret(catalog, now, random_bytes)
        self._tokens = {record.id: _from_record(record) for record in catalog.records(Kind.PORTAL_TOKEN)}

    async def create(
        self, subject: str, *, meters: Iterable[str] | None, expires_at: datetime | None, by: Actor
    ) -> tuple[PortalToken, str]:
        """Make a token; its text is in the answer and nowhere else.

        Args:
            subject: Whose usage it shows.
            meters: Slugs of existing meters; None for all but those of cost, see `shows`.
            expires_at: Aware UTC; None for an hour from now.
            by: For the audit log.

        Raises:
            InvalidInputError: A value is out of range.
        """
        now = self._now()
        ends_at = expires_at or now + LIFE_DEFAULT
        slugs = None if meters is None else tuple(meters)
        _check(subject, slugs, now=now, ends_at=ends_at)
        await self._forget_expired(now)
        if len(self._tokens) >= TOKENS_MAX:
            raise InvalidInputError(f"there are {TOKENS_MAX} live portal tokens already; invalidate some")
        token = PortalToken(id=self._new_id(), subject=subject, meters=slugs, created_at=now, expires_at=ends_at)
        entry = entry_of(by, "createPortalToken", f"portal_token:{token.id}", at=now, after=token)
        await asyncio.to_thread(self._catalog.add, _to_record(token), entry)
        self._tokens[token.id] = token
        claims: dict[str, Any] = {
            "sub": subject,
            "exp": int(ends_at.timestamp()),
            "iat": int(now.timestamp()),
            "iss": ISSUER,
            "Namespace": DEFAULT_NAMESPACE,
            "Id": token.id,
        }
        if slugs is not None:
            claims["AllowedMeterSlugs"] = list(slugs)
        return token, jwt.encode(claims, self._secret, algorithm=ALGORITHM)

    async def tokens(self, *, limit: int) -> list[PortalToken]:
        """Return the newest tokens first; expired ones included until they are forgotten."""
        return sorted(self._tokens.values(), key=lambda token: token.id, reverse=True)[:limit]

    async def invalidate(self, *, token_id: str | None, subject: str | None, by: Actor) -> None:
        """Take back one token, all of a subject, or (with neither) all.

        Raises:
            NotFoundError: There is no such token.
        """
        if token_id is not None and token_id not in self._tokens:
            raise NotFoundError(f"portal token not found: {token_id[:80]}")
        for token in list(self._tokens.values()):
            if token_id in (None, token.id) and subject in (None, token.subject):
                await self._delete(token, operation="invalidatePortalToken", by=by)

    def token_of(self, principal: Principal) -> PortalToken:
        """Return the live token that a principal came with.

        Raises:
            UnauthenticatedError: It was taken back meanwhile.
        """
        token = self._tokens.get(principal.name.removeprefix(_NAME))
        if token is None:
            raise UnauthenticatedError("invalid token: it was invalidated")
        return token

    def principal_of(self, text: str) -> Principal:
        """Return who a token speaks for.

        Raises:
            UnauthenticatedError: It is not one of ours, has expired, or was taken back.
        """
        try:
            claims = jwt.decode(
                text, self._secret, algorithms=[ALGORITHM], issuer=ISSUER, options={"require": _REQUIRED, "verify_exp": False}
            )
        except jwt.InvalidTokenError as error:
            raise UnauthenticatedError("invalid token") from error
        token = self._tokens.get(claims["Id"]) if isinstance(claims["Id"], str) else None
        if token is None:
            raise UnauthenticatedError("invalid token: it was invalidated")
        # What the token may do is what was stored, not what it says: a claim given twice, or a moved clock, changes nothing.
        if self._now() >= token.expires_at:
            raise UnauthenticatedError("token expired")
        return Principal(
            f"{_NAME}{token.id}",
            frozenset((Scope.PORTAL,)),
            subjects=frozenset((token.subject,)),
            meters=None if token.meters is None else frozenset(token.meters),
        )

    async def _forget_expired(self, now: datetime) -> None:
        for token in [token for token in self._tokens.values() if now >= token.expires_at]:
            await self._delete(token, operation="expirePortalToken", by=Actor("expiry"))

    async def _delete(self, token: PortalToken, *, operation: str, by: Actor) -> None:
        now = self._now()
        entry = entry_of(by, operation, f"portal_token:{token.id}", at=now, before=token)
        await asyncio.to_thread(self._catalog.delete, Kind.PORTAL_TOKEN, token.id, deleted_at=now, entry=entry)
        self._tokens.pop(token.id, None)


def shows(meters: Collection[str] | None, meter: Meter) -> bool:
    """Tell whether a token shows a meter: one that it lists, or without a list each that does not measure what Meterlark derives.

    What usage cost a product is not its customers' to know unless it says so.

    Args:
        meters: The slugs that the token lists; None for no list.
        meter: A live one.
    """
    if meters is not None:
        return meter.slug in meters
    return meter.value_property is None or compile_path(meter.value_property, field="valueProperty")[:1] != (DERIVED,)


def _check(subject: str, meters: tuple[str, ...] | None, *, now: datetime, ends_at: datetime) -> None:
    if not subject or len(subject) > SUBJECT_LENGTH_MAX:
        raise InvalidInputError(f"subject needs 1 to {SUBJECT_LENGTH_MAX} characters", field="subject")
    if meters is not None and not 1 <= len(meters) <= METERS_MAX:
        raise InvalidInputError(f"allowedMeterSlugs needs 1 to {METERS_MAX} entries, or none at all", field="allowedMeterSlugs")
    if not now < ends_at <= now + LIFE_MAX:
        raise InvalidInputError(f"expiresAt must lie within {LIFE_MAX // timedelta(hours=1)} hours from now", field="expiresAt")


def _secret(catalog: Catalog, now: Callable[[], datetime], random_bytes: Callable[[int], bytes]) -> bytes:
    """Return the signing secret of this data; made at the first start."""
    for record in catalog.records(Kind.SECRET):
        if record.id == SECRET_ID:
            return base64.b64decode(record.definition)
    secret = random_bytes(SECRET_BYTES)
    at = now()
    record = Record(kind=Kind.SECRET, id=SECRET_ID, created_at=at, updated_at=at, definition=base64.b64encode(secret))
    catalog.add(record, entry_of(Actor("server"), "createSecret", f"secret:{SECRET_ID}", at=at))
    return secret


def _to_record(token: PortalToken) -> Record:
    stored = _Stored(token.subject, token.meters, token.expires_at)
    return Record(
        kind=Kind.PORTAL_TOKEN,
        id=token.id,
        created_at=token.created_at,
        updated_at=token.created_at,
        definition=msgspec.json.encode(stored),
    )


def _from_record(record: Record) -> PortalToken:
    stored = msgspec.json.decode(record.definition, type=_Stored)
    return PortalToken(
        id=record.id, subject=stored.subject, meters=stored.meters, created_at=record.created_at, expires_at=stored.expires_at
    )
