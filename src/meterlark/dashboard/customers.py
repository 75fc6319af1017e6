"""Every customer with its usage in a period, and subjects that are no customer's."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta

from meterlark.dashboard import spark
from meterlark.dashboard.families import Family, has_cost, sources
from meterlark.dashboard.page import Page, Visit
from meterlark.dashboard.people import Person, person_of
from meterlark.dashboard.period import Period, ViewQuery, read_period
from meterlark.dashboard.question import Question
from meterlark.dashboard.series import by_window, totals
from meterlark.dashboard.stamp import take_stamp
from meterlark.dashboard.words import share
from meterlark.metering.query import SUBJECTS_MAX
from meterlark.server.operation import Call
from meterlark.server.reply import Reply

PAGE_LINES: Final = 50
PAGE_MAX: Final = 100_000


class CustomersQuery(ViewQuery, msgspec.Struct, frozen=True, kw_only=True):
    """Which customers.

    Attributes:
        q: Part of a name, key or subject.
        page: Counted from 1.
        source: Which set of meters; without it the one with the most requests.
    """

    q: Annotated[str, Meta(max_length=1_024)] | None = None
    page: Annotated[int, Meta(ge=1, le=PAGE_MAX)] = 1
    source: Family | None = None


class CustomerLine(NamedTuple):
    """One line.

    Attributes:
        person: Whose.
        subjects: That have usage in the period; few are named.
        tokens: In the period.
        requests: In the period.
        cost: In dollars; None where no meter counts it.
        share: Of all tokens, in percent.
        points: Of the small line; empty when there is none.
    """

    person: Person
    subjects: list[str]
    tokens: Decimal
    requests: Decimal
    cost: Decimal | None
    share: str
    points: str


async def show(visit: Visit) -> Reply:
    """Show the list."""
    call = visit.call
    query: CustomersQuery = call.query
    stamp = await take_stamp(call)
    period = read_period(query, zone_name=visit.frame.zone_name, now=stamp.at)
    found, whole = await sources(call, period)
    family = query.source or (found[0].family if found else whole[0] if whole else None)
    people = await _people(call, family, period)
    if query.q is not None:
        wanted = query.q.casefold()
        people = [line for line in people if _matches(line, wanted)]
    first = (query.page - 1) * PAGE_LINES
    shown = people[first : first + PAGE_LINES]
    return visit.page(
        "customers.html",
        period=period,
        stamp=stamp,
        query=query,
        lines=await _with_points(call, family, period, shown),
        first=first,
        count=len(people),
        pages=-(-len(people) // PAGE_LINES),
        sources=found,
        family=family,
        total=sum((line.tokens for line in people), Decimal(0)),
    )


class Sums(NamedTuple):
    """Sums by subject; `cost` is None where no meter counts it."""

    tokens: dict[str, Decimal]
    requests: dict[str, Decimal]
    cost: dict[str, Decimal] | None


async def _people(call: Call, family: str | None, period: Period) -> list[CustomerLine]:
    """Return everybody that the visitor may see, the most usage first; customers without any come last."""
    sums = Sums({}, {}, None) if family is None else await _sums(call, family, period)
    subjects: dict[Person, list[str]] = defaultdict(list)
    for subject in dict.fromkeys((*sums.tokens, *sums.requests)):
        person = person_of(call, subject)
        subjects[person._replace(subject="") if person.is_customer else person].append(subject)
    for entry in await call.services.customers.entries(by=call.principal):
        subjects.setdefault(Person(entry.customer.name, "", f"/customers/{entry.id}", (), is_customer=True), [])
    everything = sum(sums.tokens.values(), Decimal(0))
    lines = [_line(person, keys, sums, everything) for person, keys in subjects.items()]
    return sorted(lines, key=lambda line: (-line.tokens, -line.requests, line.person.name, line.person.path))


async def _sums(call: Call, family: str, period: Period) -> Sums:
    ends = ("total_tokens", "requests", "cost") if has_cost(call, family) else ("total_tokens", "requests")
    questions = [Question(meter=f"{family}_{end}", start=period.start, end=period.end, group_by=("subject",)) for end in ends]
    tokens, requests, *cost = await asyncio.gather(*(question.answer(call) for question in questions))
    return Sums(totals(tokens, "subject"), totals(requests, "subject"), totals(cost[0], "subject") if cost else None)


def _line(person: Person, subjects: list[str], sums: Sums, everything: Decimal) -> CustomerLine:
    def of(found: dict[str, Decimal]) -> Decimal:
        return sum((found.get(subject, Decimal(0)) for subject in subjects), Decimal(0))

    tokens, cost = of(sums.tokens), None if sums.cost is None else of(sums.cost)
    return CustomerLine(person, subjects, tokens, of(sums.requests), cost, share(tokens, everything), "")


def _matches(line: CustomerLine, wanted: str) -> bool:
    return any(wanted in text.casefold() for text in (line.person.name, *line.subjects))


async def _with_points(call: Call, family: str | None, period: Period, lines: Sequence[CustomerLine]) -> list[CustomerLine]:
    """Return the lines of one page with what each used over time, as far as one question can name their subjects."""
    subjects = [subject for line in lines for subject in line.subjects][:SUBJECTS_MAX]
    if family is None or not subjects:
        return list(lines)
    rows = await Question(
        meter=f"{family}_total_tokens",
        start=period.start,
        end=period.end,
        size=period.size,
        zone_name=period.zone.key,
        group_by=("subject",),
        subjects=tuple(subjects),
    ).answer(call)
    windows = period.windows()
    named = set(subjects)
    drawn: list[CustomerLine] = []
    for line in lines:
        own = [row for row in rows if row.subject in line.subjects] if named.issuperset(line.subjects) else []
        drawn.append(line._replace(points=spark.points(by_window(own, windows)) if own else ""))
    return drawn


PAGES: Final = (Page(path="/customers", handler=show, query=CustomersQuery),)
