from datetime import UTC, datetime, time
from decimal import Decimal, localcontext

import pytest
from price_cases import NOON, PLAIN, book, cost, parts, rates, use

from meterlark.pricing.cost import price_event
from meterlark.pricing.document import LongContext, Price
from meterlark.pricing.plan import Reason


def test_input_includes_cached_and_output_includes_reasoning() -> None:
    """Each token is paid once: cached input at its own price, reasoning as output."""
    priced = cost(
        Price(rates=PLAIN),
        {"input_tokens": 1000, "cache_read_input_tokens": 600, "output_tokens": 50, "reasoning_output_tokens": 30},
    )

    assert parts(priced) == {"cache_read_input_tokens": 600, "input_tokens": 400, "output_tokens": 50}
    assert priced.amount == Decimal("0.0066")  # 600 x 1 + 400 x 10 + 50 x 40, for a million
    assert priced.is_complete
    assert priced.currency == "USD"


def test_a_line_says_where_its_price_comes_from() -> None:
    """Provider, model, tier, first day, document, source and the day it was read."""
    priced = cost(Price(rates=PLAIN, since=datetime(2026, 1, 2, tzinfo=UTC).date()), {"input_tokens": 3})

    record = priced.lines[0].price.record
    assert record.key == "maker/m-1/standard@2026-01-02"
    assert (record.document, record.source, str(record.seen_on)) == ("ours", "https://maker.test/prices", "2026-11-01")
    assert (priced.lines[0].price.amount, priced.lines[0].price.per, priced.lines[0].quantity) == (Decimal(10), 1_000_000, 3)


@pytest.mark.parametrize(
    ("used", "reason"),
    [
        (use({"input_tokens": 1}, provider="nobody"), Reason.UNKNOWN_PROVIDER),
        (use({"input_tokens": 1}, model="m-2"), Reason.UNKNOWN_MODEL),
        (use({"input_tokens": 1}, model=""), Reason.UNKNOWN_MODEL),
        (use({"input_tokens": 1}, tier="scale"), Reason.UNKNOWN_TIER),
        (use({"input_tokens": 1, "cache_read_input_tokens": 2}), Reason.IMPOSSIBLE_USAGE),
        (use({"cache_read_input_tokens": 2}), Reason.IMPOSSIBLE_USAGE),
        (use({"output_tokens": 1, "reasoning_output_tokens": 2}), Reason.IMPOSSIBLE_USAGE),
        (use({"reasoning_output_tokens": 2}), Reason.IMPOSSIBLE_USAGE),
        (use({"input_tokens": 9, "cache_read_input_tokens": 4, "input_audio_tokens": 4}), Reason.UNKNOWN_OVERLAP),
    ],
)
def test_what_cannot_be_priced_has_no_amount_and_a_reason(used: object, reason: Reason) -> None:
    """No amount, not an amount of 0."""
    priced = price_event(book(Price(rates=PLAIN)), used)  # type: ignore[arg-type] # the parameters are built by `use`

    assert priced.amount is None
    assert priced.lines == ()
    assert [unpriced.reason for unpriced in priced.unpriced] == [reason]


def test_impossible_usage_is_refused_with_both_numbers() -> None:
    """A remainder is never clamped to 0."""
    priced = cost(Price(rates=PLAIN), {"input_tokens": 24, "cache_read_input_tokens": 161})

    assert "cache_read_input_tokens is 161, more than the 24 of input_tokens" in priced.unpriced[0].message


def test_a_part_without_a_price_that_often_costs_another_one_is_not_paid_as_its_whole() -> None:
    """Audio is not paid as text: the rest is priced, the audio is listed with its quantity."""
    priced = cost(Price(rates=PLAIN), {"input_tokens": 100, "input_audio_tokens": 40})

    assert parts(priced) == {"input_tokens": 60}
    assert priced.amount == Decimal("0.0006")
    assert not priced.is_complete
    assert [(unpriced.unit, unpriced.quantity) for unpriced in priced.unpriced] == [("input_audio_tokens", 40)]


def test_a_cache_write_with_a_lifetime_needs_a_price_for_that_lifetime() -> None:
    """Five minutes is what a plain write costs; an hour is not."""
    plan = Price(rates=rates(input_tokens=10, cache_creation_input_tokens=12))
    written = {"input_tokens": 100, "cache_creation_input_tokens": 50}

    short = cost(plan, {**written, "cache_creation_5m_input_tokens": 50})
    long = cost(plan, {**written, "cache_creation_1h_input_tokens": 50})

    assert parts(short) == {"cache_creation_input_tokens": 50, "input_tokens": 50}
    assert parts(long) == {"input_tokens": 50}
    assert [unpriced.unit for unpriced in long.unpriced] == ["cache_creation_1h_input_tokens"]


def test_a_published_price_of_zero_is_a_price() -> None:
    """Free is known to be free."""
    priced = cost(Price(rates=rates(input_tokens=0, output_tokens=0)), {"input_tokens": 5, "output_tokens": 6})

    assert priced.amount == 0
    assert priced.is_complete
    assert len(priced.lines) == 2


def test_nothing_used_of_a_known_model_costs_nothing() -> None:
    """Zero tokens of a priced model are 0, and complete."""
    priced = cost(Price(rates=PLAIN), {"input_tokens": 0, "output_tokens": 0})

    assert priced.amount == 0
    assert priced.is_complete
    assert priced.lines == ()


