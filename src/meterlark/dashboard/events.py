"""Stored events: searched, followed as they come, and those that are not measured."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from meterlark.dashboard.event_rows import event_row, event_rows, story_link
from meterlark.dashboard.page import Page, Visit
from meterlark.dashboard.period import Date, midnight, read_date
from meterlark.dashboard.stamp import take_stamp
from meterlark.metering.filter import Filter, Operator
from meterlark.metering.window import load_zone
from meterlark.model.errors import InvalidInputError
from meterlark.model.event import ATTRIBUTE_LENGTH_MAX
from meterlark.server.events import CUSTOMERS_MAX
from meterlark.server.problem import OK
from meterlark.server.reply import Reply, StreamReply
from meterlark.server.tail import PAUSE, STREAM_TYPE, last_seen
from meterlark.server.times import check_order
from meterlark.service.events import ListedEvent
from meterlark.service.tail import TailFilter
from meterlark.warehouse.contract import ListingFilter, Place, TextField

PAGE_EVENTS: Final = 50
_PLACE: Final = re.compile(r"(?P<time>-?[0-9]{1,18})\.(?P<sequence>[0-9]{1,18})")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")

Attribute = Annotated[str, Meta(max_length=ATTRIBUTE_LENGTH_MAX)]
Behind = Annotated[str, Meta(pattern=_PLACE.pattern + "$", max_length=40)]


class EventsQuery(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """Which events.

    Attributes:
        id: Part of the id.
        subject: The whole subject.
        type: The whole type.
        source: The whole source.
        customer: Ids; only theirs.
        from_: First day of the event times.
        to: Last day, inclusive.
        zone: IANA name of the zone of days and times.
        behind: Where the page before ended.
    """

    id: Attribute | None = None
    subject: Attribute | None = None
    type: Attribute | None = None
    source: Attribute | None = None
    customer: Annotated[list[str], Meta(max_length=CUSTOMERS_MAX)] = []
    from_: Date | None = None
    to: Date | None = None
    zone: str | None = None
    behind: Behind | None = None


class LiveQuery(msgspec.Struct, frozen=True):
    """Which events to follow.

    Attributes:
        subject: The whole subject.
        type: The whole type.
        zone: Of the times shown.
        after: Place in the ledger after which to begin.
    """

    subject: Attribute | None = None
    type: Attribute | None = None
    zone: str | None = None
    after: Annotated[int, Meta(ge=0)] | None = None


class ZoneQuery(msgspec.Struct, frozen=True):
    """In which zone times are shown."""

    zone: str | None = None


class UnmeasuredQuery(msgspec.Struct, frozen=True):
    """Which events that are not measured.

    Attributes:
        meter: Slug of the only meter asked about.
        zone: Of the times shown.
        behind: Where the page before ended.
    """

    meter: str | None = None
    zone: str | None = None
    behind: Behind | None = None


async def show(visit: Visit) -> Reply:
    """Show a page of events, newest first."""
    call = visit.call
    query: EventsQuery = call.query
    stamp = await take_stamp(call)
    zone = load_zone(query.zone or visit.frame.zone_name)
    head = call.services.ledger.head()
    listed = await call.services.events.listed(_condition(query, visit), by=call.principal, customers=query.customer)
    rows = event_rows(call, listed[:PAGE_EVENTS])
    last = listed[PAGE_EVENTS - 1].record if len(listed) > PAGE_EVENTS else None
    can_follow = not (query.behind or query.id or query.source or query.customer or query.from_ or query.to)
    live = {"after": str(head), "subject": query.subject, "type": query.type, "zone": query.zone}
    return visit.page(
        "events.html",
        stamp=stamp,
        zone=zone,
        query=query,
        rows=rows,
        older=None if last is None else visit.frame.link(behind=f"{last.time_us}.{last.sequence}"),
        newest=visit.frame.link(behind=None) if query.behind else None,
        live=visit.frame.bare("/events/live", **live) if can_follow else None,
        customers={one: (await call.services.customers.get(one, by=call.principal)).customer.name for one in query.customer},
        is_filtered=any((query.id, query.subject, query.type, query.source, query.customer, query.from_, query.to)),
    )


def _condition(query: EventsQuery, visit: Visit) -> ListingFilter:
    zone = load_zone(query.zone or visit.frame.zone_name)
    first, last = read_date(query.from_, "from"), read_date(query.to, "to")
    start = None if first is None else midnight(first, zone)
    end = None if last is None else midnight(last + timedelta(days=1), zone)
    check_order(start, end, "from", "to")
    texts: dict[TextField, Filter] = {}
    if query.type is not None:
        texts["type"] = Filter(Operator.EQ, (query.type,))
    if query.source is not None:
        texts["source"] = Filter(Operator.EQ, (query.source,))
    return ListingFilter(
        id_part=query.id,
        subjects=None if query.subject is None else (query.subject,),
        start=start,
        end=end,
        after=_place(query.behind),
        texts=texts,
        limit=PAGE_EVENTS + 1,
    )


def _place(text: str | None) -> Place | None:
    if text is None:
        return None
    found = _PLACE.fullmatch(text)
    if found is None:
        raise InvalidInputError(f"behind is {text[:40]!r}; it is what the link to the next page says", field="behind")
    return Place(int(found["time"]), int(found["sequence"]))


async def follow(visit: Visit) -> StreamReply:
    """Send new events as they come, each as a line of the list, escaped like every page."""
    query: LiveQuery = visit.call.query
    after = last_seen(visit.call.headers)
    condition = TailFilter(query.subject, query.type)
    followed = visit.call.services.tail.follow(condition, after=query.after if after is None else after, by=visit.call.principal)
    return StreamReply(OK, STREAM_TYPE, _frames(visit, query.zone or visit.frame.zone_name, followed))


async def _frames(visit: Visit, zone_name: str, followed: AsyncIterator[list[ListedEvent]]) -> AsyncIterator[bytes]:
    zone = load_zone(zone_name)
    yield PAUSE
    async for listed in followed:
        frames = [
            _frame(one.record.sequence, visit.fragment("event_row.html", row=event_row(visit.call, one), zone=zone)) for one in listed
        ]
        yield b"".join(frames) or PAUSE


def _frame(sequence: int, html: str) -> bytes:
    lines = "".join(f"data: {line}\n" for line in _LINE_END.split(html.strip()))
    return f"id: {sequence}\n{lines}\n".encode()


async def show_unmeasured(visit: Visit) -> Reply:
    """Show events that a meter of their type could not read, or that have none, with the reasons."""
    call = visit.call
    query: UnmeasuredQuery = call.query
    stamp = await take_stamp(call)
    meter = None if query.meter is None else call.services.meters.of_slug(query.meter)
    page = await call.services.unmeasured.page(
        meter=meter, start=None, end=None, behind=_place(query.behind), limit=PAGE_EVENTS, by=call.principal
    )
    behind = page.behind
    return visit.page(
        "unmeasured.html",
        stamp=stamp,
        zone=load_zone(query.zone or visit.frame.zone_name),
        query=query,
        found=page,
        rows=[(story_link(one.event.source, one.event.id), one.event, one.reasons) for one in page.events],
        meters=[entry.meter.slug for entry in await call.services.meters.entries()],
        older=None if behind is None else visit.frame.link(behind=f"{behind.time_us}.{behind.sequence}"),
    )


async def show_conflicts(visit: Visit) -> Reply:
    """Show other contents that came under the identity of an event; they are not counted."""
    query: ZoneQuery = visit.call.query
    stamp = await take_stamp(visit.call)
    conflicts = await visit.call.services.events.conflicts(limit=PAGE_EVENTS, by=visit.call.principal)
    rows = [(conflict, conflict.first.event()) for conflict in conflicts]
    return visit.page(
        "conflicts.html",
        stamp=stamp,
        zone=load_zone(query.zone or visit.frame.zone_name),
        rows=[(conflict, event, story_link(event.source, event.id)) for conflict, event in rows],
        most=PAGE_EVENTS,
    )


PAGES: Final = (
    Page(path="/events", handler=show, query=EventsQuery),
    Page(path="/events/live", handler=follow, query=LiveQuery),
    Page(path="/events/conflicts", handler=show_conflicts, query=ZoneQuery),
    Page(path="/events/unmeasured", handler=show_unmeasured, query=UnmeasuredQuery),
)
