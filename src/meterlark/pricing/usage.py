"""Read what an event used, as far as it can be priced: who served it, which model and tier, when, how much of each unit."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

from meterlark.model.number import INTEGER_DIGITS_MAX, is_within_limits
from meterlark.pricing.decompose import Quantities, Quantity
from meterlark.pricing.tier import served_tier
from meterlark.pricing.units import UNITS

_WORDS: Final = ("provider", "response_model", "model", "request_model", "service_tier", "processing", "speed", "inference_geo")
_CLASSIC: Final = (
    ("input_tokens", ("prompt_tokens",)),
    ("output_tokens", ("completion_tokens",)),
    ("cache_read_input_tokens", ("prompt_tokens_details", "cached_tokens")),
    ("input_audio_tokens", ("prompt_tokens_details", "audio_tokens")),
    ("output_audio_tokens", ("completion_tokens_details", "audio_tokens")),
)
"""Units by the names of OpenAI's chat usage, for events of other programs; prompt tokens include cached ones there, too."""

_INTEGER_LIMIT: Final = 10**INTEGER_DIGITS_MAX
_TICK_EXPONENT: Final = -10  # xAI's `cost_in_usd_ticks` counts ten-billionths of a dollar (docs.x.ai, cost tracking)


class Consumption(msgspec.Struct, frozen=True, gc=False):
    """One exchange's use.

    Attributes:
        provider: As the event names it.
        model: The model that the provider returned, else the one asked for.
        tier: The tier that served it, in the words of `tier.py`.
        at: Event time, aware.
        quantities: Reported quantities by unit, parts included in their wholes.
        source: The event's source, such as `openai:https://api.groq.com/openai/v1`: its address says whose prices hold.
        unreadable: Units whose quantity is there but is no number that can be priced.
    """

    provider: str
    model: str
    tier: str
    at: datetime
    quantities: Quantities
    source: str = ""
    unreadable: tuple[str, ...] = ()


def read_consumption(data: Mapping[str, Any], at: datetime, source: str = "", *, provider: str = "") -> Consumption:
    """Read the data of an event.

    What is missing stays empty, and pricing then says so: here nothing is guessed.

    Args:
        data: Quantities by our names; an event that has no `input_tokens` is read by the names of OpenAI's chat usage.
        at: The event's time.
        source: Its source.
        provider: Whose usage it is where the data does not say.
    """
    if "input_tokens" not in data and "prompt_tokens" in data:
        data = {**_classic(data), **data}
    quantities: dict[str, Quantity] = {}
    unreadable: list[str] = []
    units = UNITS
    for name, value in data.items():
        if name in units and value is not None:
            if (type(value) is int and 0 <= value < _INTEGER_LIMIT) or (type(value) is Decimal and is_within_limits(value) and value >= 0):
                quantities[name] = value
            else:
                unreadable.append(name)
    words = [value if isinstance(value, str) else "" for value in map(data.get, _WORDS)]
    named, returned, model, requested, tier, processing, speed, region = words
    return Consumption(
        named or provider,
        returned or model or requested,
        served_tier(tier, processing=processing, speed=speed, region=region),
        at,
        quantities,
        source,
        tuple(unreadable),
    )


def _classic(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return quantities under our names that stand under those of OpenAI's chat usage."""
    found: dict[str, Any] = {}
    for unit, path in _CLASSIC:
        value: Any = data
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if value is not None:
            found[unit] = value
    return found


def read_reported_cost(usage: Mapping[str, Any]) -> Decimal | None:
    """Return the cost in dollars that the provider itself put into its usage object (OpenRouter, xAI); None if it did not.

    It is kept beside our cost and never replaces it.
    """
    ticks = usage.get("cost_in_usd_ticks")
    if type(ticks) is int and ticks >= 0:
        return Decimal(ticks).scaleb(_TICK_EXPONENT)
    cost = usage.get("cost")
    if type(cost) is int or (type(cost) is Decimal and cost.is_finite()):
        return Decimal(cost) if cost >= 0 else None
    return None
