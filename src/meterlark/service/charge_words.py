"""Lines as a person reads them: what was charged, and why it is that amount. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import assert_never

from meterlark.model.time import format_time
from meterlark.pricing.charge import ChargeLine, Kind, Used, step_of
from meterlark.pricing.decompose import Quantity
from meterlark.pricing.ratecard import Graduated, Markup, Package, Step, Volume
from meterlark.service.charged import Line, Part


def own_lines(lines: Sequence[ChargeLine], parts: Sequence[Part], used: Sequence[dict[str, Used]]) -> Iterator[Line]:
    """Yield the lines of a period in words.

    Args:
        lines: As pricing gives them.
        parts: Of the period.
        used: What was used in each part.
    """
    steps_seen: dict[tuple[str, datetime], int] = {}
    for line in lines:
        position = next((n for n, part in enumerate(parts) if part.start == line.start and part.end == line.end), 0)
        part = parts[position]
        found = next((item for item in part.version.items if item.key == line.item), None)
        place = (line.item, line.start)
        if line.kind is Kind.STEP:
            steps_seen[place] = steps_seen.get(place, -1) + 1
        why = _why(line, part, used[position].get(line.item), steps_seen.get(place, 0))
        yield Line(
            number=0,
            item=line.item,
            kind=line.kind,
            start=line.start,
            end=line.end,
            amount=line.amount,
            unit=_unit(line, part),
            quantity=line.quantity,
            price=line.price,
            per=line.per,
            why=why,
            usage=None if found is None or found.meter is None else found,
        )


def adjusting_line(line: ChargeLine, parts: Sequence[Part], *, period_id: str, start: datetime, end: datetime) -> Line:
    """Return a line that adjusts a closed period in words."""
    period = f"the closed period {format_time(start)} to {format_time(end)}"
    part = next((part for part in parts if part.start == line.start), parts[0])
    found = next((item for item in part.version.items if item.key == line.item), None)
    if line.kind is Kind.ADJUSTMENT:
        why = f"late, voided, corrected or repriced events of {period}: what it amounts to now, less what was charged for it"
    else:
        why = f"the {line.kind} of {period} changes with its events"
    return Line(
        number=0,
        item=line.item,
        kind=line.kind,
        start=line.start,
        end=line.end,
        amount=line.amount,
        unit=_unit(line, part),
        quantity=line.quantity,
        why=why,
        usage=None if found is None or found.meter is None else found,
        adjusts=period_id,
    )


def _unit(line: ChargeLine, part: Part) -> str:
    """Return what one of a line's quantity is called; empty without a quantity."""
    if line.quantity is None:
        return ""
    item = part.version.item(line.item)
    if isinstance(item.rate, Markup):
        return part.version.currency
    unit = item.unit or item.meter or ""
    if isinstance(item.rate, Package) and line.kind in {Kind.PACKAGE, Kind.ADJUSTMENT}:
        return f"package of {item.rate.size} {unit}"
    return unit


def _why(line: ChargeLine, part: Part, used: Used | None, step: int) -> str:
    """Return why a line has its amount."""
    version = part.version
    rate = version.rates.rates.get(line.item)
    match line.kind:
        case Kind.USAGE:
            return "usage at the unit price"
        case Kind.MARKUP:
            assert isinstance(rate, Markup)
            return f"cost of the events plus {rate.percent:f}%"
        case Kind.FLAT:
            return "flat amount of the period"
        case Kind.STEP | Kind.FEE:
            assert isinstance(rate, Graduated | Volume)
            assert used is not None
            if isinstance(rate, Volume):
                bounds = _bounds(rate.steps, rate.steps.index(step_of(rate.steps, used.quantity)))
                text = f"all usage at the price of the step {bounds}"
            else:
                text = f"usage within the step {_bounds(rate.steps, step)}"
            return text if line.kind is Kind.STEP else f"fee of the step {text.partition(' the step ')[2]}"
        case Kind.PACKAGE:
            assert isinstance(rate, Package)
            assert used is not None
            return f"packages of {rate.size} for {_text(used.quantity)}; one that was begun is paid in full"
        case Kind.MINIMUM:
            return f"what is missing to the minimum of {version.minimum:f} {version.currency}"
        case Kind.ROUNDING:
            return "the sum of the lines above, rounded once, half to even, to what can be paid"
        case Kind.ADJUSTMENT:
            raise AssertionError("a period has no adjustments of its own")
        case _:
            assert_never(line.kind)


def _bounds(steps: Sequence[Step], position: int) -> str:
    above = steps[position - 1].up_to if position else None
    up_to = steps[position].up_to
    texts = ([] if above is None else [f"above {above}"]) + ([] if up_to is None else [f"up to {up_to}"])
    return " ".join(texts) or "of all usage"


def _text(quantity: Quantity) -> str:
    return f"{quantity:f}" if not isinstance(quantity, int) else str(quantity)
