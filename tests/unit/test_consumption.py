from decimal import Decimal

import pytest
from price_cases import NOON

from meterlark.pricing.usage import read_consumption, read_reported_cost


def test_an_event_is_read_by_what_the_provider_returned() -> None:
    """Returned model before requested, served tier, and the quantities by unit; other fields are not looked at."""
    data = {
        "provider": "openai",
        "request_model": "gpt-5",
        "response_model": "gpt-5-2025-08-07",
        "model": "gpt-5-2025-08-07",
        "service_tier": "flex",
        "input_tokens": 9,
        "prompt_tokens": 9,
        "total_tokens": 12,
        "output_tokens": 3,
        "cache_read_input_tokens": None,
        "audio_seconds": Decimal("1.5"),
    }

    used = read_consumption(data, NOON)

    assert (used.provider, used.model, used.tier, used.at) == ("openai", "gpt-5-2025-08-07", "flex", NOON)
    assert used.quantities == {"input_tokens": 9, "output_tokens": 3, "audio_seconds": Decimal("1.5")}
    assert used.unreadable == ()


def test_the_requested_model_counts_where_none_was_returned() -> None:
    """An event of a failed or counted answer has no other name."""
    assert read_consumption({"request_model": "gpt-5"}, NOON).model == "gpt-5"


@pytest.mark.parametrize("value", [-1, True, "12", 1.5, [], Decimal(-1), Decimal("NaN"), 10**18, Decimal("1e400")])
def test_a_quantity_that_is_no_number_is_not_left_out_silently(value: object) -> None:
    """Negative, boolean, textual and binary fractions are unreadable."""
    used = read_consumption({"input_tokens": value}, NOON)

    assert used.quantities == {}
    assert used.unreadable == ("input_tokens",)


@pytest.mark.parametrize("value", [7, None, ["x"], {"a": 1}])
def test_names_of_other_types_are_no_names(value: object) -> None:
    """They are unknown, and nothing fails."""
    used = read_consumption({"provider": value, "model": value, "service_tier": value}, NOON)

    assert (used.provider, used.model, used.tier) == ("", "", "standard")


@pytest.mark.parametrize(
    ("usage", "reported"),
    [
        ({"cost": Decimal("0.00123")}, Decimal("0.00123")),
        ({"cost": 0}, Decimal(0)),
        ({"cost_in_usd_ticks": 37_756_000}, Decimal("0.0037756")),
        ({"cost": "0.1"}, None),
        ({"cost": Decimal(-1)}, None),
        ({"cost": True}, None),
        ({}, None),
    ],
)
def test_the_providers_own_cost_is_read(usage: dict[str, object], reported: Decimal | None) -> None:
    """OpenRouter reports dollars, xAI ten-billionths of one; what is no amount is none."""
    assert read_reported_cost(usage) == reported
