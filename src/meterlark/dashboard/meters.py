"""The meters: listed, made from a pasted event after a try on stored ones, and deleted."""

import re
from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec
from msgspec import Meta

from meterlark.dashboard.page import Page, Visit, see_other
from meterlark.dashboard.stamp import take_stamp
from meterlark.dashboard.story import pretty
from meterlark.metering.meter import GROUP_BY_KEYS_MAX, Aggregation, Meter, define_meter
from meterlark.metering.path import PATH_LENGTH_MAX
from meterlark.model.errors import InvalidInputError
from meterlark.model.event import DEFAULT_NAMESPACE, Event, decode_event
from meterlark.server.problem import OK, status_of
from meterlark.server.reply import Reply
from meterlark.service.explain import read_by_meters
from meterlark.service.principal import Scope
from meterlark.warehouse.contract import ListingFilter

FIELDS_MAX: Final = 100
"""Fields of a pasted event that are offered."""

DEPTH_MAX: Final = 6
"""Levels of a pasted event that are looked into."""

SHOWN_MAX: Final = 80
"""Characters of a field's value that are shown."""

_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NOT_KEY: Final = re.compile(r"[^A-Za-z0-9_]+")

EXAMPLE: Final = """{
  "specversion": "1.0",
  "id": "job-1",
  "source": "my-app",
  "type": "job.finished",
  "subject": "acme",
  "data": {"gpu": {"seconds": 12.5}, "region": "eu-1"}
}"""


class MeterForm(msgspec.Struct, frozen=True, kw_only=True):
    """A meter that is being made.

    Attributes:
        action: What to do with it: read the event, try it on stored events, or create it.
        event: The pasted text.
        slug: Of the meter.
        name: Of the meter, for people.
        aggregation: How measurements become usage.
        value: Path of the value.
        group: Paths of the dimensions.
    """

    action: Literal["read", "try", "create"]
    event: str = ""
    slug: str = ""
    name: str | None = None
    aggregation: Literal["SUM", "COUNT", "AVG", "MIN", "MAX", "UNIQUE_COUNT", "LATEST"] = "SUM"
    value: str | None = None
    group: Annotated[list[str], Meta(max_length=GROUP_BY_KEYS_MAX)] = []


class NewQuery(msgspec.Struct, frozen=True):
    """Which stored event to begin with; the newest without both.

    Attributes:
        source: Of the event.
        id: Of the event.
    """

    source: str | None = None
    id: str | None = None


class DeleteForm(msgspec.Struct, frozen=True):
    """Which meter."""

    slug: str


class Field(NamedTuple):
    """One value in a pasted event.

    Attributes:
        path: JSONPath.
        key: As a dimension would be called.
        shown: Its value, cut.
        is_number: Whether it can be added up.
    """

    path: str
    key: str
    shown: str
    is_number: bool


async def show(visit: Visit) -> Reply:
    """List the meters."""
    stamp = await take_stamp(visit.call)
    entries = await visit.call.services.meters.entries()
    return visit.page("meters.html", stamp=stamp, zone=visit.zone, entries=entries)


async def begin(visit: Visit) -> Reply:
    """Show the form with an event to begin with: the newest stored one, or an example."""
    call = visit.call
    query: NewQuery = call.query
    if query.source is not None and query.id is not None:
        story = await call.services.explain.story(source=query.source, event_id=query.id, by=call.principal)
        return await _page(visit, MeterForm(action="read", event=pretty(story.record.text)))
    listed = await call.services.events.listed(ListingFilter(limit=1), by=call.principal)
    return await _page(visit, MeterForm(action="read", event=pretty(listed[0].record.text) if listed else EXAMPLE))


async def go_on(visit: Visit) -> Reply:
    """Do what the form asks; a mistake is told beside what was filled in."""
    form: MeterForm = visit.call.body
    try:
        event = _read(form.event, visit)
        if form.action == "read":
            return await _page(visit, _proposed(form, event), event=event)
        meter = _meter(form, event)
        if form.action == "create":
            visit.call.principal.require(Scope.ADMIN)
            await visit.call.services.meters.create(meter, by=visit.call.actor)
            return see_other(f"/explore?meter={meter.slug}")
        result = await visit.call.services.backtest.run(meter, start=None, end=None, by=visit.call.principal)
        [reading] = read_by_meters(event, [meter], visit.call.services.costs)
        return await _page(visit, form, event=event, result=result, reading=reading)
    except InvalidInputError as error:
        return await _page(visit, form, said=str(error), status=status_of(error))


