"""A closed period as Stripe's invoice items: what is sent, and under which names, so that sending twice bills once. Pure.

Each item is an integer of minor units, so the items are the differences of the running total, rounded half to even; they add up to the
period's amount, which is whole. Meter events are not used: Stripe promises their identifiers to be unique for 24 hours only, and gives
no list of them, so whether one was sent could not be told a week later; invoice items can be listed.

Rules of the format: docs.stripe.com/api/invoiceitems/create, /api/metadata, /api/idempotent_requests and /currencies, read 2026-11-25.
"""

from decimal import Decimal
from typing import Final

import msgspec

from meterlark.client.types import ChargeAnswer, ChargeLineAnswer
from meterlark.model.errors import InvalidInputError
from meterlark.model.time import SECOND_US, to_microseconds
from meterlark.pricing.money import EXACT, ZERO, round_at

ITEMS_MAX: Final = 250
"""Items of one draft invoice at Stripe; a period with more lines is sent as one item."""

DESCRIPTION_MAX: Final = 500
"""Characters; Stripe takes 5,000, nobody reads more than a line."""

PERIOD_KEY: Final = "meterlark_period"
LINE_KEY: Final = "meterlark_line"
"""Keys of the metadata by which sent items are found again."""

WHOLE: Final = 0
"""Number of the one item that stands for all lines."""

_ZERO_DECIMAL: Final = frozenset(["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"])
_THREE_DECIMAL: Final = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])


class InvoiceItem(msgspec.Struct, frozen=True):
    """One item to send.

    Attributes:
        line: Number of the line in the period; `WHOLE` for all of them.
        amount: Minor units, as Stripe counts them.
        idempotency_key: The same whenever the same item is sent.
        form: Fields of the request, in order.
    """

    line: int
    amount: int
    idempotency_key: str
    form: tuple[tuple[str, str], ...]


def invoice_items(charge: ChargeAnswer, *, customer: str) -> list[InvoiceItem]:
    """Return the items of a closed period; none when there is nothing to pay.

    Args:
        charge: The closed period.
        customer: Stripe's id of who pays.

    Raises:
        InvalidInputError: The period is open, has no currency, or Stripe cannot charge its amount to the last digit.
    """
    if charge.closed is None:
        raise InvalidInputError("only a closed period can be sent; what is open may still change", field="period")
    if charge.currency is None:
        raise InvalidInputError("the period has no currency, because there was no rate card; there is nothing to send", field="period")
    step = _step(charge.currency)
    if round_at(charge.amount, step) != charge.amount:
        text = f"the amount is {charge.amount:f} {charge.currency}; Stripe charges {charge.currency} in steps of {step:f}"
        raise InvalidInputError(text, field="period")
    if len(charge.lines) > ITEMS_MAX:
        text = f"{len(charge.lines)} lines of usage"
        return [_item(charge, WHOLE, charge.amount, text, customer)] if charge.amount else []
    items: list[InvoiceItem] = []
    exact = sent = ZERO
    for line in charge.lines:
        exact = EXACT.add(exact, line.amount)
        rounded = round_at(exact, step)
        if rounded != sent:
            items.append(_item(charge, line.number, EXACT.subtract(rounded, sent), _description(line), customer))
        sent = rounded
    assert sent == charge.amount, "the lines of a period add up to its amount"
    return items


def _item(charge: ChargeAnswer, line: int, amount: Decimal, description: str, customer: str) -> InvoiceItem:
    assert charge.currency is not None
    assert charge.closed is not None
    minor = int(EXACT.multiply(amount, Decimal(_minor_units(charge.currency))))
    start, end = to_microseconds(charge.from_) // SECOND_US, to_microseconds(charge.to) // SECOND_US
    form = (
        ("customer", customer),
        ("amount", str(minor)),
        ("currency", charge.currency.lower()),
        ("description", description[:DESCRIPTION_MAX]),
        ("period[start]", str(start)),
        ("period[end]", str(max(start, end - 1))),  # inclusive at Stripe
        (f"metadata[{PERIOD_KEY}]", charge.closed),
        (f"metadata[{LINE_KEY}]", str(line)),
    )
    return InvoiceItem(line, minor, f"meterlark-{charge.closed}-{line}", form)


def _description(line: ChargeLineAnswer) -> str:
    quantity = "" if line.quantity is None else f" {line.quantity:,f} {line.unit or ''}".rstrip()
    return f"{line.item or line.kind}:{quantity} ({line.why})" if quantity else f"{line.item or line.kind}: {line.why}"


def _minor_units(currency: str) -> int:
    return 1 if currency in _ZERO_DECIMAL else 1000 if currency in _THREE_DECIMAL else 100


def _step(currency: str) -> Decimal:
    """Return the smallest amount that Stripe can charge; the last of three digits must be 0."""
    return Decimal(1) if currency in _ZERO_DECIMAL else Decimal("0.01")
