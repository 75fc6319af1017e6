from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meterlark.cli.stripe_items import ITEMS_MAX, InvoiceItem, invoice_items
from meterlark.client.types import ChargeAnswer, ChargeLineAnswer
from meterlark.model.errors import InvalidInputError
from meterlark.pricing.money import round_money, total

START, END = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)


def line(number: int, amount: Decimal) -> ChargeLineAnswer:
    """Return a line of an amount."""
    return ChargeLineAnswer(number=number, item="tokens", kind="usage", from_=START, to=END, amount=amount, why="usage")


def closed(*amounts: str | Decimal, currency: str | None = "USD") -> ChargeAnswer:
    """Return a closed period with these lines, and one that rounds their sum."""
    exact = [Decimal(amount) for amount in amounts]
    rounded = round_money(total(exact), currency or "USD")
    lines = [line(number, amount) for number, amount in enumerate([*exact, rounded - total(exact)], start=1)]
    return ChargeAnswer(
        customer_id="c",
        from_=START,
        to=END,
        currency=currency,
        amount=rounded,
        lines=lines,
        uncharged=[],
        position=1,
        closed="01JD" + "0" * 22,
        closed_at=END,
    )


def items(charge: ChargeAnswer) -> list[InvoiceItem]:
    """Return the items of a period for a customer."""
    return invoice_items(charge, customer="cus_1")


@given(st.lists(st.decimals("-1000", "1000", places=6), max_size=20), st.sampled_from(["USD", "EUR", "JPY"]))
def test_items_add_up_to_the_amount(amounts: list[Decimal], currency: str) -> None:
    """Each is a whole number of minor units and at most one away from its line; none is 0."""
    charge = closed(*amounts, currency=currency)
    units = 1 if currency == "JPY" else 100

    made = items(charge)

    assert sum(item.amount for item in made) == charge.amount * units
    assert all(item.amount for item in made)
    by_line = {one.number: one.amount * units for one in charge.lines}
    assert all(abs(item.amount - by_line[item.line]) <= 1 for item in made)


@pytest.mark.parametrize(
    ("currency", "amount", "minor"),
    [("USD", "1.01", 101), ("JPY", "500", 500), ("ISK", "5", 500), ("UGX", "5", 500), ("KWD", "5.12", 5120)],
)
def test_minor_units_are_those_of_stripe(currency: str, amount: str, minor: int) -> None:
    """Króna and Uganda shilling are written with two places, dinars with three."""
    assert [item.amount for item in items(closed(amount, currency=currency))] == [minor]


@pytest.mark.parametrize(("currency", "amount"), [("KWD", "5.123"), ("MGA", "5.12")])
def test_what_stripe_cannot_charge_is_refused(currency: str, amount: str) -> None:
    """Rather than rounded a second time."""
    with pytest.raises(InvalidInputError, match="in steps of"):
        items(closed(amount, currency=currency))


def test_a_period_of_many_lines_is_one_item() -> None:
    """An invoice has room for 250 items."""
    [item] = items(closed(*["0.01"] * (ITEMS_MAX + 1)))

    assert (item.line, item.amount) == (0, ITEMS_MAX + 1)


def test_identifiers_are_deterministic_and_short() -> None:
    """The same item has the same key whenever it is made, different items have different ones."""
    one, other = items(closed("1", "2")), items(closed("1", "2"))

    assert one == other
    assert len({item.idempotency_key for item in one}) == 2
    assert all(len(item.idempotency_key) <= 100 for item in one)


def test_an_open_period_is_not_sent() -> None:
    """It may still change."""
    charge = closed("1")
    opened = ChargeAnswer(**{field: getattr(charge, field) for field in charge.__struct_fields__} | {"closed": None})

    with pytest.raises(InvalidInputError, match="only a closed period"):
        items(opened)
