from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from meterlark.model.errors import InvalidInputError
from meterlark.pricing.charge import Charge, Kind, Used, charge_period
from meterlark.pricing.money import round_money
from meterlark.pricing.ratecard import Flat, Graduated, Markup, Package, Rate, RateCard, Step, UnitPrice, Volume, define_rate_card, segments

START = datetime(2026, 11, 1, tzinfo=UTC)
END = datetime(2026, 12, 1, tzinfo=UTC)
STEPS = (Step(100, Decimal(5)), Step(1000, Decimal(3), Decimal(10)), Step(None, Decimal(1)))


def card(rates: Mapping[str, Rate], *, minimum: str = "0", since: datetime = START, currency: str = "USD", key: str = "basic") -> RateCard:
    """Return a checked version of a rate card."""
    return define_rate_card(RateCard(key=key, currency=currency, since=since, rates=dict(rates), minimum=Decimal(minimum)))


def charge(rates: Mapping[str, Rate], used: Mapping[str, Used], *, minimum: str = "0", currency: str = "USD") -> Charge:
    """Return the charge of a month by one version of a card."""
    return charge_period(segments([card(rates, minimum=minimum, currency=currency)], START, END), [used])


@pytest.mark.parametrize(
    ("rate", "used", "amount"),
    [
        (Markup(Decimal(20)), Used(1, Decimal("3.50")), "4.20"),
        (Markup(Decimal(-10)), Used(1, Decimal(10)), "9.00"),
        (UnitPrice(Decimal("2.5"), 1_000_000), Used(3_000_000), "7.50"),
        (UnitPrice(Decimal("0.5")), Used(Decimal("1.5")), "0.75"),
        (Flat(Decimal(49)), Used(0), "49.00"),
        (Flat(Decimal(49)), Used(10**9), "49.00"),
        (Package(1000, Decimal(2)), Used(0), "0.00"),
        (Package(1000, Decimal(2)), Used(1), "2.00"),
        (Package(1000, Decimal(2)), Used(1000), "2.00"),
        (Package(1000, Decimal(2)), Used(1001), "4.00"),
        (Package(1000, Decimal(2)), Used(Decimal("1000.001")), "4.00"),
        (Graduated(STEPS), Used(0), "0.00"),
        (Graduated(STEPS), Used(100), "500.00"),
        (Graduated(STEPS), Used(101), "513.00"),
        (Graduated(STEPS), Used(1000), "3210.00"),
        (Graduated(STEPS), Used(1001), "3211.00"),
        (Volume(STEPS), Used(100), "500.00"),
        (Volume(STEPS), Used(101), "313.00"),
        (Volume(STEPS), Used(1000), "3010.00"),
        (Volume(STEPS), Used(1001), "1001.00"),
    ],
)
def test_a_rate_charges_what_it_says(rate: Rate, used: Used, amount: str) -> None:
    """Each kind of rate, at its boundaries: `up_to` is the last quantity of its step."""
    charged = charge({"tokens": rate}, {"tokens": used})

    assert charged.amount == Decimal(amount)
    assert charged.uncharged == ()


def test_graduated_steps_are_lines_of_their_own() -> None:
    """Each says how many units at which price; a fee is a line too."""
    charged = charge({"tokens": Graduated(STEPS)}, {"tokens": Used(1500)})

    assert [(line.kind, line.quantity, line.price, line.amount) for line in charged.lines] == [
        (Kind.STEP, 100, Decimal(5), Decimal(500)),
        (Kind.STEP, 900, Decimal(3), Decimal(2700)),
        (Kind.FEE, None, None, Decimal(10)),
        (Kind.STEP, 500, Decimal(1), Decimal(500)),
    ]


def test_the_minimum_adds_what_is_missing_to_it() -> None:
    """It adds nothing when the lines reach it."""
    rates = {"tokens": UnitPrice(Decimal(1))}

    below, at = (charge(rates, {"tokens": Used(quantity)}, minimum="20") for quantity in (15, 20))

    assert [(line.kind, line.amount) for line in below.lines] == [(Kind.USAGE, Decimal(15)), (Kind.MINIMUM, Decimal(5))]
    assert [line.kind for line in at.lines] == [Kind.USAGE]


def test_an_item_without_a_rate_is_listed_and_not_free() -> None:
    """The charge says what it left out."""
    charged = charge({"tokens": UnitPrice(Decimal(1))}, {"tokens": Used(1), "images": Used(2)})

    assert [uncharged.item for uncharged in charged.uncharged] == ["images"]
    assert charged.amount == 1


@pytest.mark.parametrize(("used", "amount"), [(Used(5, None), "0"), (Used(5, Decimal(3), unpriced_events=1), "3.60")])
def test_a_markup_on_an_incomplete_cost_is_listed(used: Used, amount: str) -> None:
    """Twenty percent on an unknown cost is unknown; what is known is charged."""
    charged = charge({"tokens": Markup(Decimal(20))}, {"tokens": used})

    assert charged.amount == Decimal(amount)
    assert [uncharged.item for uncharged in charged.uncharged] == ["tokens"]


