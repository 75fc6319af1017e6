"""What a catalog promises, in terms of crash and retry.

1. **Durable.** When a call returns, its change survives kill -9 and a power cut.
2. **All or nothing.** A call that raised, or was never answered, changed everything it names or nothing; its audit entry is part of it.
3. **One live holder per claim.** A claim is a text within a scope, such as a meter's slug; a deleted record frees its claims, never its id.
4. **Nothing is forgotten.** A deletion marks the record; usage that was measured by it can still be explained.
5. **The audit log only grows.** Each entry carries the digest of the one before, so a changed or missing one is found (`audit.py`).
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

import msgspec

from meterlark.catalog.audit import AuditEntry, StoredEntry


class Kind(StrEnum):
    """What people define."""

    METER = "meter"
    CUSTOMER = "customer"
    SUBJECT = "subject"
    FEATURE = "feature"
    RATE_CARD = "rate_card"
    CLOSED_PERIOD = "closed_period"
    API_KEY = "api_key"
    PORTAL_TOKEN = "portal_token"  # noqa: S105 - the name of a kind
    PRICE_DOCUMENT = "price_document"
    PRICE_VERSION = "price_version"
    REPRICING = "repricing"
    SECRET = "secret"  # noqa: S105 - the name of a kind


class Claim(NamedTuple):
    """A text that one live record may hold.

    Attributes:
        scope: What the text is, such as `meter.slug`.
        text: The text itself.
    """

    scope: str
    text: str


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One thing as stored.

    Attributes:
        kind: What it is.
        id: Given by the caller; never used again within its kind, also not after deletion.
        claims: Texts that no other live record may hold.
        created_at: Aware UTC, microseconds.
        updated_at: Aware UTC, microseconds; `created_at` at first.
        deleted_at: Aware UTC; None while it lives.
        definition: JSON of the thing; the catalog does not look inside.
    """

    kind: Kind
    id: str
    claims: tuple[Claim, ...] = ()
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    definition: bytes


class Catalog(Protocol):
    """Records by kind and id, and the audit log of their changes. May be used from any thread; calls block until the disk has answered."""

    def records(self, kind: Kind, *, include_deleted: bool = False) -> list[Record]:
        """Return the records of a kind, ordered by id."""
        ...

    def record(self, kind: Kind, record_id: str) -> Record:
        """Return one record, also a deleted one.

        Raises:
            NotFoundError: There is none of that kind and id.
        """
        ...

    def add(self, record: Record, entry: AuditEntry) -> None:
        """Store a new live record and the entry that tells of it.

        Raises:
            ConflictError: Another live record holds one of its claims, or any record of the kind has the id.
            UnavailableError: The disk failed; nothing changed.
        """
        ...

    def update(self, record: Record, entry: AuditEntry) -> None:
        """Replace claims, definition and `updated_at` of the live record with this kind and id.

        Raises:
            NotFoundError: There is no such live record.
            ConflictError: Another live record holds one of the claims.
            UnavailableError: The disk failed; nothing changed.
        """
        ...

    def delete(self, kind: Kind, record_id: str, *, deleted_at: datetime, entry: AuditEntry) -> None:
        """Mark a live record as deleted.

        Raises:
            NotFoundError: There is no such live record; so a second deletion is an error, too.
            UnavailableError: The disk failed; nothing changed.
        """
        ...

    def log(self, entry: AuditEntry) -> None:
        """Store an entry about something that is no record.

        Raises:
            UnavailableError: The disk failed; nothing changed.
        """
        ...

    def audit(self, *, before: int | None, limit: int) -> list[StoredEntry]:
        """Return entries with a number below `before` (None: all), newest first."""
        ...

    def close(self) -> None:
        """Release files. A second call does nothing; any other call afterwards is an error."""
        ...


def taken(claim: Claim) -> str:
    """Return the message of a conflict over a claim."""
    return f"{claim.scope} {claim.text[:200]!r} is taken"


def same_id(kind: Kind, record_id: str) -> str:
    """Return the message of a conflict over an id."""
    return f"{kind} with the same id already exists: {record_id}"


def not_there(kind: Kind, record_id: str) -> str:
    """Return the message about a missing record."""
    return f"no {kind} with id {record_id}"


def distinct(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Return each claim once, sorted, so that equal sets are equal tuples."""
    return tuple(sorted(set(claims)))