async def delete(visit: Visit) -> Reply:
    """Delete a meter; its events stay."""
    form: DeleteForm = visit.call.body
    await visit.call.services.meters.delete(form.slug, by=visit.call.actor)
    return see_other("/meters")


async def _page(
    visit: Visit, form: MeterForm, *, event: Event | None = None, said: str | None = None, status: int = OK, **more: object
) -> Reply:
    fields = fields_of(event.data) if event is not None and event.data else []
    values = {
        "form": form,
        "event": event,
        "fields": fields,
        "said": said,
        "aggregations": list(Aggregation),
        "stamp": await take_stamp(visit.call),
    }
    return visit.page("meter_new.html", status=status, zone=visit.zone, **{"result": None, "reading": None, **values, **more})


def _read(text: str, visit: Visit) -> Event:
    try:
        return decode_event(text.encode(), namespace=DEFAULT_NAMESPACE, received_at=visit.call.services.now())
    except InvalidInputError as error:
        raise InvalidInputError(f"the event: {error}", field="event") from error


def _proposed(form: MeterForm, event: Event) -> MeterForm:
    """Return the form with what an event of this kind suggests."""
    fields = fields_of(event.data or {})
    numbers = [field for field in fields if field.is_number]
    name = _NOT_KEY.sub("_", event.type.lower()).strip("_") or "usage"
    best = next((field for field in numbers if "total" in field.path), numbers[0] if numbers else None)
    groups = [field.path for field in fields if not field.is_number][:4]
    slug = re.sub(r"_+", "_", f"{name}_{best.key.lower()}" if best else f"{name}_count").strip("_")[:64]
    return MeterForm(
        action="read",
        event=form.event,
        slug=form.slug or slug,
        name=form.name,
        aggregation="SUM" if best else "COUNT",
        value=None if best is None else best.path,
        group=groups,
    )


def _meter(form: MeterForm, event: Event) -> Meter:
    keys: dict[str, str] = {}
    known = {field.path: field.key for field in fields_of(event.data or {})}
    for path in form.group:
        if path != form.value:
            keys[_free(known.get(path, "group"), keys)] = path
    return define_meter(
        slug=form.slug,
        event_type=event.type,
        aggregation=form.aggregation,
        value_property=None if form.aggregation == "COUNT" else form.value,
        group_by=keys,
        name=form.name,
    )


def _free(key: str, taken: dict[str, str]) -> str:
    number = 2
    wanted = key if key not in {"subject", "customer_id"} else f"{key}_"
    free = wanted
    while free in taken:
        free = f"{wanted}_{number}"
        number += 1
    return free


def fields_of(data: dict[str, Any]) -> list[Field]:
    """Return the values in an event's data, in its order, at most `FIELDS_MAX` of them."""
    found: list[Field] = []
    _walk(data, "$", "", 0, found)
    return found[:FIELDS_MAX]


def _walk(value: object, path: str, key: str, depth: int, found: list[Field]) -> None:
    if len(found) > FIELDS_MAX or len(path) > PATH_LENGTH_MAX:
        return
    if isinstance(value, dict):
        if depth < DEPTH_MAX:
            for name, inner in value.items():
                _walk(inner, path + _step(name), _key(name), depth + 1, found)
    elif not isinstance(value, list):
        is_number = not isinstance(value, bool | str) and value is not None
        found.append(Field(path, key, _shown(value), is_number))


def _step(name: str) -> str:
    if _PLAIN.fullmatch(name):
        return f".{name}"
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{escaped}']"


def _key(name: str) -> str:
    key = _NOT_KEY.sub("_", name).strip("_")[:64] or "field"
    return key if not key[0].isdigit() else f"_{key}"[:64]


def _shown(value: object) -> str:
    text = {True: "true", False: "false", None: "null"}[value] if value is None or isinstance(value, bool) else str(value)
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}…"


PAGES: Final = (
    Page(path="/meters", handler=show),
    Page(path="/meters/new", handler=begin, query=NewQuery),
    Page(method="POST", path="/meters/new", handler=go_on, form=MeterForm),
    Page(method="POST", path="/meters/delete", scope=Scope.ADMIN, handler=delete, form=DeleteForm),
)
