"""Compare a provider's own totals with ours, by day and model, and say of each difference what it comes from. No I/O here.

Causes are looked for in the order in which they are found by hand, the cheapest first; the first that holds is the explanation:

1. time range: the export does not cover the whole day, the day is not over, or exchanges around midnight are on the other day here.
2. name: the same requests stand here under another name of the model.
3. category: as many requests, and tokens are counted otherwise, or the line is of something that is no model's tokens.
4. price: the same tokens have another price.
5. missing or extra: requests that only one side has.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec

from meterlark.capture.foreign.openai_organization import Result
from meterlark.capture.foreign.row import count, nested, word

COMPARED: Final = ("usage.completions", "usage.embeddings")
"""Kinds of usage that have a model, requests and tokens; others are listed as not compared."""

FLOAT_NOISE: Final = Decimal("1e-12")
"""The provider exports costs as binary floats of 15 digits; a sum of a thousand loses three. A smaller share is no difference."""

_DATED: Final = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|\d{4})$")
_DAY: Final = timedelta(days=1)


class Cause(StrEnum):
    """What a difference comes from."""

    TIME_RANGE = "time range"
    NAME = "name"
    CATEGORY = "category"
    PRICE = "price"
    MISSING = "missing"
    EXTRA = "extra"


class Amounts(msgspec.Struct):
    """What one model used on one day.

    Attributes:
        requests: Requests.
        input_tokens: Input, cached included.
        output_tokens: Output, reasoning included.
        cached_tokens: Part of the input; 0 where it is not known.
        unreported_tokens: Tokens that we counted ourselves, because the provider did not say; the provider has none.
    """

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    unreported_tokens: int = 0


Place = tuple[date, str]
COMPARED_FIELDS: Final = ("requests", "input_tokens", "output_tokens")


class Export(msgspec.Struct):
    """What the provider's export says.

    Attributes:
        usage: By day (UTC) and model.
        costs: By day and line, in the currency of the export.
        covered: How much of each day the export's buckets cover.
        currency: Of the costs; empty when there are none.
        others: Results that are not compared, by kind.
        has_unnamed: Whether a result has no model: the export was not grouped by it.
    """

    usage: dict[Place, Amounts] = {}
    costs: dict[Place, Decimal] = {}
    covered: dict[date, timedelta] = {}
    currency: str = ""
    others: dict[str, int] = {}
    has_unnamed: bool = False


class Difference(msgspec.Struct, frozen=True):
    """One figure that is not the same on both sides.

    Attributes:
        day: In UTC.
        model: Of the usage; for a cost, the line's model, or the whole line.
        what: requests, input_tokens, output_tokens or cost.
        theirs: The provider's figure.
        ours: Ours; None when this server does not measure it.
        difference: Theirs less ours.
        cause: What it comes from.
        why: In words.
    """

    day: date
    model: str
    what: str
    theirs: Decimal
    ours: Decimal | None
    difference: Decimal
    cause: Cause
    why: str


def read_export(results: Iterable[Result]) -> Export:
    """Add the results of an export up by day and model.

    Raises:
        UnreadableError: A result has a figure that is no number.
    """
    export = Export()
    buckets: dict[str, set[tuple[datetime, datetime]]] = {}
    for result in results:
        day = result.start.date()
        if result.kind == "costs":
            paid = nested(result.row, "amount")
            place = (day, word(result.row, "line_item"))
            export.costs[place] = export.costs.get(place, Decimal(0)) + Decimal(str(paid.get("value") or 0))
            export.currency = word(paid, "currency").upper() or export.currency
            continue
        if result.kind not in COMPARED:
            export.others[result.kind] = export.others.get(result.kind, 0) + 1
            continue
        buckets.setdefault(result.kind, set()).add((result.start, result.end))
        model = word(result.row, "model")
        export.has_unnamed |= not model
        amounts = export.usage.setdefault((day, model), Amounts())
        amounts.requests += count(result.row, "num_model_requests") or 0
        amounts.input_tokens += count(result.row, "input_tokens") or 0
        amounts.output_tokens += count(result.row, "output_tokens") or 0
        amounts.cached_tokens += count(result.row, "input_cached_tokens") or 0
    for spans in buckets.values():
        for day, length in _cover(spans).items():
            export.covered[day] = max(export.covered.get(day, timedelta(0)), length)
    return export


def _cover(spans: Iterable[tuple[datetime, datetime]]) -> dict[date, timedelta]:
    covered: dict[date, timedelta] = {}
    for start, end in spans:
        day = start.date()
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) + _DAY
        covered[day] = covered.get(day, timedelta(0)) + (min(end, midnight) - start)
    return covered


def compare_usage(theirs: Export, ours: Mapping[Place, Amounts], *, now: datetime) -> list[Difference]:
    """Return every difference of requests and tokens, by day and model, each with its cause."""
    found: list[Difference] = []
    for place in sorted(theirs.usage.keys() | ours.keys()):
        their, our = theirs.usage.get(place, Amounts()), ours.get(place, Amounts())
        figures = [(name, getattr(their, name), getattr(our, name)) for name in COMPARED_FIELDS]
        if all(one == other for _, one, other in figures):
            continue
        cause, why = _explain(place, theirs, ours, now=now)
        found += [_difference(place, name, (Decimal(one), Decimal(other)), cause, why) for name, one, other in figures if one != other]
    return found


def compare_costs(theirs: Export, ours: Mapping[Place, Decimal] | None, usage: Iterable[Difference], *, now: datetime) -> list[Difference]:
    """Return every difference of costs, by day and model.

    Args:
        theirs: The export.
        ours: Our cost by day and model; None when this server has none.
        usage: The differences of usage: a cost that follows from one has its cause.
        now: Aware UTC.
    """
    causes = {(one.day, one.model): (one.cause, one.why) for one in usage}
    models = {model for _, model in theirs.usage} | {model for _, model in ours or {}}
    paid: dict[Place, Decimal] = {}
    for (day, line), amount in theirs.costs.items():
        place = (day, _model_of(line, models))
        paid[place] = paid.get(place, Decimal(0)) + amount
    found: list[Difference] = []
    for place in sorted(paid.keys() | (ours or {}).keys()):
        amount, our = paid.get(place, Decimal(0)), None if ours is None else ours.get(place, Decimal(0))
        if _is_noise(amount, our):
            continue
        if our is None:
            cause, why = Cause.PRICE, "this server has no meter llm_cost, so there is nothing to compare with"
        elif place in causes:
            cause, why = causes[place][0], f"follows from the usage: {causes[place][1]}"
        elif place[1] not in models:
            cause, why = Cause.CATEGORY, "the line is not of one model's tokens, such as a tool, storage or a fee"
        elif place[0] >= now.date():
            cause, why = Cause.TIME_RANGE, "the day is not over"
        elif ours is not None and place not in ours:
            cause, why = Cause.PRICE, "the usage has no price here; see meterlark prices unpriced"
        else:
            cause, why = Cause.PRICE, "the same tokens have another price: a discount, a tier, or a price that is out of date here"
        found.append(_difference(place, "cost", (amount, our), cause, why))
    return found


def _difference(place: Place, what: str, figures: tuple[Decimal, Decimal | None], cause: Cause, why: str) -> Difference:
    theirs, ours = figures
    return Difference(place[0], place[1], what, theirs, ours, theirs - (ours or Decimal(0)), cause, why)


def _is_noise(theirs: Decimal, ours: Decimal | None) -> bool:
    return ours is not None and abs(theirs - ours) <= max(abs(theirs), abs(ours)) * FLOAT_NOISE


def _model_of(line: str, models: set[str]) -> str:
    """Return the model of a line such as `gpt-4o-2024-08-06, input`; the whole line if it names none that is known."""
    model = line.partition(",")[0].strip()
    return model if model in models else line or "(no line item)"


def _explain(place: Place, theirs: Export, ours: Mapping[Place, Amounts], *, now: datetime) -> tuple[Cause, str]:
    day, model = place
    their, our = theirs.usage.get(place, Amounts()), ours.get(place, Amounts())
    covered = theirs.covered.get(day, timedelta(0))
    if day >= now.date():
        return Cause.TIME_RANGE, "the day is not over"
    if covered < _DAY:
        return Cause.TIME_RANGE, f"the export covers {covered / timedelta(hours=1):g} hours of this day"
    if at := _neighbour(place, theirs, ours):
        return Cause.TIME_RANGE, f"the same requests stand on {at} on the other side: exchanges around midnight"
    if other := _other_name(place, theirs, ours):
        return Cause.NAME, f"the same requests stand under {other} on the other side"
    if their.requests == our.requests:
        return Cause.CATEGORY, _category(their, our)
    if their.requests > our.requests:
        return Cause.MISSING, f"{their.requests - our.requests} requests of {model} were not metered here"
    return (
        Cause.EXTRA,
        f"{our.requests - their.requests} requests of {model} are not in the export: another organisation or project, or failed there",
    )


def _neighbour(place: Place, theirs: Export, ours: Mapping[Place, Amounts]) -> date | None:
    """Return the day before or after on which all figures of the model differ by just as much the other way."""
    mine = _gaps(place, theirs, ours)
    for day in (place[0] - _DAY, place[0] + _DAY):
        if day in theirs.covered and _gaps((day, place[1]), theirs, ours) == tuple(-gap for gap in mine):
            return day
    return None


def _gaps(place: Place, theirs: Export, ours: Mapping[Place, Amounts]) -> tuple[int, ...]:
    their, our = theirs.usage.get(place, Amounts()), ours.get(place, Amounts())
    return tuple(getattr(their, name) - getattr(our, name) for name in COMPARED_FIELDS)


def _other_name(place: Place, theirs: Export, ours: Mapping[Place, Amounts]) -> str | None:
    """Return another name of the same model under which the other side has just these figures, where this side has none."""
    day, model = place
    base = _DATED.sub("", model)
    wanted = tuple(-gap for gap in _gaps(place, theirs, ours))
    for other_day, other in sorted(theirs.usage.keys() | ours.keys()):
        is_other_name = other_day == day and other != model and _DATED.sub("", other) == base
        if is_other_name and _gaps((day, other), theirs, ours) == wanted:
            return other
    return None


def _category(their: Amounts, our: Amounts) -> str:
    gap = their.input_tokens - our.input_tokens
    if gap and gap == their.cached_tokens:
        return "our input leaves cached tokens out, or theirs counts them twice"
    if our.unreported_tokens:
        return f"{our.unreported_tokens} of our tokens were counted here, because the provider reported none to the caller"
    return "as many requests, and tokens of another kind are counted: audio, images, or prediction"
