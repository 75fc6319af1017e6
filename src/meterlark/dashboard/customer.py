"""One customer, or one subject that is no customer's: its usage by model, its latest events, and its portal."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, Final, NamedTuple

import msgspec
from msgspec import Meta

from meterlark.dashboard import chart, spark
from meterlark.dashboard.event_rows import EventRow, event_rows
from meterlark.dashboard.families import Family, has_cost, sources
from meterlark.dashboard.page import Page, Visit
from meterlark.dashboard.people import SUBJECT_PATH
from meterlark.dashboard.period import Period, ViewQuery, read_period
from meterlark.dashboard.question import Question, snippets
from meterlark.dashboard.series import by_window, change_of, chart_of, totals
from meterlark.dashboard.stamp import take_stamp
from meterlark.dashboard.words import share
from meterlark.metering.meter import Aggregation
from meterlark.metering.query import Row
from meterlark.model.errors import NotFoundError
from meterlark.model.event import ATTRIBUTE_LENGTH_MAX
from meterlark.server.reply import Reply
from meterlark.service.customers import CustomerEntry
from meterlark.service.portal import SUBJECT_LENGTH_MAX
from meterlark.service.principal import Scope
from meterlark.warehouse.contract import ListingFilter

EVENTS_SHOWN: Final = 10
HOURS_MAX: Final = 24


class CustomerQuery(ViewQuery, msgspec.Struct, frozen=True, kw_only=True):
    """What of a customer is asked.

    Attributes:
        source: Which set of meters; without it the one with the most requests.
    """

    source: Family | None = None


class SubjectQuery(CustomerQuery, msgspec.Struct, frozen=True, kw_only=True):
    """Which subject.

    Attributes:
        key: As in events.
    """

    key: Annotated[str, Meta(min_length=1, max_length=ATTRIBUTE_LENGTH_MAX)]


class PortalForm(msgspec.Struct, frozen=True):
    """A portal token to make.

    Attributes:
        subject: Whose usage it shows.
        hours: How long it lives.
    """

    subject: Annotated[str, Meta(min_length=1, max_length=SUBJECT_LENGTH_MAX)]
    hours: Annotated[int, Meta(ge=1, le=HOURS_MAX)] = 1


class Tile(NamedTuple):
    """One number at the top; fields as on the overview."""

    name: str
    value: Decimal | None
    is_money: bool
    change: str
    points: str
    link: str


class ModelLine(NamedTuple):
    """One model.

    Attributes:
        name: As in events.
        tokens: In the period.
        requests: In the period.
        share: Of the customer's tokens, in percent.
        width: Of its bar, in percent of the largest.
    """

    name: str
    tokens: Decimal
    requests: Decimal
    share: str
    width: str


class Subjects(NamedTuple):
    """Whose usage is meant, in the two ways that a question may say so."""

    subjects: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()


async def show_customer(visit: Visit) -> Reply:
    """Show a customer."""
    entry = await visit.call.services.customers.get(visit.call.path["customerId"], by=visit.call.principal)
    return await _show(visit, Subjects(customers=(entry.id,)), entry, name=entry.customer.name)


async def show_subject(visit: Visit) -> Reply:
    """Show a subject."""
    query: SubjectQuery = visit.call.query
    visit.call.principal.require_subjects((query.key,))
    return await _show(visit, Subjects(subjects=(query.key,)), None, name=query.key)


async def _show(visit: Visit, whose: Subjects, entry: CustomerEntry | None, *, name: str) -> Reply:
    call = visit.call
    query: CustomerQuery = call.query
    stamp = await take_stamp(call)
    period = read_period(query, zone_name=visit.frame.zone_name, now=stamp.at)
    found, whole = await sources(call, period, subjects=whose.subjects, customers=whose.customers)
    latest = await _latest(visit, whose)
    keys = [query.key] if isinstance(query, SubjectQuery) else sorted(entry.customer.attribution) if entry else []
    values: dict[str, Any] = {
        "name": name,
        "entry": entry,
        "keys": keys,
        "latest": latest,
        "period": period,
        "stamp": stamp,
        "found": found,
    }
    if not found or not whole:
        return visit.page("customer_empty.html", **values)
    family = query.source or found[0].family
    usage = await _usage(visit, whose, family, period)
    return visit.page("customer.html", family=family, **values, **usage)


async def _usage(visit: Visit, whose: Subjects, family: str, period: Period) -> dict[str, Any]:
    """Return what the page shows of usage."""
    call = visit.call
    now = call.services.now()
    windows = period.windows()
    start = period.before if period.is_comparable else period.start

    def question(end: str, *group_by: str) -> Question:
        return Question(
            meter=f"{family}_{end}",
            start=start,
            end=period.end,
            size=period.size,
            zone_name=period.zone.key,
            group_by=group_by,
            subjects=whose.subjects,
            customers=whose.customers,
        )

    questions = [question("total_tokens", "model"), question("input_tokens"), question("output_tokens"), question("requests", "model")]
    if has_cost(call, family):
        questions.append(question("cost"))
    answers = await asyncio.gather(*(one.answer(call) for one in questions))
    tokens, _, _, requests, *_ = answers
    bars = chart_of([_bare(row) for row in tokens], windows, aggregation=Aggregation.SUM)
    before = period.windows_before() if period.is_comparable else []
    shown = msgspec.structs.replace(questions[0], start=period.start)
    inside = {window.start for window in windows}
    models = totals([row for row in tokens if row.window.start in inside], "model")
    model_requests = totals([row for row in requests if row.window.start in inside], "model")
    total, top = sum(models.values(), Decimal(0)), next(iter(models.values()), Decimal(0))

    def tile(title: str, end: str, rows: Sequence[Row]) -> Tile:
        values = by_window(rows, windows)
        more = {"subject": whose.subjects[0]} if whose.subjects else {"customer": whose.customers[0]}
        link = visit.frame.to("/explore", meter=f"{family}_{end}", **more)
        changed = change_of(values, by_window(rows, before), windows, now=now)
        is_unknown = end == "cost" and not any(row.window in windows for row in rows)
        return Tile(title, None if is_unknown else sum(values, Decimal(0)), end == "cost", changed, spark.points(values), link)

    titles = (
        ("Tokens", "total_tokens"),
        ("Input tokens", "input_tokens"),
        ("Output tokens", "output_tokens"),
        ("Requests", "requests"),
        ("Cost", "cost"),
    )
    return {
        "tiles": [tile(title, end, rows) for (title, end), rows in zip(titles, answers, strict=False)],
        "bars": bars,
        "options": chart.options(
            bars, windows, size=period.size, zone=period.zone, now=now, before=by_window(tokens, before) if before else None
        ),
        "summary": chart.summary(bars, windows, size=period.size, zone=period.zone),
        "labels": [chart.label(window, period.size, period.zone) for window in windows],
        "models": [
            ModelLine(model or "(none)", value, model_requests.get(model, Decimal(0)), share(value, total), spark.width(value, top))
            for model, value in models.items()
        ],
        "snippets": snippets(shown, address=visit.frame.address, is_open=visit.frame.is_open),
    }


def _bare(row: Row) -> Row:
    """Return a row as if no customer had been asked for: on the customer's own page every row is its."""
    return Row(row.window, None, row.groups, row.value)


async def _latest(visit: Visit, whose: Subjects) -> list[EventRow]:
    condition = ListingFilter(subjects=whose.subjects or None, limit=EVENTS_SHOWN)
    return event_rows(visit.call, await visit.call.services.events.listed(condition, by=visit.call.principal, customers=whose.customers))


async def make_token(visit: Visit) -> Reply:
    """Make a portal token and show it once."""
    call = visit.call
    form: PortalForm = call.body
    ends_at = call.services.now() + timedelta(hours=form.hours)
    token, text = await call.services.portal.create(form.subject, meters=None, expires_at=ends_at, by=call.actor)
    return visit.page("portal_token.html", token=token, text=text, zone=visit.zone)


async def show_made(_visit: Visit) -> Reply:
    """Say that a token is shown once: whoever loads that page again comes here."""
    raise NotFoundError("a token is shown once, when it is made; make another one in the settings")


PAGES: Final = (
    Page(path="/customers/{customerId}", handler=show_customer, query=CustomerQuery),
    Page(path=SUBJECT_PATH, handler=show_subject, query=SubjectQuery),
    Page(method="POST", path="/settings/portal", scope=Scope.ADMIN, handler=make_token, form=PortalForm),
    Page(path="/settings/portal", handler=show_made),
)
