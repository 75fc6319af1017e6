"""API keys: made, listed, rotated and revoked by people; looked up for each request.

Only the digest of a key is kept, so a key can be shown once. Live keys are held in memory by digest: a look-up costs a hash, and a revoked
key is gone at once.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from time import monotonic
from typing import Final, NamedTuple

import msgspec

from meterlark.catalog.contract import Catalog, Claim, Kind, Record
from meterlark.model.errors import ForbiddenError, InvalidInputError, NotFoundError, RateLimitedError, UnauthenticatedError
from meterlark.service.audit import entry_of
from meterlark.service.key_text import START_LENGTH, is_key, key_digest, make_key
from meterlark.service.principal import KEY_NAME, OPEN, Actor, Principal, Scope
from meterlark.service.rate import TokenBucket

NAME_LENGTH_MAX: Final = 256
BINDINGS_MAX: Final = 1_000
"""Subjects or sources that one key may be bound to."""

RATE_MAX: Final = 100_000
"""Requests each second that a limit may allow; more than a server answers."""

GRACE_SECONDS_MAX: Final = 30 * 24 * 3600
"""How long a rotated key may go on: a month, for users who deploy rarely."""

_KEY_SCOPES: Final = frozenset((Scope.INGEST, Scope.READ, Scope.ADMIN))


class KeyRights(msgspec.Struct, frozen=True, kw_only=True):
    """What a key is for.

    Attributes:
        name: For people.
        scopes: What it may do.
        subjects: The only subjects it may write or see; None for all.
        sources: The only sources it may write; None for all.
        requests_per_second: Limit; None for none.
        expires_at: From when on it is refused, aware UTC; None for never.
    """

    name: str
    scopes: tuple[Scope, ...]
    subjects: tuple[str, ...] | None = None
    sources: tuple[str, ...] | None = None
    requests_per_second: int | None = None
    expires_at: datetime | None = None


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """One key, without its text.

    Attributes:
        id: ULID.
        start: The first characters of the text.
        rights: What it is for.
        created_at: Aware UTC.
        updated_at: Aware UTC.
    """

    id: str
    start: str
    rights: KeyRights
    created_at: datetime
    updated_at: datetime


class NewKey(NamedTuple):
    """A key and its text, which nobody can show again."""

    key: ApiKey
    text: str


class _Stored(msgspec.Struct, frozen=True):
    start: str
    digest: str
    rights: KeyRights


class _Live(NamedTuple):
    key: ApiKey
    principal: Principal
    bucket: TokenBucket | None


class Keys:
    """The keys of one server.

    Args:
        catalog: Where they are kept.
        now: The clock; aware UTC.
        new_id: Makes ULIDs.
        random_bytes: Gives that many random bytes from a cryptographic source.
        may_be_open: Whether everybody may do everything as long as there is no admin key.
    """

    def __init__(
        self,
        catalog: Catalog,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        random_bytes: Callable[[int], bytes],
        may_be_open: bool,
    ) -> None:
        self._catalog = catalog
        self._now = now
        self._new_id = new_id
        self._random_bytes = random_bytes
        self._may_be_open = may_be_open
        self._live: dict[str, _Live] = {}
        self._digests: dict[str, str] = {}
        # Every request asks whether there is an admin key, and the others may be many.
        self._admins: dict[str, ApiKey] = {}
        for record in catalog.records(Kind.API_KEY):
            self._remember(record)

    @property
    def is_open(self) -> bool:
        """Whether requests without a key may do everything."""
        return self._may_be_open and not self.has_admin

    @property
    def has_admin(self) -> bool:
        """Whether there is a live admin key."""
        return any(key.rights.expires_at is None or self._now() < key.rights.expires_at for key in self._admins.values())

    def principal_of(self, bearer: str | None) -> Principal:
        """Return who sends a bearer text; while the server is open, a text that is no key of ours does not matter.

        Raises:
            UnauthenticatedError: No key, or one that is unknown, revoked or expired.
            RateLimitedError: The key's limit is passed.
        """
        live = self._live.get(key_digest(bearer)) if bearer is not None else None
        if live is None:
            if self.is_open and (bearer is None or not is_key(bearer)):
                return OPEN
            raise UnauthenticatedError(
                "a key is needed: authorization: Bearer mlk_..." if bearer is None else "the key is unknown, revoked or mistyped"
            )
        return self._admit(live)

    def principal_of_id(self, key_id: str) -> Principal:
        """Return who a key speaks for that was shown before, as in a session of the dashboard.

        Raises:
            UnauthenticatedError: It is revoked or expired.
            RateLimitedError: Its limit is passed.
        """
        digest = self._digests.get(key_id)
        if digest is None:
            raise UnauthenticatedError("the key is revoked")
        return self._admit(self._live[digest])

    def _admit(self, live: _Live) -> Principal:
        if _has_expired(live.key, self._now()):
            raise UnauthenticatedError("the key has expired")
        if live.bucket is not None and not live.bucket.take(now=monotonic()):
            raise RateLimitedError(f"the key may send {live.key.rights.requests_per_second} requests each second", retry_after_seconds=1)
        return live.principal

    async def keys(self) -> list[ApiKey]:
        """Return the live keys, oldest first; expired ones included until they are deleted."""
        return sorted((live.key for live in self._live.values()), key=lambda key: key.id)

    async def get(self, key_id: str) -> ApiKey:
        """Return one key.

        Raises:
            NotFoundError: There is none of that id.
        """
        digest = self._digests.get(key_id)
        if digest is None:
            raise NotFoundError(f"key not found: {key_id[:80]}")
        return self._live[digest].key

    async def create(self, rights: KeyRights, *, within: Principal, by: Actor) -> NewKey:
        """Make a key; its text is in the answer and nowhere else.

        Args:
            rights: What it is for.
            within: Whoever asks; nobody can give more than they have.
            by: For the audit log.

        Raises:
            InvalidInputError: A right is out of range.
            ForbiddenError: More than the asker has.
        """
        _check_rights(rights, now=self._now())
        _check_within(rights, within)
        return await self._add(rights, operation="createKey", by=by)

    async def rotate(self, key_id: str, *, grace_seconds: int, by: Actor) -> NewKey:
        """Make a new key with the rights of an old one, which ends after the grace.

        Raises:
            NotFoundError: There is no such key.
            InvalidInputError: The grace is out of range.
        """
        if not 0 <= grace_seconds <= GRACE_SECONDS_MAX:
            raise InvalidInputError(f"graceSeconds is {grace_seconds}; allowed is 0 to {GRACE_SECONDS_MAX}", field="graceSeconds")
        old = await self.get(key_id)
        made = await self._add(old.rights, operation="rotateKey", by=by)
        if grace_seconds == 0:
            await self.revoke(key_id, by=by)
            return made
        now = self._now()
        ends_at = now + timedelta(seconds=grace_seconds)
        if old.rights.expires_at is None or ends_at < old.rights.expires_at:
            rights = msgspec.structs.replace(old.rights, expires_at=ends_at)
            record = _record(old.id, old.start, self._digests[key_id], rights, created_at=old.created_at, updated_at=now)
            entry = entry_of(by, "expireKey", f"api_key:{key_id}", at=now, before=old.rights, after=rights)
            await asyncio.to_thread(self._catalog.update, record, entry)
            self._remember(record)
        return made

    async def revoke(self, key_id: str, *, by: Actor) -> None:
        """End a key now.

        Raises:
            NotFoundError: There is no such key.
        """
        old = await self.get(key_id)
        now = self._now()
        entry = entry_of(by, "revokeKey", f"api_key:{key_id}", at=now, before=old.rights)
        await asyncio.to_thread(self._catalog.delete, Kind.API_KEY, key_id, deleted_at=now, entry=entry)
        del self._live[self._digests.pop(key_id)]
        self._admins.pop(key_id, None)

    async def _add(self, rights: KeyRights, *, operation: str, by: Actor) -> NewKey:
        text = make_key(self._random_bytes(32))
        now, key_id = self._now(), self._new_id()
        record = _record(key_id, text[:START_LENGTH], key_digest(text), rights, created_at=now, updated_at=now)
        entry = entry_of(by, operation, f"api_key:{key_id}", at=now, after=rights)
        await asyncio.to_thread(self._catalog.add, record, entry)
        return NewKey(self._remember(record), text)

    def _remember(self, record: Record) -> ApiKey:
        stored = msgspec.json.decode(record.definition, type=_Stored)
        rights = stored.rights
        key = ApiKey(id=record.id, start=stored.start, rights=rights, created_at=record.created_at, updated_at=record.updated_at)
        principal = Principal(
            f"{KEY_NAME}{record.id}", frozenset(rights.scopes), subjects=_set(rights.subjects), sources=_set(rights.sources)
        )
        bucket = None if rights.requests_per_second is None else TokenBucket(rights.requests_per_second, now=monotonic())
        self._live[stored.digest] = _Live(key, principal, bucket)
        self._digests[record.id] = stored.digest
        if Scope.ADMIN in rights.scopes:
            self._admins[record.id] = key
        return key


def _set(texts: Iterable[str] | None) -> frozenset[str] | None:
    return None if texts is None else frozenset(texts)


def _has_expired(key: ApiKey, now: datetime) -> bool:
    return key.rights.expires_at is not None and now >= key.rights.expires_at


def _record(key_id: str, start: str, digest: str, rights: KeyRights, *, created_at: datetime, updated_at: datetime) -> Record:
    return Record(
        kind=Kind.API_KEY,
        id=key_id,
        claims=(Claim("api_key.digest", digest),),
        created_at=created_at,
        updated_at=updated_at,
        definition=msgspec.json.encode(_Stored(start, digest, rights)),
    )


def _check_rights(rights: KeyRights, *, now: datetime) -> None:
    if not rights.name or len(rights.name) > NAME_LENGTH_MAX:
        raise InvalidInputError(f"name needs 1 to {NAME_LENGTH_MAX} characters", field="name")
    if not rights.scopes or not _KEY_SCOPES.issuperset(rights.scopes):
        raise InvalidInputError(f"scopes needs at least one of {', '.join(sorted(_KEY_SCOPES))}", field="scopes")
    for field, texts in (("subjects", rights.subjects), ("sources", rights.sources)):
        if texts is not None and not 1 <= len(texts) <= BINDINGS_MAX:
            raise InvalidInputError(f"{field} needs 1 to {BINDINGS_MAX} entries, or none at all", field=field)
        if texts is not None and Scope.ADMIN in rights.scopes:
            raise InvalidInputError(f"an admin key cannot be bound to {field}; give it other scopes", field=field)
    if rights.requests_per_second is not None and not 1 <= rights.requests_per_second <= RATE_MAX:
        raise InvalidInputError(f"requestsPerSecond is {rights.requests_per_second}; allowed is 1 to {RATE_MAX}", field="requestsPerSecond")
    if rights.expires_at is not None and rights.expires_at <= now:
        raise InvalidInputError("expiresAt is in the past", field="expiresAt")


def _check_within(rights: KeyRights, within: Principal) -> None:
    """Nobody gives more than they have; an admin key is never bound, so holding the scope says it all."""
    for scope in rights.scopes:
        if scope not in within.scopes and Scope.ADMIN not in within.scopes:
            raise ForbiddenError(f"a key with the scope {scope} can only be made by one that has it")
