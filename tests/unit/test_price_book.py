from datetime import date, datetime, time
from decimal import Decimal

import pytest
from price_cases import NOON, PLAIN, book, cost, document, rates, use

from meterlark.model.errors import InvalidInputError
from meterlark.price_files import read_bundled_documents
from meterlark.pricing import book as book_module
from meterlark.pricing.book import PriceBook
from meterlark.pricing.cost import price_event
from meterlark.pricing.document import (
    Document,
    LongContext,
    Model,
    Price,
    Provider,
    check_document,
    decode_document,
    digest_document,
    encode_document,
)
from meterlark.pricing.plan import Reason, Unpriced
from meterlark.pricing.tier import served_tier

MILLION = {"input_tokens": 1_000_000}


def price(amount: int, **fields: object) -> Price:
    """Return a price of a million input tokens."""
    return Price(rates=rates(input_tokens=amount), **fields)  # type: ignore[arg-type] # the fields of a Price


@pytest.mark.parametrize(
    ("clock", "amount"),
    [
        ("2025-12-31T23:59:59.999999Z", 1),
        ("2026-01-01T00:00:00Z", 2),
        ("2026-01-01T00:30:00+01:00", 1),
        ("2026-05-31T23:59:59Z", 2),
        ("2026-06-01T00:00:00Z", 3),
    ],
)
def test_an_event_is_priced_by_the_price_of_its_time(clock: str, amount: int) -> None:
    """A price holds from the first instant of its day, in UTC, up to the next one's."""
    prices = book(price(3, since=date(2026, 6, 1)), price(1), price(2, since=date(2026, 1, 1)))

    assert cost(prices, MILLION, at=datetime.fromisoformat(clock)).amount == amount


def test_before_the_first_price_and_after_the_last_there_is_none() -> None:
    """A price with bounds says nothing about other times."""
    prices = book(price(1, since=date(2026, 1, 1), until=date(2026, 3, 1)))

    early = cost(prices, MILLION, at=datetime.fromisoformat("2025-12-31T12:00:00Z"))
    late = cost(prices, MILLION, at=datetime.fromisoformat("2026-03-01T00:00:00Z"))

    assert [unpriced.reason for unpriced in (*early.unpriced, *late.unpriced)] == [Reason.NO_PRICE_AT_THAT_TIME] * 2
    assert "2026-01-01" in early.unpriced[0].message


def test_a_later_document_wins_where_it_has_a_price() -> None:
    """Also over a younger price of an earlier document; outside its span the earlier one holds, hours included."""
    snapshot = document(price(1), price(2, since=date(2026, 6, 1)), price(9, since=date(2026, 6, 1), hours=(time(12), time(13))))
    ours = document(price(5, since=date(2026, 2, 1), until=date(2026, 12, 1)), name="later")
    prices = PriceBook([snapshot, ours])

    amounts = [cost(prices, MILLION, at=NOON.replace(month=month, day=2)).amount for month in (1, 2, 6, 11, 12)]

    assert amounts == [1, 5, 5, 5, 9]


def test_tiers_do_not_inherit_from_each_other() -> None:
    """A batch price without cached input leaves cached input without a price."""
    prices = book(Price(rates=PLAIN), Price(tier="batch", rates=rates(input_tokens=5, output_tokens=20)))

    batch = cost(prices, {"input_tokens": 100, "cache_read_input_tokens": 60}, tier="batch")

    assert batch.amount == Decimal("0.0002")
    assert [unpriced.unit for unpriced in batch.unpriced] == ["cache_read_input_tokens"]
    assert "maker/m-1/batch@start" in batch.unpriced[0].message


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("base", "base"),
        ("BASE", "base"),
        ("base-2026-01-01", "base"),
        ("base-mini-7", "base-mini"),
        ("base-x", None),
        ("base-2026-01-02", None),
        ("tuned:anything", "tuned"),
        ("old-1.5-x", "old"),
        ("old-1x5-x", None),
        ("", None),
    ],
)
def test_a_name_means_a_model_only_by_a_rule(name: str, model: str | None) -> None:
    """Own name, listed name, listed beginning, pattern for the whole name; a date is never cut off."""
    listed = {
        "base": Model(names=("base-2026-01-01",), prices=(price(1),)),
        "base-mini": Model(prefixes=("base-mini",), prices=(price(2),)),
        "tuned": Model(prefixes=("tuned:",), prices=(price(3),)),
        "old": Model(patterns=(r"old-1\.5-[a-z]",), prices=(price(4),)),
    }
    prices = PriceBook([document(provider=Provider(models=listed))])

    found = price_event(prices, use(MILLION, model=name))

    if model is None:
        assert [unpriced.reason for unpriced in found.unpriced] == [Reason.UNKNOWN_MODEL]
    else:
        assert found.lines[0].price.record.model == model