@pytest.mark.parametrize("rate", [Graduated(STEPS), Volume(STEPS), Package(10, Decimal(1))])
def test_negative_usage_is_listed_where_no_step_can_charge_it(rate: Rate) -> None:
    """A unit price gives it back; steps and packages begin at 0."""
    charged = charge({"tokens": rate}, {"tokens": Used(-5)})

    assert charged.lines == ()
    assert [uncharged.item for uncharged in charged.uncharged] == ["tokens"]
    assert charge({"tokens": UnitPrice(Decimal(2))}, {"tokens": Used(-5)}).amount == -10


def test_rounding_happens_once_and_is_a_line() -> None:
    """Three items of a third of a cent each are one cent; rounded apart they would be none."""
    rates = {item: UnitPrice(Decimal("0.0033")) for item in ("a", "b", "c")}

    charged = charge(rates, {item: Used(1) for item in rates})

    assert charged.amount == Decimal("0.01")
    assert [(line.kind, line.amount) for line in charged.lines][-1] == (Kind.ROUNDING, Decimal("0.0001"))
    assert sum((line.amount for line in charged.lines), Decimal(0)) == charged.amount


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.005", "USD", "0.00"),
        ("0.015", "USD", "0.02"),
        ("0.0150000001", "USD", "0.02"),
        ("0.025", "EUR", "0.02"),
        ("2.5", "JPY", "2"),
        ("3.5", "JPY", "4"),
        ("0.0005", "KWD", "0.000"),
        ("-0.015", "USD", "-0.02"),
    ],
)
def test_money_is_rounded_half_to_even_at_the_minor_unit(amount: str, currency: str, rounded: str) -> None:
    """Two places but for the currencies that have none or three."""
    assert str(round_money(Decimal(amount), currency)) == rounded


def test_a_new_version_charges_from_its_first_instant() -> None:
    """Each part is charged by its own version, and says from when to when."""
    change = START + timedelta(days=10)
    versions = [
        card({"tokens": UnitPrice(Decimal(2))}, since=change),
        card({"tokens": UnitPrice(Decimal(1))}, since=START - timedelta(days=90)),
    ]

    parts = segments(versions, START, END)
    charged = charge_period(parts, [{"tokens": Used(100)}, {"tokens": Used(10)}])

    assert [(start, end) for start, end, _ in parts] == [(START, change), (change, END)]
    assert [(line.start, line.amount) for line in charged.lines] == [(START, Decimal(100)), (change, Decimal(20))]


def test_a_flat_amount_is_charged_once_in_a_period() -> None:
    """By the first version that has one for the item, also one that begins within the period."""
    change = START + timedelta(days=10)
    versions = [
        card({"seat": Flat(Decimal(10))}),
        card({"seat": Flat(Decimal(30)), "support": Flat(Decimal(5))}, since=change),
    ]

    charged = charge_period(segments(versions, START, END), [{}, {}])

    assert [(line.item, line.amount) for line in charged.lines] == [("seat", Decimal(10)), ("support", Decimal(5))]


def test_a_version_that_begins_with_or_after_the_period_cuts_nothing() -> None:
    """The period's start belongs to the version that begins there; its end is not in it."""
    first, second = card({}, since=START), card({}, since=END)

    assert segments([second, first], START, END) == [(START, END, first)]


def test_a_period_without_a_version_at_its_start_is_refused() -> None:
    """What would be charged before the first version is not known."""
    with pytest.raises(InvalidInputError, match="no version"):
        segments([card({}, since=START + timedelta(days=1))], START, END)


def test_versions_of_two_currencies_are_refused() -> None:
    """Their lines have no sum."""
    with pytest.raises(InvalidInputError, match="currency"):
        segments([card({}), card({}, since=START + timedelta(days=1), currency="EUR")], START, END)


@pytest.mark.parametrize(
    "rate",
    [
        UnitPrice(Decimal(-1)),
        UnitPrice(Decimal("NaN")),
        UnitPrice(Decimal("1e-13")),
        UnitPrice(Decimal(1), 0),
        Flat(Decimal("Infinity")),
        Markup(Decimal(-101)),
        Package(0, Decimal(1)),
        Graduated(()),
        Graduated((Step(10, Decimal(1)),)),
        Graduated((Step(None, Decimal(1)), Step(None, Decimal(1)))),
        Volume((Step(10, Decimal(1)), Step(10, Decimal(1)), Step(None, Decimal(1)))),
        Volume((Step(0, Decimal(1)), Step(None, Decimal(1)))),
    ],
)
def test_a_rate_that_breaks_a_rule_is_refused_with_its_path(rate: Rate) -> None:
    """Amounts, counts and steps are checked when a card is defined."""
    with pytest.raises(InvalidInputError) as caught:
        card({"tokens": rate})

    assert caught.value.field is not None
    assert caught.value.field.startswith("rates.tokens")
