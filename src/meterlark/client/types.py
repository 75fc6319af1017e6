"""What goes over the wire, as types. Written by `script/typegen`; do not edit."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec


class Address(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Where bills go.

    Attributes:
        country: ISO 3166-1 alpha-2 code.
        postal_code: As the country writes it.
        state: State or province.
        city: City.
        line1: First line.
        line2: Second line.
        phone_number: As people write it.
    """

    country: str | None = None
    postal_code: str | None = None
    state: str | None = None
    city: str | None = None
    line1: str | None = None
    line2: str | None = None
    phone_number: str | None = None


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


class BacktestAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What the meter would say.

    Attributes:
        value: Its usage over the events that were read; null when there is nothing to take it of.
        events_read: Events of its type that were read.
        is_complete: Whether that is every event asked for; if not, they are the newest of them.
        earliest: Event time of the earliest one read; null when there was none.
        measured: How many it would count.
        examples: The newest of these.
        unmeasured: Those it would not count, by reason, the most frequent first.
        unmeasured_others: Events of further reasons, which are too many to tell apart.
    """

    value: Decimal | None
    events_read: int
    is_complete: bool
    earliest: datetime | None
    measured: int
    examples: list[BacktestExample]
    unmeasured: list[BacktestReason]
    unmeasured_others: int


class BacktestExample(msgspec.Struct, frozen=True, kw_only=True):
    """One event and what the meter would make of it.

    Attributes:
        source: Of the event.
        id: Of the event.
        subject: Of the event.
        time: Of the event.
        reading: What the meter would read.
    """

    source: str
    id: str
    subject: str
    time: datetime
    reading: MeterReading


class BacktestReason(msgspec.Struct, frozen=True, kw_only=True):
    """Events that the meter could not read, for one reason.

    Attributes:
        reason: In words.
        events: How many.
        examples: The newest of them.
    """

    reason: str
    events: int
    examples: list[BacktestExample]


class ChargeAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The charge of a period.

    Attributes:
        customer_id: Who pays.
        from_: First event time.
        to: End of the event times.
        currency: ISO 4217 code; missing when there is no rate card.
        amount: Sum of the lines, in whole minor units of the currency.
        lines: They add up to the amount.
        uncharged: Usage that is in no line.
        position: Place in the ledger up to which events were looked at.
        closed: Id of the closed period; missing while it is open and may change.
        closed_at: When it was closed.
    """

    customer_id: str
    from_: datetime
    to: datetime
    currency: str | None = None
    amount: Decimal
    lines: list[ChargeLineAnswer]
    uncharged: list[UnchargedAnswer]
    position: int
    closed: str | None = None
    closed_at: datetime | None = None


class ChargeLineAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One line: quantity x price / per = amount, where there is a price.

    Attributes:
        number: Place in the charge, from 1.
        item: Key of the rate card's item; missing for a line of the whole period.
        kind: How it is charged.
        from_: First event time.
        to: End of the event times.
        quantity: How much; missing where an amount is fixed.
        unit: What one of it is called.
        price: For `per` of the quantity; missing where an amount is fixed or adjusted.
        per: How many the price is for.
        amount: Exact.
        why: In words.
        adjusts: Id of the closed period whose charge it adjusts; missing for a line of its own period.
        events: Where its events are listed: those of the customer, the meter's type and the time.
    """

    number: int
    item: str | None = None
    kind: str
    from_: datetime
    to: datetime
    quantity: Decimal | None = None
    unit: str | None = None
    price: Decimal | None = None
    per: int | None = None
    amount: Decimal
    why: str
    adjusts: str | None = None
    events: str | None = None


class ClosingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of closing a period.

    Attributes:
        closed: Closed now, or before with the same bounds.
        refused: Not closed.
        idle: Ids of customers without a rate card and without usage.
    """

    closed: list[PeriodAnswer]
    refused: list[RefusedAnswer]
    idle: list[str]


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
    specversion: Literal["1.0"] = "1.0"
    type: str
    subject: str
    time: datetime | str | None = None
    data: dict[str, Any] | None = None
    datacontenttype: str | None = None
    dataschema: str | None = None


