"""What goes over the wire, as types. Written by `script/typegen`; do not edit."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec


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
    before: Any = None
    after: Any = None


class AuditVerified(msgspec.Struct, frozen=True, kw_only=True):
    """The chain holds.

    Attributes:
        entries: How many entries it has.
    """

    entries: int


class CloudEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One CloudEvent 1.0 in structured mode; other attributes are extensions and are kept.

    Attributes:
        id: Unique together with `source`: the idempotency key.
        source: Who produced the event.
        specversion: Always `1.0`.
        type: Which meters look at it.
        subject: Who or what used it.
        time: When it happened, RFC 3339; the time of receipt when not given.
        data: What the meters measure.
        datacontenttype: `application/json` or nothing.
        dataschema: A URI or nothing.
    """

    id: str
    source: str
    specversion: str = "1.0"
    type: str
    subject: str
    time: datetime | str | None = None
    data: dict[str, Any] | None = None
    datacontenttype: str | None = None
    dataschema: str | None = None


class DryRunEventResult(msgspec.Struct, frozen=True, kw_only=True):
    """What would become of one event.

    Attributes:
        id: As sent.
        source: As sent.
        verdict: As in `EventResult`.
        meters: What each meter of its type would make of it; empty when none measures it.
    """

    id: str
    source: str
    verdict: str
    meters: list[MeterReading]


class DryRunResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a request would do; nothing was stored.

    Attributes:
        new: Events that would be counted.
        duplicate: Events that were counted before.
        conflict: Events whose identity came before with another content.
        results: One for each event.
    """

    new: int
    duplicate: int
    conflict: int
    results: list[DryRunEventResult]


class EventResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one event.

    Attributes:
        id: As sent.
        source: As sent.
        verdict: `new`, `duplicate` (the same content came before) or `conflict` (another content came before; that one counts).
    """

    id: str
    source: str
    verdict: str


class EventStory(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Everything about one event.

    Attributes:
        event: As it was sent, with the time that counts.
        sequence: Its place in the ledger.
        ingested_at: When it was accepted.
        stored_at: When it was on disk; the same transaction.
        meters: What each meter of its type made of it.
        validation_error: Why no meter, or not every one, measures it; null when all do.
        duplicates: How often the same content came again.
        conflicts: Other contents that came under its identity.
    """

    event: Any
    sequence: int
    ingested_at: datetime
    stored_at: datetime
    meters: list[MeterReading]
    validation_error: str | None
    duplicates: int
    conflicts: list[OtherContent]


class HealthAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The result of every check.

    Attributes:
        status: `ok`.
        checks: What was looked at.
    """

    status: str
    checks: dict[str, str]


class IngestResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the events of one request, in their order.

    Attributes:
        new: Events counted now.
        duplicate: Events that had been counted before.
        conflict: Events whose identity had come before with another content; kept and listed, not counted.
        results: One for each event.
    """

    new: int
    duplicate: int
    conflict: int
    results: list[EventResult]


class KeyAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A key.

    Attributes:
        id: ULID.
        start: The first characters of its text.
        name: For people.
        scopes: What it may do.
        subjects: The only subjects it may write or see.
        sources: The only sources it may write.
        requests_per_second: Limit.
        expires_at: From when on it is refused.
        created_at: When it was made.
        updated_at: When it was changed last.
        key: Its text; only in the answer that makes it.
    """

    id: str
    start: str
    name: str
    scopes: list[str]
    subjects: list[str] | None = None
    sources: list[str] | None = None
    requests_per_second: int | None = None
    expires_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    key: str | None = None


class MeterAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A meter as stored.

    Attributes:
        id: ULID.
        slug: Its key.
        name: For people.
        description: For people.
        aggregation: How measurements become usage.
        event_type: Events whose `type` equals this are measured.
        event_from: Events before this time are not counted.
        value_property: JSONPath of the value in `data`.
        group_by: JSONPath of each dimension by its key.
        metadata: The owner's labels.
        created_at: When it was created.
        updated_at: When it was changed last.
        deleted_at: When it was deleted.
    """

    id: str
    slug: str
    name: str
    description: str | None = None
    aggregation: str
    event_type: str
    event_from: datetime | None = None
    value_property: str | None = None
    group_by: dict[str, str] = {}
    metadata: dict[str, str] = {}
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


class MeterReading(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What one meter would make of an event.

    Attributes:
        meter: Its slug.
        value: The number it reads; null for a meter that counts, and for an event it cannot read.
        text: The text it reads, for UNIQUE_COUNT; null otherwise.
        group_by: Text of each of its dimensions.
        reason: Why it cannot read it; null when it can.
    """

    meter: str
    value: Decimal | None
    text: str | None
    group_by: dict[str, str]
    reason: str | None


class OtherContent(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Another content that came under the identity of an event.

    Attributes:
        event: The event that counts.
        other: The other one, as it was sent first.
        received_at: When it came first.
        times: How often it came.
    """

    event: Any
    other: Any
    received_at: datetime
    times: int


class PortalTokenAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A token.

    Attributes:
        id: ULID.
        subject: Whose usage it shows.
        allowed_meter_slugs: The only meters it shows; all when missing.
        expires_at: From when on it is refused.
        expired: Whether that is over.
        created_at: When it was made.
        token: Its text; only in the answer that makes it.
    """

    id: str
    subject: str
    allowed_meter_slugs: list[str] | None = None
    expires_at: datetime
    expired: bool
    created_at: datetime
    token: str | None = None


class StoredEntry(msgspec.Struct, frozen=True, kw_only=True):
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


class StoredEvent(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One stored event.

    Attributes:
        event: The CloudEvent as it was sent, with the time that counts.
        ingested_at: When it was accepted.
        stored_at: When it was on disk; the same transaction.
        validation_error: Why meters of its type could not read it, one reason a line; missing when all could.
    """

    event: Any
    ingested_at: datetime
    stored_at: datetime
    validation_error: str | None = None


class UsageAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Usage, ordered by window, subject and dimensions.

    Attributes:
        from_: As asked.
        to: As asked.
        window_size: As asked.
        data: The rows.
    """

    from_: datetime | None = None
    to: datetime | None = None
    window_size: str | None = None
    data: list[UsageRow]


class UsageRow(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The usage of one window and one group.

    Attributes:
        value: Exact; may have more digits than a double holds.
        window_start: Inclusive.
        window_end: Exclusive.
        subject: Null when rows are not split by subject.
        group_by: Text of each dimension asked for; empty where an event has none.
    """

    value: Decimal
    window_start: datetime
    window_end: datetime
    subject: str | None
    group_by: dict[str, str]
