"""Every customer with its usage in a period, and subjects that are no customer's."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from heapq import nsmallest
from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta

from meterlark.dashboard import spark
from meterlark.dashboard.families import Family, costs_of, has_cost, sources
from meterlark.dashboard.page import Page, Visit
from meterlark.dashboard.people import Person, person_of
from meterlark.dashboard.period import Period, ViewQuery, read_period
from meterlark.dashboard.question import Question
from meterlark.dashboard.series import by_window
from meterlark.dashboard.stamp import take_stamp
from meterlark.dashboard.words import share
from meterlark.metering.query import SUBJECTS_MAX, Row
from meterlark.server.operation import Call
from meterlark.server.reply import Reply

PAGE_LINES: Final = 50
PAGE_MAX: Final = 100_000
NOTHING: Final = Decimal(0)


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
    everything = sum((one.tokens for one in people), Decimal(0))
    if query.q is not None:
        wanted = query.q.casefold()
        people = [one for one in people if _matches(one, wanted)]
    first = (query.page - 1) * PAGE_LINES
    return visit.page(
        "customers.html",
        period=period,
        stamp=stamp,
        query=query,
        lines=await _lines(call, family, period, _page(people, first), everything),
        first=first,
        count=len(people),
        pages=-(-len(people) // PAGE_LINES),
        sources=found,
        family=family,
        total=sum((one.tokens for one in people), Decimal(0)),
    )


class Used(NamedTuple):
    """Somebody and the usage that lists are in the order of.

    Attributes:
        person: Who.
        subjects: That have usage in the period.
        tokens: In the period.
        requests: In the period.
    """

    person: Person
    subjects: list[str]
    tokens: Decimal
    requests: Decimal


async def _people(call: Call, family: str | None, period: Period) -> list[Used]:
    """Return everybody that the visitor may see, in any order; customers also without usage."""
    tokens, requests = ({}, {}) if family is None else await _sums(call, family, period)
    people: list[Used] = []
    subjects: dict[Person, list[str]] = defaultdict(list)
    for subject in dict.fromkeys((*tokens, *requests)):
        person = person_of(call, subject)
        if person.is_customer:
            subjects[person._replace(subject="")].append(subject)
        else:
            people.append(Used(person, [subject], tokens.get(subject, NOTHING), requests.get(subject, NOTHING)))
    for entry in await call.services.customers.entries(by=call.principal):
        subjects.setdefault(Person(entry.customer.name, "", f"/customers/{entry.id}", (), is_customer=True), [])
    return people + [Used(person, keys, _sum(keys, tokens), _sum(keys, requests)) for person, keys in subjects.items()]


def _page(people: Sequence[Used], first: int) -> list[Used]:
    """Return the people of a page, the most usage first; of ten thousand, only those up to its last are put in order."""
    return nsmallest(first + PAGE_LINES, people, key=_rank)[first:]


def _rank(one: Used) -> tuple[Decimal, Decimal, str, str]:
    return -one.tokens, -one.requests, one.person.name, one.person.path


async def _sums(call: Call, family: str, period: Period) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Return tokens and requests by subject."""
    questions = [
        Question(meter=f"{family}_{end}", start=period.start, end=period.end, group_by=("subject",)) for end in ("total_tokens", "requests")
    ]
    tokens, requests = await asyncio.gather(*(question.answer(call) for question in questions))
    return {row.subject or "": row.value for row in tokens}, {row.subject or "": row.value for row in requests}


def _sum(subjects: Sequence[str], found: Mapping[str, Decimal]) -> Decimal:
    return sum((found.get(subject, NOTHING) for subject in subjects), NOTHING)


def _matches(one: Used, wanted: str) -> bool:
    return any(wanted in text.casefold() for text in (one.person.name, *one.subjects))


async def _lines(call: Call, family: str | None, period: Period, people: Sequence[Used], everything: Decimal) -> list[CustomerLine]:
    """Return the lines of one page: what a list is not in the order of is asked for its people alone."""
    subjects = [subject for one in people for subject in one.subjects]
    costs, points = (
        (None, {})
        if family is None
        else await asyncio.gather(_costs(call, family, period, subjects), _points(call, family, period, people))
    )
    return [
        CustomerLine(
            one.person,
            one.subjects,
            one.tokens,
            one.requests,
            None if costs is None else _sum(one.subjects, costs),
            share(one.tokens, everything),
            points.get(one.person, ""),
        )
        for one in people
    ]


async def _costs(call: Call, family: str, period: Period, subjects: Sequence[str]) -> dict[str, Decimal] | None:
    return await costs_of(call, family, period, subjects) if has_cost(call, family) else None


async def _points(call: Call, family: str, period: Period, people: Sequence[Used]) -> dict[Person, str]:
    """Return the small lines of what each used over time, as far as one question can name their subjects."""
    subjects = [subject for one in people for subject in one.subjects][:SUBJECTS_MAX]
    if not subjects:
        return {}
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
    by_subject: dict[str | None, list[Row]] = defaultdict(list)
    for row in rows:
        by_subject[row.subject].append(row)
    named = set(subjects)
    drawn: dict[Person, str] = {}
    for one in people:
        own = [row for subject in one.subjects for row in by_subject[subject]] if named.issuperset(one.subjects) else []
        if own:
            drawn[one.person] = spark.points(by_window(own, windows))
    return drawn


PAGES: Final = (Page(path="/customers", handler=show, query=CustomersQuery),)
