"""The cost of one event: lines that add up to its amount, and what has no price, with the reason. Never 0 for unknown, never guessed."""

from decimal import Decimal

import msgspec

from meterlark.pricing.book import PriceBook
from meterlark.pricing.plan import Line, PriceRecord, Reason, Unpriced
from meterlark.pricing.usage import Consumption


class Cost(msgspec.Struct, frozen=True, gc=False):
    """What an event cost.

    Attributes:
        amount: Exact sum of the lines; None when nothing could be priced, which is not 0.
        currency: ISO 4217; empty when nothing could be priced.
        lines: One for each unit, disjoint: together they are the reported usage.
        unpriced: What has no price; the amount is complete only when this is empty.
        record: The prices that hold; None when none do.
    """

    amount: Decimal | None
    currency: str
    lines: tuple[Line, ...]
    unpriced: tuple[Unpriced, ...]
    record: PriceRecord | None = None

    @property
    def is_complete(self) -> bool:
        """Whether everything that was used has a price."""
        return not self.unpriced


def price_event(book: PriceBook, used: Consumption) -> Cost:
    """Return the cost of an event at the prices that held at its time."""
    found = book.find(used.provider, used.model, used.tier, used.source)
    if isinstance(found, Unpriced):
        return _unpriced(found)
    bands = found.at(used.at)
    if bands is None:
        first = "" if found.first_day is None else f"; the first one is of {found.first_day}"
        text = f"{used.provider}/{used.model} has no price for the tier {used.tier!r} at {used.at.isoformat()}{first}"
        return _unpriced(Unpriced(Reason.NO_PRICE_AT_THAT_TIME, text))
    plan = bands.plan(used.quantities)
    if plan is None:
        text = f"the price of {used.provider}/{used.model} depends on the number of input tokens, which is not reported"
        return _unpriced(Unpriced(Reason.UNKNOWN_INPUT_LENGTH, text))
    lines, unpriced, amount = plan.price(used.quantities)
    for unit in used.unreadable:
        unpriced.append(Unpriced(Reason.UNREADABLE_QUANTITY, f"the quantity of {unit} is no number that can be priced", unit))
    if not (used.quantities or lines or unpriced):
        unpriced.append(Unpriced(Reason.NO_QUANTITY, "no quantity that could be priced is reported"))
    if unpriced and not lines:
        return Cost(None, "", (), tuple(unpriced), plan.record)
    return Cost(amount, plan.record.currency, tuple(lines), tuple(unpriced), plan.record)


def _unpriced(reason: Unpriced) -> Cost:
    return Cost(None, "", (), (reason,))
