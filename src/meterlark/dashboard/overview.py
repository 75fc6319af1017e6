"""The first page: what was used in a period, by model and by whom, and how that compares with the period before."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from meterlark.dashboard import chart, spark
from meterlark.dashboard.families import FAMILIES, Family, costs_of, has_cost, sources
from meterlark.dashboard.page import Page, Visit
from meterlark.dashboard.people import Person, person_of
from meterlark.dashboard.period import Period, ViewQuery, read_period
from meterlark.dashboard.question import Question, snippets
from meterlark.dashboard.ranked import drawn
from meterlark.dashboard.series import Chart, by_window, change_of, chart_of, group_of, totals
from meterlark.dashboard.stamp import take_stamp
from meterlark.dashboard.words import share
from meterlark.metering.meter import Aggregation
from meterlark.metering.query import Row
from meterlark.metering.window import Window
from meterlark.server.operation import Call
from meterlark.server.reply import Reply
from meterlark.warehouse.contract import ListingFilter

TOP: Final = 8
"""Lines of a list beside the chart; the page behind it has all."""


class OverviewQuery(ViewQuery, frozen=True, kw_only=True, rename={"from_": "from"}):
    """What the overview is asked.

    Attributes:
        source: Which set of meters; without it the one with the most requests in the period.
        split: What the bars are made of.
        measure: What they measure.
    """

    source: Family | None = None
    split: Literal["model", "kind", "customer"] = "model"
    measure: Literal["tokens", "cost"] = "tokens"


class Tile(NamedTuple):
    """One number at the top.

    Attributes:
        name: What it is.
        value: All its digits.
        is_money: Whether it is in dollars.
        change: Against the period before, in percent; empty when that had nothing.
        points: Of the small line.
        link: Where it is looked into.
    """

    name: str
    value: Decimal
    is_money: bool
    change: str
    points: str
    link: str


class Line(NamedTuple):
    """One line of a list.

    Attributes:
        person: Whose it is; None for a list that is not of people.
        name: What it is of.
        value: Its number.
        share: Of the whole, in percent.
        width: Of its bar, in percent of the first.
        requests: How many requests it is of.
        cost: In dollars; None where no meter counts it.
    """

    person: Person | None
    name: str
    value: Decimal
    share: str
    width: str
    requests: Decimal | None
    cost: Decimal | None


class Answers(NamedTuple):
    """The rows of the page's questions: of the period and the one before with windows, of the period alone by subject.

    `cost` is None where no meter counts it, `people_cost` where nobody is ranked by it.
    """

    tokens: list[Row]
    requests: list[Row]
    inputs: list[Row]
    outputs: list[Row]
    people: list[Row]
    cost: list[Row] | None = None
    people_cost: list[Row] | None = None


async def show(visit: Visit) -> Reply:
    """Show the overview."""
    call = visit.call
    query: OverviewQuery = call.query
    stamp = await take_stamp(call)
    period = read_period(query, zone_name=visit.frame.zone_name, now=stamp.at)
    found, whole = await sources(call, period)
    if call.principal.meters is not None or not whole:
        return visit.page("overview_none.html", period=period, stamp=stamp)
    if not found:
        newest = await call.services.events.listed(ListingFilter(limit=1), by=call.principal)
        return visit.page("overview_empty.html", period=period, stamp=stamp, newest=newest[0].event.time if newest else None)
    family = query.source or found[0].family
    knows_cost = has_cost(call, family)
    is_money = knows_cost and query.measure == "cost"
    split = "model" if is_money and query.split == "kind" else query.split
    questions = _questions(family, period, knows_cost=knows_cost, ranks_by_cost=is_money and split == "customer")
    unpriced, rows = await asyncio.gather(
        _unpriced(call, family, period, knows_cost=knows_cost), asyncio.gather(*(question.answer(call) for question in questions))
    )
    answers = Answers(*rows)
    windows = period.windows()
    total = sum(by_window(answers.tokens, windows), Decimal(0))
    shown = _question(family, period, split, is_money=is_money)
    bars, people = await asyncio.gather(
        _bars(call, answers, shown, split, windows), _people(call, answers.people, total, family, period, knows_cost=knows_cost)
    )
    drawn_rows = answers.cost if is_money and answers.cost is not None else answers.tokens
    before = by_window(drawn_rows, period.windows_before()) if period.is_comparable else None
    return visit.page(
        "overview.html",
        period=period,
        stamp=stamp,
        split=split,
        knows_cost=knows_cost,
        unpriced=unpriced,
        conflicts=stamp.conflicts,
        is_money=is_money,
        family=family,
        sources=found,
        tiles=_tiles(visit, answers, period, family),
        bars=bars,
        options=chart.options(bars, windows, size=period.size, zone=period.zone, now=stamp.at, before=before),
        summary=chart.summary(bars, windows, size=period.size, zone=period.zone),
        labels=[chart.label(window, period.size, period.zone) for window in windows],
        question=shown,
        snippets=snippets(shown, address=visit.frame.address, is_open=visit.frame.is_open),
        people=people,
        people_count=len(answers.people),
        models=_models(answers, windows, total),
    )


async def _unpriced(call: Call, family: str, period: Period, *, knows_cost: bool) -> int:
    """Return how many events of the period are in no sum of cost, because nobody has a price for them."""
    if not knows_cost:
        return 0
    return await call.services.unpriced.events(FAMILIES[family], by=call.principal, start=period.start, end=period.end)


def _questions(family: str, period: Period, *, knows_cost: bool, ranks_by_cost: bool) -> list[Question]:
    """Return the page's questions. One question spans the period and the one before: twice the rows, but half the readings."""
    start = period.before if period.is_comparable else period.start

    def over_time(end: str, *group_by: str) -> Question:
        return Question(
            meter=f"{family}_{end}", start=start, end=period.end, size=period.size, zone_name=period.zone.key, group_by=group_by
        )

    def by_subject(end: str) -> Question:
        return Question(meter=f"{family}_{end}", start=period.start, end=period.end, group_by=("subject",))

    questions = [
        over_time("total_tokens", "model"),
        over_time("requests", "model"),
        over_time("input_tokens"),
        over_time("output_tokens"),
        by_subject("total_tokens"),
    ]
    costs = [over_time("cost", "model")] if knows_cost else []
    return [*questions, *costs, *([by_subject("cost")] if ranks_by_cost else [])]


