"""The audit log: who changed what, when; a chain of digests that shows whether it was tampered with."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Final

import msgspec

from meterlark.model.errors import CorruptDataError

FIRST_DIGEST: Final = "0" * 64
"""What the first entry carries as the digest of the one before."""


def _null() -> msgspec.Raw:
    return msgspec.Raw(b"null")


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One management call.

    Attributes:
        at: When, aware UTC.
        actor: Who: `key:` and the key's id, `open` without keys, `configuration`, `command line`.
        operation: What was done, such as `createMeter`.
        target: To what: kind and id.
        request_id: The request it came with; empty for none.
        before: JSON of the thing before; null for a new one. Never holds a secret.
        after: JSON of the thing afterwards; null for a deleted one.
    """

    at: datetime
    actor: str
    operation: str
    target: str
    request_id: str = ""
    before: msgspec.Raw = msgspec.field(default_factory=_null)
    after: msgspec.Raw = msgspec.field(default_factory=_null)


class StoredEntry(msgspec.Struct, frozen=True, rename="camel"):
    """An entry in its place.

    Attributes:
        number: Place in the log, from 1, without gaps.
        previous: Digest of the entry before, in hexadecimal.
        digest: Of `previous` and this entry's text, in hexadecimal.
        entry: What happened.
    """

    number: int
    previous: str
    digest: str
    entry: AuditEntry


def entry_text(entry: AuditEntry) -> bytes:
    """Return the JSON that is stored and hashed."""
    return msgspec.json.encode(entry)


def digest_of(previous: str, text: bytes) -> str:
    """Return the digest of an entry: SHA-256 over the digest before, in ASCII, and the entry's text."""
    return sha256(previous.encode("ascii") + text).hexdigest()


def verify(entries: Iterable[StoredEntry]) -> int:
    """Check a whole log, oldest first; return how many entries it has.

    Raises:
        CorruptDataError: Names the first entry that does not fit.
    """
    previous, number = FIRST_DIGEST, 0
    for stored in entries:
        number += 1
        if stored.number != number or stored.previous != previous or stored.digest != digest_of(previous, entry_text(stored.entry)):
            raise CorruptDataError(f"the audit log was changed: entry {stored.number} does not follow from the one before")
        previous = stored.digest
    return number