def test_a_seller_uses_its_makers_price_only_where_it_has_none() -> None:
    """The line says whose price it is."""
    maker = Provider(models={"m-1": Model(prices=(price(1),)), "m-2": Model(prices=(price(2),))})
    seller = Provider(models={"m-1": Model(prices=(price(7),))}, names=("cloud.seller",), sells_models_of=("maker",))
    made = Document(name="ours", made_on=date(2026, 1, 1), providers={"maker": maker, "seller": seller})
    prices = PriceBook([made])

    own = price_event(prices, use(MILLION, provider="Cloud.Seller", model="m-1"))
    makers = price_event(prices, use(MILLION, provider="seller", model="m-2"))

    assert (own.amount, own.lines[0].price.record.provider) == (Decimal(7), "seller")
    assert (makers.amount, makers.lines[0].price.record.provider) == (Decimal(2), "maker")


@pytest.mark.parametrize(
    ("source", "maker"),
    [
        ("openai:https://api.openai.com/v1", "openai"),
        ("https://api.openai.com/v1", "openai"),
        ("openai:https://api.groq.com/openai/v1", "groq"),
        ("openai:https://api.deepseek.com", "deepseek"),
        ("openai:https://openrouter.ai/api/v1", "openrouter"),
        ("openai:https://api.mistral.ai/v1", "mistral"),
        ("azure:https://example.openai.azure.com/openai", "azure"),
        ("my-app", "openai"),
        ("openai:my-app", "openai"),
        ("", "openai"),
        ("openai:http://localhost:11434/v1", None),
        ("openai:https://eu.api.openai.com/v1", None),
    ],
)
def test_the_address_of_the_source_says_whose_prices_hold(source: str, maker: str | None) -> None:
    """A server that speaks OpenAI's format is not OpenAI; without an address the event's own word counts."""
    prices = PriceBook(read_bundled_documents())

    found = prices.find("openai", "no such model", "standard", source)

    assert isinstance(found, Unpriced)
    if maker is None:
        assert found.reason is Reason.UNKNOWN_PROVIDER
        assert source.removeprefix("openai:") in found.message
    else:
        assert found.message == f"no price document has the model 'no such model' of {maker}"


def test_a_users_document_gives_a_gateway_to_a_provider() -> None:
    """Its prices are then that provider's."""
    gateway = Document(name="mine", made_on=date(2026, 1, 1), providers={"openai": Provider(urls=(r"http://gateway\.internal:4000/",))})
    prices = PriceBook([*read_bundled_documents(), gateway])

    priced = price_event(prices, use(MILLION, provider="openai", model="gpt-5-nano", source="openai:http://gateway.internal:4000/v1"))

    assert priced.amount == Decimal("0.05")


