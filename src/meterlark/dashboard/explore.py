"""The explorer: any question that the API takes, drawn, as a table, as a file, and as the command that asks the same."""

import asyncio
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Final, Literal, NamedTuple

import msgspec
from msgspec import Meta

from meterlark.dashboard import chart, spark
from meterlark.dashboard.page import Page, Visit
from meterlark.dashboard.people import Person, person_of
from meterlark.dashboard.period import Period, ViewQuery, read_period
from meterlark.dashboard.question import Question, snippets
from meterlark.dashboard.ranked import drawn, ranked_rows
from meterlark.dashboard.series import ADDITIVE, added, by_window, change_of, group_of, name_of
from meterlark.dashboard.stamp import take_stamp
from meterlark.dashboard.words import share
from meterlark.metering.query import GROUPS_MAX, SUBJECTS_MAX, Row
from meterlark.metering.window import WindowSize
from meterlark.model.errors import NotFoundError
from meterlark.server.events import CUSTOMERS_MAX
from meterlark.server.formats import CSV_TYPE, CUSTOMER_ID, LINES_TYPE, NO_CUSTOMER, PARQUET_TYPE, csv_text, json_lines, parquet_bytes
from meterlark.server.problem import OK
from meterlark.server.reply import Reply
from meterlark.service.meters import MeterEntry

ROWS_SHOWN_MAX: Final = 200
"""Groups of the table; the files have all."""

FIRST_METER: Final = "llm_total_tokens"


class ExploreQuery(ViewQuery, msgspec.Struct, frozen=True, kw_only=True):
    """What is explored.

    Attributes:
        meter: Slug; the tokens of captured calls without it.
        window: Length of the windows; one that fits the period without it.
        group: What splits the usage.
        subject: Only these.
        customer: Ids; only these.
        where: Texts that may pass, by dimension.
        compare: Whether the period before is drawn, too.
    """

    meter: str | None = None
    window: Literal["MINUTE", "HOUR", "DAY", "MONTH"] | None = None
    group: Annotated[list[str], Meta(max_length=GROUPS_MAX)] = []
    subject: Annotated[list[str], Meta(max_length=SUBJECTS_MAX)] = []
    customer: Annotated[list[str], Meta(max_length=CUSTOMERS_MAX)] = []
    where: dict[str, list[str]] = {}
    compare: Literal["yes"] | None = None


class GroupLine(NamedTuple):
    """One line of the table.

    Attributes:
        name: Of the group.
        person: Whose it is, when groups are subjects.
        value: Its usage in the whole period.
        share: Of the whole, in percent; empty for what cannot be added.
        width: Of its bar, in percent of the largest; empty likewise.
        filters: Parameters that show this group alone.
    """

    name: str
    person: Person | None
    value: Decimal
    share: str
    width: str
    filters: list[tuple[str, str]]


async def show(visit: Visit) -> Reply:
    """Show the explorer."""
    call = visit.call
    query: ExploreQuery = call.query
    stamp = await take_stamp(call)
    period = read_period(query, zone_name=visit.frame.zone_name, now=stamp.at)
    entries = [
        one for one in await call.services.meters.entries() if call.principal.meters is None or one.meter.slug in call.principal.meters
    ]
    if not entries:
        return visit.page("explore_none.html", period=period, stamp=stamp)
    entry = _chosen(entries, query.meter)
    size = WindowSize(query.window) if query.window else period.size
    windows = period.windows(size)
    question = _question(query, entry, period, size)
    total, ranked = await asyncio.gather(_total(visit, question), ranked_rows(call, question))
    lines = await drawn(call, question, ranked, windows)
    before = await _before(visit, question, period) if query.compare and lines.is_additive else None
    previous = None if before is None else by_window(before, period.windows_before(size))
    return visit.page(
        "explore.html",
        period=period,
        stamp=stamp,
        query=query,
        entry=entry,
        entries=entries,
        size=size,
        total=total,
        change="" if previous is None else change_of(added(lines, len(windows)), previous, windows, now=stamp.at),
        bars=lines,
        options=chart.options(lines, windows, size=size, zone=period.zone, now=stamp.at, before=previous),
        summary=chart.summary(lines, windows, size=size, zone=period.zone),
        labels=[chart.label(window, size, period.zone) for window in windows],
        groups=[_line(visit, question, row, total, ranked) for row in ranked[:ROWS_SHOWN_MAX]],
        groups_count=len(ranked),
        snippets=snippets(question, address=visit.frame.address, is_open=visit.frame.is_open),
        customers={one: (await call.services.customers.get(one, by=call.principal)).customer.name for one in query.customer},
        files=[(ending, visit.frame.link(f"/explore/usage.{ending}")) for ending in FILES],
    )


