"""Use the `openmeter` package against a server: `openmeter_sdk.py sync|async URL SECTION`; prints what it saw as JSON."""

import asyncio
import inspect
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from openmeter import Client
from openmeter.aio import Client as AsyncClient
from openmeter.models import Event, MeterCreate

SECTIONS: dict[str, Callable[[Any, str, str], Awaitable[object]]] = {}


def section(work: Callable[[Any, str, str], Awaitable[object]]) -> Callable[[Any, str, str], Awaitable[object]]:
    """Name a part of the program by its function."""
    SECTIONS[work.__name__] = work
    return work


async def done(value: Any) -> Any:
    """Return what a blocking or an asynchronous call gives."""
    return await value if inspect.isawaitable(value) else value


def event(kind: str, number: int, model: str = "gpt-4o") -> dict[str, Any]:
    """Return an event of a type that the section has for itself."""
    attributes = {"id": str(number), "source": kind, "specversion": "1.0", "type": kind, "subject": f"{kind}-customer"}
    return {**attributes, "time": "2026-11-24T08:30:00Z", "data": {"tokens": number, "model": model}}


def meter(slug: str) -> MeterCreate:
    """Return a meter over those events."""
    return MeterCreate(slug=slug, event_type=slug, aggregation="SUM", value_property="$.tokens", group_by={"model": "$.model"})


def rows(result: Any) -> list[Any]:
    """Return the rows of a usage query."""
    return [[row.subject, dict(row.group_by), row.value] for row in result.data]


@section
async def events(client: Any, slug: str, _url: str) -> object:
    """Send one, a batch and JSON; list them."""
    one = event(slug, 1)
    await done(client.events.ingest_event(Event(one)))
    await done(client.events.ingest_events([event(slug, 2), event(slug, 3)]))
    await done(client.events.ingest_events_json([one]))
    listed = await done(client.events.list(subject=f"{slug}-customer"))
    return sorted(stored.event.id for stored in listed)


@section
async def meters(client: Any, slug: str, _url: str) -> object:
    """Create, read, change, query and delete a meter."""
    created = await done(client.meters.create(meter(slug)))
    await done(client.events.ingest_events([event(slug, 1), event(slug, 2), event(slug, 4, "gpt-4o-mini")]))
    asked = {"subject": [f"{slug}-customer"], "group_by": ["model"]}
    usage = await done(client.meters.query_json(slug, window_size="DAY", **asked))
    filters = {"model": {"$eq": "gpt-4o"}}
    filtered = await done(client.meters.query(slug, {"advancedMeterGroupByFilters": filters}))
    csv = await done(client.meters.query_csv(slug, **asked))
    changed = await done(client.meters.update(slug, {"name": "Renamed", "groupBy": {"model": "$.model"}}))
    subjects = await done(client.meters.list_subjects(slug))
    values = await done(client.meters.list_group_by_values(slug, "model"))
    got = await done(client.meters.get(slug))
    listed = [one.slug for one in await done(client.meters.list()) if one.slug == slug]
    await done(client.meters.delete(slug))
    return {
        "created": [created.slug, created.aggregation, got.id == created.id, listed],
        "usage": rows(usage),
        "filtered": rows(filtered),
        "csv": [line.split(",")[-2:] for line in str(csv).splitlines()],
        "name": changed.name,
        "subjects": subjects,
        "values": values,
    }


@section
async def portal(client: Any, slug: str, url: str) -> object:
    """Make a token, look with it, take it back."""
    await done(client.meters.create(meter(slug)))
    other = {**event(slug, 9), "id": "other", "subject": "somebody-else"}
    await done(client.events.ingest_events([event(slug, 5), other]))
    token = await done(client.portal.portal_tokens.create({"subject": f"{slug}-customer", "allowedMeterSlugs": [slug]}))
    viewer = type(client)(endpoint=url, token=token.token)
    seen = await done(viewer.portal.portal_meters.query_json(slug))
    listed = [one.subject for one in await done(client.portal.portal_tokens.list()) if one.id == token.id]
    await done(client.portal.portal_tokens.invalidate({"id": token.id}))
    try:
        await done(viewer.portal.portal_meters.query_json(slug))
    except Exception as error:  # noqa: BLE001 - whatever the SDK raises
        refused = getattr(error, "status_code", repr(error))
    else:
        refused = 200
    await done(viewer.close())
    return {"seen": rows(seen), "listed": listed, "refused": refused}


@section
async def subjects(client: Any, slug: str, _url: str) -> object:
    """Upsert, list, read and delete a subject."""
    made = await done(client.subjects.upsert([{"key": slug, "displayName": "ACME", "metadata": {"tier": "gold"}}]))
    got = await done(client.subjects.get(slug))
    listed = [one.key for one in await done(client.subjects.list()) if one.key == slug]
    await done(client.subjects.delete(slug))
    return [made[0].key, got.display_name, dict(got.metadata), listed]


@section
async def customers(client: Any, slug: str, _url: str) -> object:
    """Create, list, read, change and delete a customer; ask for its usage."""
    await done(client.meters.create(meter(slug)))
    await done(client.events.ingest_event(event(slug, 6)))
    body = {"key": slug, "name": "ACME", "usageAttribution": {"subjectKeys": [f"{slug}-customer"]}}
    made = await done(client.customers.create(body))
    usage = await done(client.meters.query_json(slug, filter_customer_id=[made.id]))
    listed = [one.name for one in (await done(client.customers.list(key=slug))).items_property]
    changed = await done(client.customers.update(made.id, {**body, "name": "ACME Inc."}))
    got = await done(client.customers.get(slug))
    await done(client.customers.delete(made.id))
    return [[row.value for row in usage.data], listed, changed.name, got.id == made.id]


async def main() -> None:
    """Run one section."""
    kind, url, name = sys.argv[1:]
    client = (Client if kind == "sync" else AsyncClient)(endpoint=url, token="none")
    result = await SECTIONS[name](client, f"om_{kind}_{name}", url)
    await done(client.close())
    print(json.dumps(result))


asyncio.run(main())
