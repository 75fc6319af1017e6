"""What is still to be charged for a period that was charged before: the difference to what its events amount to now, as lines.

Late, voided and corrected events change what a closed period amounts to. The period stays; the difference is charged later, one line for
each item and part of the period, one for the minimum and one for the rounding. So what is charged in all is what would have been charged
had every event been there in time, to the last digit.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple, Protocol

from meterlark.pricing.charge import ChargeLine, Kind
from meterlark.pricing.decompose import Quantity
from meterlark.pricing.money import EXACT, ZERO

_WHOLE: Final = frozenset({Kind.FLAT, Kind.MINIMUM, Kind.ROUNDING})
"""Lines that are told apart by their kind; every other one charges usage of its item."""

_COUNTED: Final = frozenset({Kind.USAGE, Kind.MARKUP, Kind.STEP, Kind.PACKAGE, Kind.ADJUSTMENT})
"""Lines whose quantities add up to what was used; that of a package is packages."""


class Charged(Protocol):
    """A line that was charged, as far as a difference needs it."""

    @property
    def item(self) -> str:
        """What was charged for; empty for a line of the whole period."""
        ...

    @property
    def kind(self) -> Kind:
        """How."""
        ...

    @property
    def start(self) -> datetime:
        """First instant of its events."""
        ...

    @property
    def end(self) -> datetime:
        """First instant after them."""
        ...

    @property
    def quantity(self) -> Quantity | None:
        """How much; None where the amount is fixed."""
        ...

    @property
    def amount(self) -> Decimal:
        """Exact."""
        ...


class _Place(NamedTuple):
    """What a line charges for, whatever its step."""

    kind: Kind
    item: str
    start: datetime
    end: datetime


def adjust(charged: Iterable[Charged], now: Iterable[Charged]) -> list[ChargeLine]:
    """Return the lines that make what was charged what it should be now; none where nothing changed.

    Args:
        charged: The lines of the period and all lines that adjusted it since.
        now: The lines that its events amount to now, by the same versions of the rate card.
    """
    places: dict[_Place, tuple[Decimal, Decimal]] = {}
    for lines, sign in ((charged, -1), (now, 1)):
        for line in lines:
            kind = line.kind if line.kind in _WHOLE else Kind.ADJUSTMENT
            place = _Place(kind, line.item, line.start, line.end)
            quantity, amount = places.get(place, (ZERO, ZERO))
            counted = Decimal(line.quantity) if line.kind in _COUNTED and line.quantity is not None else ZERO
            places[place] = (_plus(quantity, counted, sign), _plus(amount, line.amount, sign))
    ordered = sorted(places.items(), key=lambda found: _order(found[0]))
    return [
        ChargeLine(
            item=place.item,
            kind=place.kind,
            start=place.start,
            end=place.end,
            quantity=quantity if place.kind is Kind.ADJUSTMENT else None,
            amount=amount,
        )
        for place, (quantity, amount) in ordered
        if quantity or amount
    ]


def _plus(one: Decimal, other: Decimal, sign: int) -> Decimal:
    return EXACT.add(one, EXACT.multiply(other, sign))


def _order(place: _Place) -> tuple[bool, datetime, str, str]:
    """Return what to sort by: usage first, in order of time."""
    return place.kind is not Kind.ADJUSTMENT, place.start, place.item, place.kind