def test_names_from_events_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of kept routes has a bound, and answers stay right beyond it."""
    monkeypatch.setattr(book_module, "ROUTES_MAX", 3)
    prices = book(price(1))

    for number in range(10):
        assert isinstance(prices.find("maker", f"other-{number}", "standard"), Unpriced)
        assert len(prices._routes) <= 3

    assert cost(prices, MILLION).amount == 1


def test_the_version_changes_with_any_price() -> None:
    """Equal documents give one version, another price gives another."""
    assert book(price(1)).version == book(price(1)).version
    assert book(price(1)).version != book(price(2)).version


@pytest.mark.parametrize(
    ("words", "tier"),
    [
        ({"service_tier": ""}, "standard"),
        ({"service_tier": "default"}, "standard"),
        ({"service_tier": "Standard"}, "standard"),
        ({"service_tier": "on_demand"}, "standard"),
        ({"service_tier": "flex"}, "flex"),
        ({"service_tier": "priority"}, "priority"),
        ({"service_tier": "default", "processing": "batch"}, "batch"),
        ({"service_tier": "batch"}, "batch"),
        ({"service_tier": "standard", "speed": "fast"}, "fast"),
        ({"service_tier": "standard", "region": "us"}, "standard-us"),
        ({"service_tier": "auto"}, "auto"),
        ({"service_tier": "scale"}, "scale"),
    ],
)
def test_the_tier_is_the_one_that_served(words: dict[str, str], tier: str) -> None:
    """A word that is not known stays as it is, and then has no price."""
    assert served_tier(**words) == tier


@pytest.mark.parametrize(
    "broken",
    [
        Document(name="x", made_on=date(2026, 1, 1), format=2),
        Document(name="x", made_on=date(2026, 1, 1), currency="dollars"),
        Document(name="x", made_on=date(2026, 1, 1), providers={"Maker": Provider()}),
    ],
)
def test_a_document_that_breaks_a_rule_is_refused(broken: Document) -> None:
    """Format, currency and names are checked."""
    with pytest.raises(InvalidInputError):
        check_document(broken)


@pytest.mark.parametrize(
    "broken",
    [
        Price(rates={"tokens": Decimal(1)}),
        Price(rates={"input_tokens": Decimal(-1)}),
        Price(rates={"input_tokens": Decimal("NaN")}),
        Price(rates={"input_tokens": Decimal("0.1399999999999")}),
        Price(rates=PLAIN, since=date(2026, 1, 1), until=date(2026, 1, 1)),
        Price(rates=PLAIN, hours=(time(1), time(1))),
        Price(rates=PLAIN, weekdays=(1,)),
        Price(rates=PLAIN, hours=(time(1), time(2)), weekdays=(8,)),
        Price(rates=PLAIN, tier="Batch"),
        Price(rates=PLAIN, least={"audio_seconds": 0}),
        Price(rates=PLAIN, long_context=(LongContext(5, PLAIN), LongContext(5, PLAIN))),
    ],
)
def test_a_price_that_breaks_a_rule_is_refused_with_its_path(broken: Price) -> None:
    """Units, amounts, spans, hours and bands are checked."""
    with pytest.raises(InvalidInputError) as caught:
        document(broken)

    assert caught.value.field is not None
    assert caught.value.field.startswith("providers.maker.models.m-1")


def test_one_price_given_twice_is_refused() -> None:
    """Which of the two holds would be a guess."""
    with pytest.raises(InvalidInputError, match="given twice"):
        document(price(1), price(2))


def test_a_broken_pattern_is_refused() -> None:
    """It would fail at the first event otherwise."""
    with pytest.raises(InvalidInputError, match="regular expression"):
        document(model=Model(patterns=("(",)))
    with pytest.raises(InvalidInputError, match="regular expression"):
        document(provider=Provider(urls=("(",)))


@pytest.mark.parametrize("content", [b"", b"[]", b'{"name":"x"}', b'{"name":"x","made_on":"2026-01-01","prices":1}', b"\xff"])
def test_what_is_no_document_is_refused(content: bytes) -> None:
    """Also an unknown field, which may be a misspelled one."""
    with pytest.raises(InvalidInputError):
        decode_document(content)


def test_the_bundled_documents_are_read_and_keep_their_digest() -> None:
    """Encoding what was read gives the same document."""
    for bundled in read_bundled_documents():
        again = decode_document(encode_document(bundled))

        assert again == bundled
        assert digest_document(again) == digest_document(bundled)


def test_every_override_says_where_it_was_read() -> None:
    """Source and day, for each of our own prices."""
    overrides = read_bundled_documents()[1]

    for provider in overrides.providers.values():
        for model in provider.models.values():
            for listed in model.prices:
                assert listed.source.startswith("https://")
                assert listed.seen_on is not None


@pytest.mark.parametrize(
    ("clock", "name", "amount"),
    [
        ("2024-06-15T12:00:00Z", "gpt-4o", 5),
        ("2024-06-15T12:00:00Z", "gpt-4o-2024-05-13", 5),
        ("2026-06-15T12:00:00Z", "gpt-4o-2024-05-13", 5),
        ("2024-08-06T00:00:00Z", "gpt-4o", Decimal("2.5")),
        ("2026-06-15T12:00:00Z", "gpt-4o-2024-11-20", Decimal("2.5")),
        ("2025-06-09T23:00:00Z", "o3-2025-04-16", 10),
        ("2025-06-10T00:00:00Z", "o3-2025-04-16", 2),
    ],
)
def test_known_price_changes_are_dated(clock: str, name: str, amount: int | Decimal) -> None:
    """The snapshot's history is incomplete; our overrides complete what we know."""
    prices = PriceBook(read_bundled_documents())

    priced = price_event(prices, use(MILLION, provider="openai", model=name, at=datetime.fromisoformat(clock)))

    assert priced.amount == amount


@pytest.mark.parametrize(
    ("clock", "amount"),
    [
        ("2026-08-10T02:00:00Z", "0.435"),  # before the peak prices began
        ("2026-08-18T02:00:00Z", "1.32"),
        ("2026-08-18T05:00:00Z", "0.66"),
        ("2026-08-22T02:00:00Z", "1.32"),  # a Saturday before weekends were left out
        ("2026-08-29T02:00:00Z", "0.66"),  # a Saturday after
        ("2026-08-31T02:00:00Z", "1.32"),  # a Monday
    ],
)
def test_peak_hours_have_dates_and_weekdays(clock: str, amount: str) -> None:
    """The snapshot cannot say both, and prices every day at its newest peak."""
    prices = PriceBook(read_bundled_documents())

    priced = price_event(prices, use(MILLION, provider="deepseek", model="deepseek-v4-pro", at=datetime.fromisoformat(clock)))

    assert priced.amount == Decimal(amount)