@pytest.mark.parametrize(("length", "price"), [(199_999, 10), (200_000, 10), (200_001, 20), (500_001, 30)])
def test_long_input_is_paid_at_another_price_for_all_its_tokens(length: int, price: int) -> None:
    """The price begins above its number of tokens, and what it does not change stays."""
    bands = (LongContext(200_000, rates(input_tokens=20)), LongContext(500_000, rates(input_tokens=30)))

    priced = cost(Price(rates=PLAIN, long_context=bands), {"input_tokens": length, "output_tokens": 1})

    assert priced.amount == Decimal(length * price + 40) / 1_000_000


def test_long_context_without_a_reported_input_has_no_price() -> None:
    """Which price holds is not known, so none is taken."""
    price = Price(rates=PLAIN, long_context=(LongContext(200_000, rates(input_tokens=20)),))

    priced = cost(price, {"output_tokens": 5})

    assert [unpriced.reason for unpriced in priced.unpriced] == [Reason.UNKNOWN_INPUT_LENGTH]


def test_the_overlap_of_cached_and_audio_is_paid_once_when_it_is_reported() -> None:
    """Cached audio is in both: it is taken out of both and has its own price."""
    price = Price(rates=rates(input_tokens=10, cache_read_input_tokens=1, input_audio_tokens=100, cache_read_audio_input_tokens=20))

    priced = cost(
        price,
        {"input_tokens": 100, "cache_read_input_tokens": 30, "input_audio_tokens": 50, "cache_read_audio_input_tokens": 20},
    )

    assert parts(priced) == {
        "cache_read_audio_input_tokens": 20,
        "cache_read_input_tokens": 10,
        "input_audio_tokens": 30,
        "input_tokens": 40,
    }


def test_a_price_for_each_request_is_paid_once_for_an_event() -> None:
    """An event is one request unless it says how many."""
    price = Price(rates=rates(requests=5, web_searches=10))

    assert cost(price, {"web_searches": 2}).amount == Decimal("0.025")
    assert cost(price, {"requests": 3}).amount == Decimal("0.015")


def test_seconds_priced_by_the_hour_are_rounded_at_the_eighteenth_place() -> None:
    """7 s of 0.04 an hour have no end in decimals."""
    priced = cost(Price(rates=rates(audio_seconds="0.04")), {"audio_seconds": 7})

    assert priced.amount == Decimal("0.000077777777777778")


def test_fractions_of_a_second_are_counted() -> None:
    """A decimal quantity is exact."""
    priced = cost(Price(rates=rates(audio_seconds="3600")), {"audio_seconds": Decimal("1.25")})

    assert priced.amount == Decimal("1.25")


def test_a_least_quantity_is_paid_where_any_is_used() -> None:
    """Groq bills at least ten seconds of a transcription."""
    price = Price(rates=rates(audio_seconds=3600), least={"audio_seconds": 10})

    assert cost(price, {"audio_seconds": 3}).amount == 10
    assert cost(price, {"audio_seconds": 11}).amount == 11
    assert cost(price, {"audio_seconds": 0}).amount == 0


def test_an_unreadable_quantity_is_listed() -> None:
    """What is priced stays priced, and the cost is not complete."""
    priced = price_event(book(Price(rates=PLAIN)), use({"input_tokens": 5}, unreadable=("output_tokens",)))

    assert priced.amount == Decimal("0.00005")
    assert [(unpriced.reason, unpriced.unit) for unpriced in priced.unpriced] == [(Reason.UNREADABLE_QUANTITY, "output_tokens")]


def test_the_callers_decimal_context_does_not_change_a_cost() -> None:
    """Our context is private."""
    with localcontext() as context:
        context.prec = 2
        priced = cost(Price(rates=PLAIN), {"input_tokens": 123_457, "output_tokens": 1})

    assert priced.amount == Decimal("1.23461")


@pytest.mark.parametrize(
    ("clock", "price"),
    [("2026-11-20T00:59:59Z", 1), ("2026-11-20T01:00:00Z", 2), ("2026-11-20T03:59:59.999999Z", 2), ("2026-11-20T04:00:00Z", 1)],
)
def test_hours_have_a_price_of_their_own(clock: str, price: int) -> None:
    """The first instant is in, the last one is not, in UTC whatever the event's offset."""
    prices = book(Price(rates=rates(input_tokens=1)), Price(rates=rates(input_tokens=2), hours=(time(1), time(4))))

    at = datetime.fromisoformat(clock)

    assert cost(prices, {"input_tokens": 1_000_000}, at=at).amount == price


def test_hours_may_pass_midnight_and_count_on_some_weekdays() -> None:
    """NOON is a Friday, the fifth day."""
    prices = book(
        Price(rates=rates(input_tokens=1)),
        Price(rates=rates(input_tokens=2), hours=(time(11), time(1)), weekdays=(5,)),
    )

    friday, saturday = NOON, NOON.replace(day=21)

    assert cost(prices, {"input_tokens": 1_000_000}, at=friday).amount == 2
    assert cost(prices, {"input_tokens": 1_000_000}, at=saturday).amount == 1
