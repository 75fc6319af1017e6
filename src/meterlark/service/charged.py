"""What was charged: lines with what a person needs to check them, and the closed period that keeps them for ever."""

from datetime import datetime
from decimal import Decimal

import msgspec

from meterlark.catalog.contract import Record
from meterlark.metering.window import Window
from meterlark.pricing.charge import Kind, Uncharged
from meterlark.pricing.decompose import Quantity
from meterlark.service.rate_card import CardVersion, Item


class Span(msgspec.Struct, frozen=True):
    """A stretch of time in which the subjects of a customer do not change.

    Attributes:
        start: First instant, aware UTC.
        end: First instant after it.
        subjects: Sorted; whose events of this time are the customer's.
    """

    start: datetime
    end: datetime
    subjects: tuple[str, ...]


class Part(msgspec.Struct, frozen=True):
    """A stretch of a period and the version of the rate card that holds in it."""

    start: datetime
    end: datetime
    version: CardVersion


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a charge: quantity x price / per = amount, where there is a price.

    Attributes:
        number: Place in its bill, from 1.
        item: Key of the card's item; empty for a line of the whole period.
        kind: How it is charged.
        start: First instant of the events it stands for.
        end: First instant after them.
        amount: Exact.
        unit: What one of the quantity is called; empty without a quantity.
        quantity: How much; None where an amount is fixed.
        price: For `per` of the quantity; None where an amount is fixed or was corrected.
        per: How many the price is for.
        why: In words.
        usage: The item, by which its events can be found; None for a line that has none.
        adjusts: Id of the closed period that it corrects; None for a line of its own period.
    """

    number: int
    item: str
    kind: Kind
    start: datetime
    end: datetime
    amount: Decimal
    unit: str = ""
    quantity: Quantity | None = None
    price: Decimal | None = None
    per: int = 1
    why: str
    usage: Item | None = None
    adjusts: str | None = None


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """The charge of one customer for one period, at one place of the ledger.

    Attributes:
        customer_id: Who pays.
        start: First event time, aware UTC.
        end: First event time after it.
        position: The last sequence number of the ledger that was looked at.
        currency: ISO 4217; None when there is no rate card.
        lines: They add up to the amount.
        uncharged: Usage that is in no line, with the reason.
        amount: In whole minor units.
        parts: The versions of the rate card that were applied.
        spans: Whose events were looked at.
        adjusted: For each closed period that was looked at again, whose events were.
    """

    customer_id: str
    start: datetime
    end: datetime
    position: int
    currency: str | None
    lines: tuple[Line, ...]
    uncharged: tuple[Uncharged, ...]
    amount: Decimal
    parts: tuple[Part, ...]
    spans: tuple[Span, ...]
    adjusted: dict[str, tuple[Span, ...]] = {}

    @property
    def window(self) -> Window:
        """The period."""
        return Window(self.start, self.end)


class ClosedPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """A bill that never changes.

    Attributes:
        id: ULID, given when it was closed.
        closed_at: When, aware UTC.
        customer_key: The customer's own key at that time, if it had one.
        customer_name: Its name at that time.
        bill: The bill.
    """

    id: str
    closed_at: datetime
    customer_key: str | None
    customer_name: str
    bill: Bill


def read_closed(record: Record) -> ClosedPeriod:
    """Return the closed period of a stored record."""
    return msgspec.json.decode(record.definition, type=ClosedPeriod)