class CostLine(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One unit's part: quantity x price / per = amount.

    Attributes:
        unit: What is paid for, disjoint from the other lines.
        quantity: How much of it.
        price: In dollars.
        per: How much of the unit the price is for.
        amount: In dollars, exact.
        price_key: Names provider, model, tier, first day and, where they matter, hours and input length.
        document: The price document that has the price.
        source: Where the price was read.
        seen_on: When it was read.
        since: First day (UTC) on which it holds; null when not known.
        note: What a reader should know.
    """

    unit: str
    quantity: Decimal
    price: Decimal
    per: int
    amount: Decimal
    price_key: str
    document: str
    source: str
    seen_on: date
    since: date | None
    note: str


class CostStory(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What an event cost and why.

    Attributes:
        amount: In dollars, exact; null when anything has no price: what could be priced stands in the lines.
        currency: `USD`.
        provider: As the event names it.
        model: As it is priced; as the provider returned it when it has no price.
        tier: The service tier.
        price_version: The version of the price book that holds for the event.
        lines: They add up to the amount.
        unpriced: What has no price.
        reported_cost: What the provider itself says it cost, in dollars.
    """

    amount: Decimal | None
    currency: str
    provider: str
    model: str
    tier: str
    price_version: int
    lines: list[CostLine]
    unpriced: list[UnpricedPart]
    reported_cost: Decimal | None


class Currency(msgspec.Struct, frozen=True, kw_only=True):
    """One currency.

    Attributes:
        code: Three capital letters.
        name: In English.
        symbol: As people write it; the code where there is none.
        subunits: Digits after the point.
    """

    code: str
    name: str
    symbol: str
    subunits: int


class CustomerAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A customer as stored.

    Attributes:
        id: ULID.
        name: For people.
        key: The owner's own id of it.
        usage_attribution: Further subjects.
        description: For people.
        primary_email: Where to write to.
        currency: ISO 4217 code.
        billing_address: Where bills go.
        metadata: The owner's labels.
        created_at: When it was created.
        updated_at: When it was changed last.
        deleted_at: When it was deleted.
    """

    id: str
    name: str
    key: str | None = None
    usage_attribution: UsageAttribution
    description: str | None = None
    primary_email: str | None = None
    currency: str | None = None
    billing_address: Address | None = None
    metadata: dict[str, str] = {}
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


class CustomerPage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One page of customers.

    Attributes:
        items: The customers.
    """

    page: int
    page_size: int
    total_count: int
    items: list[CustomerAnswer]


class CustomerV3Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A customer as stored.

    Attributes:
        id: ULID.
        key: The owner's own id of it; missing where v1 made it without.
        name: For people.
        usage_attribution: Further subjects.
        description: For people.
        primary_email: Where to write to.
        currency: ISO 4217 code.
        billing_address: Where bills go.
        labels: The owner's labels.
        created_at: When it was created.
        updated_at: When it was changed last.
    """

    id: str
    key: str | None = None
    name: str
    usage_attribution: V3SubjectKeys
    description: str | None = None
    primary_email: str | None = None
    currency: str | None = None
    billing_address: V3BillingAddress | None = None
    labels: dict[str, str] = {}
    created_at: datetime
    updated_at: datetime


class CustomersV3Page(msgspec.Struct, frozen=True, kw_only=True):
    """One page of customers.

    Attributes:
        data: The customers.
        meta: About the page.
    """

    data: list[CustomerV3Answer]
    meta: V3PageMeta


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


class EventName(msgspec.Struct, frozen=True, kw_only=True):
    """An identity within a namespace.

    Attributes:
        source: As sent.
        id: As sent.
    """

    source: str
    id: str


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
        cost: What it cost; null when no meter of its type asks for that.
        void: By whom, when and why it was voided; null when it counts.
        corrects: The voided event that it stands for; null when it stands for none.
    """

    event: Any
    sequence: int
    ingested_at: datetime
    stored_at: datetime
    meters: list[MeterReading]
    validation_error: str | None
    duplicates: int
    conflicts: list[OtherContent]
    cost: CostStory | None
    void: EventVoid | None
    corrects: EventName | None


class EventVoid(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """That an event is voided.

    Attributes:
        source: Of the event that counts no more.
        id: Of the event that counts no more.
        void: The event that says so; it can be listed and explained like any other.
        voided_at: When.
        by: Who said so, as in the audit log.
        reason: Why, for people.
        correction: The event that counts instead; missing when there is none.
    """

    source: str
    id: str
    void: EventName
    voided_at: datetime
    by: str
    reason: str
    correction: EventName | None = None


class EventsPage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One page of events.

    Attributes:
        items: The events, newest event time first.
        next_cursor: Where the next page begins; missing when this one is not full.
    """

    items: list[StoredEvent]
    next_cursor: str | None = None


class FeatureAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A feature as stored.

    Attributes:
        id: ULID.
        key: Its key.
        name: For people.
        meter_slug: The meter that measures it.
        meter_group_by_filters: The text that a dimension must have, by key; missing when a filter says more than that.
        advanced_meter_group_by_filters: One filter by dimension.
        metadata: The owner's labels.
        created_at: When it was created.
        updated_at: When it was changed last.
        archived_at: When it was archived.
    """

    id: str
    key: str
    name: str
    meter_slug: str | None = None
    meter_group_by_filters: dict[str, str] | None = None
    advanced_meter_group_by_filters: dict[str, Any] | None = None
    metadata: dict[str, str] = {}
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None


class FeaturePage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One page of features.

    Attributes:
        items: The features.
    """

    page: int
    page_size: int
    total_count: int
    items: list[FeatureAnswer]


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


class MeterV3Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A meter as stored.

    Attributes:
        id: ULID.
        key: Its key.
        name: For people.
        description: For people.
        labels: The owner's labels.
        aggregation: How measurements become usage.
        event_type: Events whose `type` equals this are measured.
        events_from: Events before this time are not counted.
        value_property: JSONPath of the value in `data`.
        dimensions: JSONPath of each dimension by its key.
        created_at: When it was created.
        updated_at: When it was changed last.
    """

    id: str
    key: str
    name: str
    description: str | None = None
    labels: dict[str, str] = {}
    aggregation: str
    event_type: str
    events_from: datetime | None = None
    value_property: str | None = None
    dimensions: dict[str, str] = {}
    created_at: datetime
    updated_at: datetime


class MetersV3Page(msgspec.Struct, frozen=True, kw_only=True):
    """One page of meters.

    Attributes:
        data: The meters.
        meta: About the page.
    """

    data: list[MeterV3Answer]
    meta: V3PageMeta


class NewMeter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """The definition of a meter.

    Attributes:
        slug: Its key: lower-case letters, digits and single underscores.
        aggregation: How measurements become usage.
        event_type: Events whose `type` equals this are measured.
        value_property: JSONPath of the value in `data`; not for COUNT.
        event_from: Events before this time are not counted.
    """

    name: str | None = None
    description: str | None = None
    metadata: dict[str, str] | None = None
    group_by: dict[str, str] | None = None
    slug: str
    aggregation: str
    event_type: str
    value_property: str | None = None
    event_from: datetime | str | None = None


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


class PeriodAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A closed period without its lines.

    Attributes:
        id: ULID.
        customer_id: Who pays.
        customer_key: The customer's own key when it was closed.
        from_: First event time.
        to: End of the event times.
        closed_at: When it was closed.
        currency: ISO 4217 code; missing when there was no rate card.
        amount: Sum of its lines.
        lines: How many.
        uncharged: How many reasons there are why usage is in no line.
    """

    id: str
    customer_id: str
    customer_key: str | None = None
    from_: datetime
    to: datetime
    closed_at: datetime
    currency: str | None = None
    amount: Decimal
    lines: int
    uncharged: int


class PeriodPage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One page of closed periods.

    Attributes:
        items: The periods, in the order in which they were closed.
    """

    page: int
    page_size: int
    total_count: int
    items: list[PeriodAnswer]


class PortalAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a token shows.

    Attributes:
        subject: Whose usage.
        display_name: Of the subject, for people; missing where it has none.
        expires_at: From when on the token is refused.
        meters: In the order in which they were allowed, which is the order to show them in; without a list, sorted by slug.
    """

    subject: str
    display_name: str | None = None
    expires_at: datetime
    meters: list[PortalMeter]


class PortalMeter(msgspec.Struct, frozen=True, kw_only=True):
    """A meter that a token shows.

    Attributes:
        slug: To ask for its usage.
        name: For people; missing where it has none.
        description: For people.
        aggregation: SUM, COUNT, AVG, MIN, MAX, UNIQUE_COUNT or LATEST; only SUM and COUNT may be added up.
        dimensions: What its usage can be grouped by, sorted.
    """

    slug: str
    name: str | None = None
    description: str | None = None
    aggregation: str
    dimensions: list[str]


class PortalTokenAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A token.

    Attributes:
        id: ULID.
        subject: Whose usage it shows.
        allowed_meter_slugs: The only meters it shows; when missing, all but those of cost.
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


class Progress(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How far a question is.

    Attributes:
        total: Its parts: one, or one for each customer.
        success: Parts that are answered.
        failure: Parts that failed.
        updated_at: When that was so.
    """

    total: int
    success: int
    failure: int
    updated_at: datetime


class RateCardAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A version of a rate card as stored.

    Attributes:
        id: ULID of the version.
        customer_id: Whose card it is; missing for the default card.
        key: For people.
        currency: ISO 4217 code of every amount.
        since: From when on it holds.
        items: What is charged for.
        minimum: Least charge of a period.
        created_at: When it was created.
        updated_at: When it was changed last.
    """

    id: str
    customer_id: str | None = None
    key: str
    currency: str
    since: datetime
    items: list[RateCardItem]
    minimum: Decimal
    created_at: datetime
    updated_at: datetime


class RateCardItem(msgspec.Struct, frozen=True, kw_only=True):
    """What is charged for, and how.

    Attributes:
        key: Its key within the card: lower-case letters, digits and single underscores.
        rate: How it is charged.
        meter: Slug of the meter whose usage is charged, which takes SUM or COUNT; a markup charges the cost of the events it measures.
        filters: One filter by dimension of the meter, such as `{"model": {"$in": ["gpt-4o"]}}`.
        unit: What one of it is called on a line; the meter's slug by default.
    """

    key: str
    rate: RateCardRate
    meter: str | None = None
    filters: dict[str, Any] = {}
    unit: str | None = None


class RateCardRate(msgspec.Struct, frozen=True, kw_only=True):
    """How an item is charged; which fields there are follows from the type.

    Attributes:
        type: `markup` (percent), `unit` (price, per), `flat` (amount), `graduated` and `volume` (steps, per), `package` (size, price).
        percent: What is added to the cost, in hundredths; -100 to 1000000.
        price: For `per` of the quantity, or for a package.
        per: How many the price is for; 1 by default.
        amount: For the period, whatever was used.
        steps: By quantity, each beginning where the one before ends.
        size: Of a package; one that was begun is paid in full.
    """

    type: str
    percent: Decimal | None = None
    price: Decimal | None = None
    per: int | None = None
    amount: Decimal | None = None
    steps: list[RateCardStep] | None = None
    size: int | None = None


class RateCardStep(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One step of a graduated or volume rate.

    Attributes:
        up_to: Last quantity of the step; null for the last step and only for that.
        price: For `per` of the quantity.
        fee: Charged once when the step is reached.
    """

    up_to: int | None
    price: Decimal
    fee: Decimal | None = None


class ReasonCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many events of a page a reason concerns.

    Attributes:
        events: How many.
    """

    meter: str | None = None
    reason: str
    events: int


class RefusedAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A customer whose period was not closed.

    Attributes:
        customer_id: Who.
        message: Why.
    """

    customer_id: str
    message: str


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
        customer_id: Whose usage it is.
        validation_error: Why meters of its type could not read it, one reason a line; missing when all could.
        void: By whom, when and why it was voided; missing when it was not.
    """

    event: Any
    ingested_at: datetime
    stored_at: datetime
    customer_id: str | None = None
    validation_error: str | None = None
    void: EventVoid | None = None


class SubjectAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A subject as stored.

    Attributes:
        id: ULID.
        key: As in events.
        display_name: For people.
        metadata: The owner's labels.
        stripe_customer_id: Its id at Stripe.
        current_period_start: Start of its current period.
        current_period_end: End of its current period.
        created_at: When it was created.
        updated_at: When it was changed last.
    """

    id: str
    key: str
    display_name: str | None = None
    metadata: dict[str, Any] | None = None
    stripe_customer_id: str | None = None
    current_period_start: datetime | None = None
    current_period_end: datetime | None = None
    created_at: datetime
    updated_at: datetime


class SubjectBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """What to write down; a field that is missing stays as it is, null clears it.

    Attributes:
        key: As in events.
        display_name: For people.
        metadata: Your own labels.
        stripe_customer_id: Its id at Stripe; begins with `cus_`.
        current_period_start: Start of its current period.
        current_period_end: End of its current period.
    """

    key: str
    display_name: str | msgspec.UnsetType | None = msgspec.UNSET
    metadata: dict[str, Any] | msgspec.UnsetType | None = msgspec.UNSET
    stripe_customer_id: str | msgspec.UnsetType | None = msgspec.UNSET
    current_period_start: datetime | str | msgspec.UnsetType | None = msgspec.UNSET
    current_period_end: datetime | str | msgspec.UnsetType | None = msgspec.UNSET


class TailMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the tail, as a reader of server-sent events gives it.

    Attributes:
        id: The event's place in the ledger; send it as `last-event-id` to go on after it.
        data: JSON text of a stored event, as in the list of events.
    """

    id: str
    data: str


class UnchargedAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Usage that is in no line.

    Attributes:
        item: Key of the rate card's item; missing when it is of none.
        from_: First event time.
        to: End of the event times.
        message: How much, and why.
    """

    item: str | None = None
    from_: datetime
    to: datetime
    message: str


class UnmeasuredEvent(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One event that is not measured by every meter of its type.

    Attributes:
        event: The CloudEvent as it was sent, with the time that counts.
        ingested_at: When it was accepted.
        reasons: One for each meter that could not read it.
    """

    event: Any
    ingested_at: datetime
    reasons: list[UnmeasuredReason]


class UnmeasuredEventsPage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One page; a page may have fewer events than its limit, or none, and not be the last.

    Attributes:
        items: Newest event time first.
        counts: How many of them each reason concerns, the most frequent first.
        events_read: How many events were looked at for this page, measured ones included.
        next_cursor: Where the next page begins; missing when every event has been looked at.
    """

    items: list[UnmeasuredEvent]
    counts: list[ReasonCount]
    events_read: int
    next_cursor: str | None = None


class UnmeasuredReason(msgspec.Struct, frozen=True, kw_only=True):
    """Why an event is not measured.

    Attributes:
        meter: Slug of the meter that could not read it; missing when no meter has its type.
        reason: In words.
    """

    meter: str | None = None
    reason: str


class UnpricedPart(msgspec.Struct, frozen=True, kw_only=True):
    """What has no price.

    Attributes:
        reason: Why, for a program.
        message: Why, for a person.
        unit: The unit; empty when it is the whole event.
        quantity: How much of the unit; null when it is the whole event.
    """

    reason: str
    message: str
    unit: str
    quantity: Decimal | None


class UsageAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Usage, ordered by window, customer, subject and dimensions.

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


class UsageAttribution(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Whose events count for a customer.

    Attributes:
        subject_keys: Subjects, besides the customer's key.
    """

    subject_keys: list[str]


class UsageRow(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The usage of one window and one group.

    Attributes:
        value: Exact; may have more digits than a double holds.
        window_start: Inclusive.
        window_end: Exclusive.
        subject: Null when rows are not split by subject.
        group_by: Text of each dimension asked for; empty where an event has none.
        customer_id: Whose usage it is; missing when no customers were asked for.
    """

    value: Decimal
    window_start: datetime
    window_end: datetime
    subject: str | None
    group_by: dict[str, str]
    customer_id: str | None = None


class V3BillingAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Where bills go.

    Attributes:
        country: ISO 3166-1 alpha-2 code.
        postal_code: As the country writes it.
        state: State or province.
        city: City.
        line1: First line.
        line2: Second line.
        phone_number: As people write it.
    """

    country: str | None = None
    postal_code: str | None = None
    state: str | None = None
    city: str | None = None
    line1: str | None = None
    line2: str | None = None
    phone_number: str | None = None


class V3CursorMeta(msgspec.Struct, frozen=True, kw_only=True):
    """About a page.

    Attributes:
        page: Where the next one is.
    """

    page: V3CursorNumbers


class V3CursorNumbers(msgspec.Struct, frozen=True, kw_only=True):
    """Where the next page is.

    Attributes:
        size: Most entries of a page.
        next: Path and parameters of the next page; missing when this one is not full.
    """

    size: int
    next: str | None = None


class V3CustomerReference(msgspec.Struct, frozen=True, kw_only=True):
    """Whose usage an event is.

    Attributes:
        id: ULID.
    """

    id: str


class V3DimensionFilter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """A condition on the text of a dimension; all that is given must hold.

    Attributes:
        eq: It is this text.
        neq: It is another.
        in_: It is one of these.
        nin: It is none of these.
        contains: This is a part of it.
        ncontains: This is no part of it.
        exists: Whether the event has a text there.
        and_: All of these hold.
        or_: One of these holds.
    """

    eq: str | None = None
    neq: str | None = None
    in_: list[str] | None = None
    nin: list[str] | None = None
    contains: str | None = None
    ncontains: str | None = None
    exists: bool | None = None
    and_: list[V3DimensionFilter] | None = None
    or_: list[V3DimensionFilter] | None = None


class V3MeterQueryAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Usage, ordered by window, customer, subject and dimensions.

    Attributes:
        from_: As asked.
        to: As asked.
        data: The rows.
    """

    from_: datetime | None = None
    to: datetime | None = None
    data: list[V3MeterQueryRow]


class V3MeterQueryRow(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The usage of one window and one group.

    Attributes:
        value: Exact, as text.
        from_: Inclusive.
        to: Exclusive.
        dimensions: Text of each dimension that splits the rows, with `subject` and `customer_id` where they do.
    """

    value: str
    from_: datetime
    to: datetime
    dimensions: dict[str, str]


class V3MeteringEventAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One stored event.

    Attributes:
        event: The CloudEvent as it was sent, with the time that counts.
        customer: Whose usage it is.
        ingested_at: When it was accepted.
        stored_at: When it was on disk; the same transaction.
        validation_errors: Why meters of its type could not read it; missing when all could.
    """

    event: Any
    customer: V3CustomerReference | None = None
    ingested_at: datetime
    stored_at: datetime
    validation_errors: list[str] = []


class V3MeteringEventsPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page of events.

    Attributes:
        data: The events, newest event time first.
        meta: About the page.
    """

    data: list[V3MeteringEventAnswer]
    meta: V3CursorMeta


class V3PageMeta(msgspec.Struct, frozen=True, kw_only=True):
    """About a page.

    Attributes:
        page: Which one it is.
    """

    page: V3PageNumbers


class V3PageNumbers(msgspec.Struct, frozen=True, kw_only=True):
    """Which page an answer is.

    Attributes:
        number: Counted from 1.
        size: Most entries of a page.
        total: Entries of all pages.
    """

    number: int
    size: int
    total: int


class V3QueryFilters(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Conditions.

    Attributes:
        dimensions: By dimension; `subject` and `customer_id` take only eq and in.
    """

    dimensions: dict[str, V3DimensionFilter] = {}


class V3SubjectKeys(msgspec.Struct, frozen=True, kw_only=True):
    """Whose events count for a customer.

    Attributes:
        subject_keys: Subjects, besides the customer's key.
    """

    subject_keys: list[str]