def _question(family: str, period: Period, split: str, *, is_money: bool) -> Question:
    """Return the question whose answer the chart is."""
    groups: dict[str, tuple[str, ...]] = {"model": ("model",), "customer": ("subject",), "kind": ()}
    return Question(
        meter=f"{family}_{'cost' if is_money else 'input_tokens' if split == 'kind' else 'total_tokens'}",
        start=period.start,
        end=period.end,
        size=period.size,
        zone_name=period.zone.key,
        group_by=groups[split],
    )


async def _bars(call: Call, answers: Answers, question: Question, split: str, windows: Sequence[Window]) -> Chart:
    is_money = question.meter.endswith("_cost")
    if split == "customer":
        people = answers.people_cost if is_money and answers.people_cost is not None else answers.people
        ranked = sorted(people, key=lambda row: (-row.value, group_of(row)))
        return await drawn(call, question, ranked, windows)
    rows = answers.cost if is_money and answers.cost is not None else answers.tokens
    if split == "kind":
        rows = [_named(row, "input") for row in answers.inputs] + [_named(row, "output") for row in answers.outputs]
    return chart_of(rows, windows, aggregation=Aggregation.SUM)


def _named(row: Row, name: str) -> Row:
    return Row(row.window, None, {"kind": name}, row.value)


def _tiles(visit: Visit, answers: Answers, period: Period, family: str) -> list[Tile]:
    windows, before = period.windows(), period.windows_before() if period.is_comparable else []
    now = visit.call.services.now()

    def tile(name: str, end: str, rows: Sequence[Row]) -> Tile:
        values, earlier = by_window(rows, windows), by_window(rows, before)
        return Tile(
            name,
            sum(values, Decimal(0)),
            end == "cost",
            change_of(values, earlier, windows, now=now),
            spark.points(values),
            visit.frame.to("/explore", meter=f"{family}_{end}"),
        )

    people = Decimal(len(answers.people))
    cost = [] if answers.cost is None else [tile("Cost", "cost", answers.cost)]
    return [
        *cost,
        tile("Tokens", "total_tokens", answers.tokens),
        tile("Input tokens", "input_tokens", answers.inputs),
        tile("Output tokens", "output_tokens", answers.outputs),
        tile("Requests", "requests", answers.requests),
        Tile("Active customers", people, False, "", "", visit.frame.to("/customers")),
    ]


async def _people(call: Call, rows: Sequence[Row], total: Decimal, family: str, period: Period, *, knows_cost: bool) -> list[Line]:
    sums = list(totals(rows, "subject").items())[:TOP]
    costs = await costs_of(call, family, period, [subject for subject, _ in sums]) if knows_cost else None
    top = sums[0][1] if sums else Decimal(0)
    lines: list[Line] = []
    for subject, value in sums:
        person = person_of(call, subject)
        cost = None if costs is None else costs.get(subject)
        lines.append(Line(person, person.name, value, share(value, total), spark.width(value, top), None, cost))
    return lines


def _models(answers: Answers, windows: Sequence[Window], total: Decimal) -> list[Line]:
    inside = {window.start for window in windows}

    def of_models(rows: Sequence[Row]) -> dict[str, Decimal]:
        return totals([row for row in rows if row.window.start in inside], "model")

    tokens, requests = of_models(answers.tokens), of_models(answers.requests)
    top = next(iter(tokens.values()), Decimal(0))
    return [
        Line(None, model or "(none)", value, share(value, total), spark.width(value, top), requests.get(model, Decimal(0)), None)
        for model, value in list(tokens.items())[:TOP]
    ]


PAGES: Final = (Page(path="/overview", handler=show, query=OverviewQuery),)