FILES: Final = {"csv": f"{CSV_TYPE}; charset=utf-8", "jsonl": LINES_TYPE, "parquet": PARQUET_TYPE}
"""Content type by the ending of the file's name."""


async def download(visit: Visit) -> Reply:
    """Give the rows of the question as a file, as the API does."""
    call = visit.call
    query: ExploreQuery = call.query
    ending = call.path["ending"]
    if ending not in FILES:
        raise NotFoundError(f"there is no file of the kind {ending[:40]!r}; there are {', '.join(FILES)}")
    period = read_period(query, zone_name=visit.frame.zone_name, now=call.services.now())
    entry = _chosen(await call.services.meters.entries(), query.meter)
    question = _question(query, entry, period, WindowSize(query.window) if query.window else period.size)
    plan = await question.plan(call)
    rows = await question.answer(call)
    customers = CUSTOMER_ID if query.customer else NO_CUSTOMER
    match ending:
        case "csv":
            content = csv_text(plan, rows, customers=customers).encode()
        case "jsonl":
            content = json_lines(plan, rows, customers=customers)
        case _:
            content = await asyncio.to_thread(parquet_bytes, plan, rows, customers=customers)
    headers = (
        ("content-disposition", f'attachment; filename="{entry.meter.slug}.{ending}"'),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    )
    return Reply(OK, content, FILES[ending], headers)


def _chosen(entries: list[MeterEntry], slug: str | None) -> MeterEntry:
    by_slug = {entry.meter.slug: entry for entry in entries}
    if slug is None:
        return by_slug.get(FIRST_METER, entries[0])
    if slug not in by_slug:
        raise NotFoundError(f"meter not found: {slug[:80]}")
    return by_slug[slug]


def _question(query: ExploreQuery, entry: MeterEntry, period: Period, size: WindowSize) -> Question:
    return Question(
        meter=entry.meter.slug,
        start=period.start,
        end=period.end,
        size=size,
        zone_name=period.zone.key,
        group_by=tuple(dict.fromkeys((*query.group, *(("subject",) if len(set(query.subject)) > 1 else ())))),
        filters={key: tuple(texts) for key, texts in query.where.items()},
        subjects=tuple(query.subject),
        customers=tuple(query.customer),
    )


async def _total(visit: Visit, question: Question) -> Decimal | None:
    """Return the usage of the whole period in one number; None where there is none, or no single one."""
    rows = await msgspec.structs.replace(question, size=None, group_by=()).answer(visit.call)
    meter = (await visit.call.services.meters.get(question.meter)).meter
    if meter.aggregation in ADDITIVE:
        return sum((row.value for row in rows), Decimal(0))
    return rows[0].value if len(rows) == 1 else None


async def _before(visit: Visit, question: Question, period: Period) -> list[Row]:
    earlier = msgspec.structs.replace(question, start=period.before, end=period.start, group_by=())
    return await earlier.answer(visit.call)


def _line(visit: Visit, question: Question, row: Row, total: Decimal | None, ranked: list[Row]) -> GroupLine:
    meter_groups: Mapping[str, str] = row.groups
    filters = [(f"where[{key}]", text) for key, text in meter_groups.items() if text]
    if row.subject is not None:
        filters.append(("subject", row.subject))
    is_people = question.group_by == ("subject",) and row.subject is not None
    is_whole = total is not None and total > 0 and len(ranked) > 0 and row.value >= 0
    return GroupLine(
        name_of(group_of(row)),
        person_of(visit.call, row.subject) if is_people and row.subject is not None else None,
        row.value,
        share(row.value, total) if is_whole and total is not None else "",
        spark.width(row.value, ranked[0].value) if is_whole else "",
        filters,
    )


PAGES: Final = (
    Page(path="/explore", handler=show, query=ExploreQuery),
    Page(path="/explore/usage.{ending}", handler=download, query=ExploreQuery),
)
