"""Requests that must be refused, operation by operation: what `tests/http/server/test_problems.py` sends."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from api import JSON
from world import SUBJECT

BATCH = "application/cloudevents-batch+json"
EVENT = {"specversion": "1.0", "id": "p-1", "source": "test", "type": "openai", "subject": "mine"}
COUNTER = {"slug": "counter", "eventType": "x", "aggregation": "COUNT"}
ADDER = {"slug": "adder", "eventType": "x", "aggregation": "SUM", "valueProperty": "$.n"}
V3_COUNTER = {"key": "counter", "name": "Counter", "event_type": "x", "aggregation": "count"}
BACKWARDS = {"from": "2026-11-02T00:00:00Z", "to": "2026-11-01T00:00:00Z"}
EMPTY = {"from": "2026-11-01T00:00:00Z", "to": "2026-11-01T00:00:00Z"}
VOID = {"source": "my-app", "id": "sent-by-mistake", "reason": "test"}
CORRECTION = {**VOID, "correction": {**EVENT, "id": "p-2"}}


class Case(NamedTuple):
    """One request that must be refused.

    Attributes:
        name: The operation.
        status: Of the problem.
        said: Part of its detail.
        field: The field at fault; None when the problem names none.
        query: Parameters.
        body: In place of the declared example; None keeps that.
        path: Values of path parameters in place of those of the world.
        sender: Who asks.
        content_type: Of the body.
    """

    name: str
    status: int
    said: str
    field: str | None = None
    query: Mapping[str, object] = {}
    body: Any = None
    path: Mapping[str, str] = {}
    sender: str = "admin"
    content_type: str = JSON


def _without(name: str) -> dict[str, str]:
    return {key: value for key, value in EVENT.items() if key != name}


def _ingest(name: str) -> list[Case]:
    batch = [EVENT, _without("subject")]
    return [
        *(Case(name, 400, f"{key} is missing", key, body=_without(key)) for key in EVENT),
        Case(name, 400, "subject must be a string, not null", "subject", body={**EVENT, "subject": None}),
        Case(name, 400, "id is empty", "id", body={**EVENT, "id": ""}),
        Case(name, 400, "specversion is '0.3'", "specversion", body={**EVENT, "specversion": "0.3"}),
        Case(name, 400, "'yesterday' is not a time", "time", body={**EVENT, "time": "yesterday"}),
        Case(name, 400, "data must be an object or null", "data", body={**EVENT, "data": [1]}),
        Case(name, 400, "datacontenttype is 'application/xml'", "datacontenttype", body={**EVENT, "datacontenttype": "application/xml"}),
        Case(name, 400, "'meterlark.' is reserved", "type", body={**EVENT, "type": "meterlark.void"}),
        Case(name, 400, "no events found", body=[]),
        Case(name, 400, "event 1 of the batch: subject is missing", "[1].subject", body=batch, content_type=BATCH),
        Case(name, 403, "event 0: the key may not write the subject 'mine'", body=EVENT, sender="bound ingest"),
        Case(name, 413, "the batch has 1001 events; at most 1000", body=[EVENT] * 1001, content_type=BATCH),
        Case(name, 415, "invalid content type: text/plain", "content-type", body=EVENT, content_type="text/plain"),
    ]


EVENTS = [
    *_ingest("ingestEvents"),
    *_ingest("ingestMeteringEvents"),
    Case("listEvents", 400, "from must be before to", "from", query=BACKWARDS),
    Case("listEvents", 400, "limit is '0'", "limit", query={"limit": 0}),
    Case("listEvents", 404, "customer not found: nobody", query={"customerId": "nobody"}),
    Case("listEvents", 403, "bound to certain subjects", query={"subject": SUBJECT}, sender="bound read"),
    Case("listEventsV2", 400, "cursor is 'x'", "cursor", query={"cursor": "x"}),
    Case("listEventsV2", 400, "filter names 'colour'", "filter.colour", query={"filter": '{"colour": {"$eq": "red"}}'}),
    Case("listEventsV2", 404, "customer not found: nobody", query={"filter": '{"customerId": {"$in": ["nobody"]}}'}),
    Case("listMeteringEvents", 400, "sort is 'id'", "sort", query={"sort": "id"}),
    Case("listMeteringEvents", 404, "customer not found: nobody", query={"filter[customer_id][eq]": "nobody"}),
    Case("explainEvent", 400, "missing required field `source`", "source", query={"id": "nobody"}),
    Case("explainEvent", 404, "event not found: id 'nobody' of source 'test'", query={"id": "nobody", "source": "test"}),
    Case("listUnmeasuredEvents", 404, "meter not found: nobody", query={"meter": "nobody"}),
    Case("tailEvents", 403, "bound to certain subjects", query={"subject": SUBJECT}, sender="bound read"),
    Case("voidEvent", 400, "reason", "reason", body={**VOID, "reason": ""}),
    Case("voidEvent", 404, "event not found: id 'nobody' of source 'my-app'", body={**VOID, "id": "nobody"}),
    Case("voidEvent", 409, "the event was voided at", body={**VOID, "source": "test", "id": "voided"}),
    Case("correctEvent", 400, "correction: id is empty", "correction.id", body={**CORRECTION, "correction": {**EVENT, "id": ""}}),
    Case("correctEvent", 404, "event not found: id 'nobody' of source 'my-app'", body={**CORRECTION, "id": "nobody"}),
    Case("correctEvent", 409, "the event was voided at", body={**CORRECTION, "source": "test", "id": "voided"}),
]

METERS = [
    Case("createMeter", 400, "slug is 'No'", "slug", body={**COUNTER, "slug": "No"}),
    Case("createMeter", 400, "eventType", "eventType", body={**COUNTER, "eventType": ""}),
    Case("createMeter", 400, "aggregation is 'MEDIAN'", "aggregation", body={**COUNTER, "aggregation": "MEDIAN"}),
    Case("createMeter", 400, "valueProperty is not allowed with COUNT", "valueProperty", body={**COUNTER, "valueProperty": "$.n"}),
    Case("createMeter", 400, "valueProperty is required with SUM", "valueProperty", body={**ADDER, "valueProperty": None}),
    Case("createMeter", 400, "valueProperty", "valueProperty", body={**ADDER, "valueProperty": "n"}),
    Case("createMeter", 400, "'1a' is not a groupBy key", "groupBy.1a", body={**ADDER, "groupBy": {"1a": "$.a"}}),
    Case("createMeter", 400, "groupBy.a is the value property", "groupBy.a", body={**ADDER, "groupBy": {"a": "$.n"}}),
    Case("createMeter", 400, "name has 257 characters", "name", body={**ADDER, "name": "x" * 257}),
    Case("createMeter", 409, "meter with the same slug already exists: openai_requests", body={**COUNTER, "slug": "openai_requests"}),
    Case("createMeterV3", 409, "meter with the same slug already exists: openai_requests", body={**V3_COUNTER, "key": "openai_requests"}),
    Case(
        "backtestMeter", 400, "missing required field `eventType`", "meter.eventType", body={"meter": {"slug": "a", "aggregation": "COUNT"}}
    ),
    Case("backtestMeter", 400, "unknown field `colour`", "meter.colour", body={"meter": {**COUNTER, "colour": "red"}}),
    Case("backtestMeter", 400, "slug is 'No'", "meter.slug", body={"meter": {**COUNTER, "slug": "No"}}),
    Case("updateMeter", 409, "the feature by_model filters on the dimension model", path={"meterIdOrSlug": "featured"}, body={"name": "x"}),
    Case("updateMeterV3", 409, "the feature by_model filters on the dimension model", path={"meterId": "featured"}, body={"name": "x"}),
    Case("deleteMeter", 409, "is used by the feature by_model", path={"meterIdOrSlug": "featured"}),
    Case("deleteMeterV3", 409, "is used by the feature by_model", path={"meterId": "featured"}),
]


def _usage(name: str) -> list[Case]:
    customer = {"filterCustomerId": "nobody"}
    return [
        Case(name, 400, "from must be before to", "from", query=BACKWARDS),
        Case(name, 400, "from must be before to", "from", query=EMPTY),
        Case(name, 400, "windowSize is 'WEEK'", "windowSize", query={"windowSize": "WEEK"}),
        Case(name, 400, "Mars/Olympus", "windowTimeZone", query={"windowTimeZone": "Mars/Olympus"}),
        Case(name, 400, "invalid group by: colour", "groupBy", query={"groupBy": "colour"}),
        Case(name, 400, "invalid group by: customer_id", "groupBy", query={"groupBy": "customer_id"}),
        Case(name, 400, "invalid group by filter: colour", "filterGroupBy", query={"filterGroupBy[colour]": "red"}),
        Case(name, 400, "subject has 101 entries", "subject", query={"subject": [f"s{n}" for n in range(101)]}),
        Case(name, 404, "customer not found: nobody", query=customer),
    ]


_BOTH_FILTERS = {"filterGroupBy[model]": "a", "advancedMeterGroupByFilters": '{"model": {"$eq": "a"}}'}
_TWO_OPERATORS = {"advancedMeterGroupByFilters": '{"model": {"$eq": "a", "$ne": "b"}}'}

USAGE = [
    *_usage("queryMeter"),
    Case("queryMeter", 400, "cannot be given together", "filterGroupBy", query=_BOTH_FILTERS),
    Case("queryMeter", 400, "exactly one", "advancedMeterGroupByFilters.model", query=_TWO_OPERATORS),
    Case("queryMeter", 403, "bound to certain subjects", query={"subject": SUBJECT}, sender="bound read"),
    Case("queryMeterPost", 400, "invalid group by: colour", "groupBy", body={"groupBy": ["colour"]}),
    Case("queryMeterPost", 404, "customer not found: nobody", body={"filterCustomerId": ["nobody"]}),
    Case("queryMeterV3", 400, "invalid group by: colour", "groupBy", body={"group_by_dimensions": ["colour"]}),
    Case("listMeterSubjects", 400, "from must be before to", "from", query=BACKWARDS),
    Case("listMeterGroupByValues", 404, "group by key not found: colour", path={"groupByKey": "colour"}),
    Case("queryPortalMeter", 400, "set by the token", "subject", query={"subject": SUBJECT}, sender="portal"),
    Case("createPortalToken", 400, "allowedMeterSlugs", "allowedMeterSlugs", body={"subject": "a", "allowedMeterSlugs": []}),
    Case("createPortalToken", 404, "meter not found: nobody", body={"subject": "a", "allowedMeterSlugs": ["nobody"]}),
    Case("invalidatePortalTokens", 404, "portal token not found: nobody", body={"id": "nobody"}),
]

_CUSTOMER = {"name": "New", "key": "new-customer"}
_TAKEN = {"name": "New", "usageAttribution": {"subjectKeys": [SUBJECT]}}
_TAKEN_V3 = {"key": "new", "name": "New", "usage_attribution": {"subject_keys": [SUBJECT]}}

CUSTOMERS = [
    Case("createCustomer", 400, "name", "name", body={"key": "nameless"}),
    Case("createCustomer", 400, "key", body={"name": "Keyless"}),
    Case("createCustomer", 400, "unknown field `colour`", "colour", body={**_CUSTOMER, "colour": "red"}),
    Case("createCustomer", 400, "currency", "currency", body={**_CUSTOMER, "currency": "WHAT"}),
    Case("createCustomer", 400, "key", "key", body={**_CUSTOMER, "key": "x" * 257}),
    Case("createCustomer", 409, "canary-key", body={**_CUSTOMER, "key": "canary-key"}),
    Case("createCustomer", 409, SUBJECT, body=_TAKEN),
    Case("createCustomer", 409, SUBJECT, body={**_CUSTOMER, "key": SUBJECT}),
    Case("updateCustomer", 409, SUBJECT, body=_TAKEN, path={"customerIdOrKey": "plain"}),
    Case("createCustomerV3", 409, SUBJECT, body=_TAKEN_V3),
    Case(
        "updateCustomerV3",
        409,
        SUBJECT,
        body={key: value for key, value in _TAKEN_V3.items() if key != "key"},
        path={"customerId": "plain"},
    ),
    Case("upsertSubject", 400, "stripeCustomerId", body=[{"key": "s", "stripeCustomerId": "abc"}]),
    Case("createFeature", 404, "meter not found: nobody", body={"key": "new", "name": "New", "meterSlug": "nobody"}),
    Case("createFeature", 409, "feature with the same key already exists: requests", body={"key": "requests", "name": "New"}),
]

OTHERS = [
    Case("createKey", 400, "scopes", body={"name": "key", "scopes": ["everything"]}),
    Case("createKey", 400, "an admin key cannot be bound", "subjects", body={"name": "key", "scopes": ["admin"], "subjects": ["a"]}),
    Case("rotateKey", 400, "graceSeconds", "graceSeconds", body={"graceSeconds": -1}),
    Case("getProgress", 404, "nobody", path={"id": "nobody"}),
]

_CARD = {"key": "early", "currency": "USD", "since": "2026-01-15T00:00:00Z", "items": []}
_NOVEMBER = {"from": "2026-11-01T00:00:00Z", "to": "2026-11-20T00:00:00Z"}
_CLOSING = {"customer": "plain", **_NOVEMBER}

CHARGES = [
    Case("getDefaultRateCard", 404, "no rate card holds at 2020-01-01", query={"at": "2020-01-01T00:00:00Z"}),
    Case("getCustomerRateCard", 404, "no rate card holds at 2020-01-01", query={"at": "2020-01-01T00:00:00Z"}),
    Case("putDefaultRateCard", 409, "since is 2026-01-15T00:00:00Z; a period up to", body=_CARD),
    Case("putCustomerRateCard", 409, "since is 2026-01-15T00:00:00Z; a period up to", body=_CARD),
    Case("deleteRateCardVersion", 409, "a period up to", path={"rateCardId": "first card"}),
    Case("getCharges", 400, "from is missing", "from"),
    Case("getCharges", 404, "customer not found: nobody", path={"customerIdOrKey": "nobody"}, query=_NOVEMBER),
    Case("getCharges", 409, "the period overlaps the closed period", query=_NOVEMBER),
    Case("closePeriod", 400, "from must be before to", "from", body={**_CLOSING, **BACKWARDS}),
    Case("closePeriod", 404, "customer not found: nobody", body={**_CLOSING, "customer": "nobody"}),
    Case("closePeriod", 409, "not everything could be charged", body=_CLOSING),
    Case("listPeriods", 404, "customer not found: nobody", query={"customer": "nobody"}),
]

_DOCUMENT = {"name": "own", "made_on": "2026-11-01"}

PRICES = [
    Case("listUnpriced", 400, "from must be before to", "from", query=BACKWARDS),
    Case("listPrices", 400, "'yesterday' is not a time", "at", query={"at": "yesterday"}),
    Case("getPriceHistory", 400, "model", query={"provider": "openai"}),
    Case("getPriceHistory", 404, "no price document has the provider 'nobody'", query={"provider": "nobody", "model": "m"}),
    Case("setPriceOverrides", 400, "format is 2", "format", body={**_DOCUMENT, "format": 2}),
    Case("setPriceOverrides", 400, "costs are in USD", "currency", body={**_DOCUMENT, "currency": "EUR"}),
    Case("setPriceOverrides", 400, "unknown field", body={**_DOCUMENT, "prices": {}}),
    Case("reprice", 400, "there is no price version 99", "version", body={"version": 99}),
    Case("reprice", 400, "from must be before to", "from", body=BACKWARDS),
    Case("reprice", 404, "customer not found: nobody", body={"customers": ["nobody"]}),
]

CASES = [*EVENTS, *METERS, *USAGE, *CUSTOMERS, *CHARGES, *OTHERS, *PRICES]
