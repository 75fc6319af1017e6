"""Names of service tiers: what providers call the tier that served a request, and what price documents call it.

The tier is the one the provider returned, which can differ from the one asked for. A word that is not listed here is kept as it is and has
no price unless a document gives it one; `scale` (reserved capacity) is such a word on purpose.
"""

from typing import Final

from meterlark.pricing.document import STANDARD

BATCH: Final = "batch"
FLEX: Final = "flex"
PRIORITY: Final = "priority"
FAST: Final = "fast"

_STANDARD_WORDS: Final = frozenset({"", "default", "standard", "on_demand", "service_tier_unspecified"})
"""OpenAI, Anthropic, Groq and Gemini call it so; a provider without tiers returns none."""


def served_tier(service_tier: str, *, processing: str = "", speed: str = "", region: str = "") -> str:
    """Return the price document's word for the tier that served a request.

    Args:
        service_tier: As the provider returned it; empty when it returned none.
        processing: `batch` for an answer of a batch job, whose own service tier says nothing about that.
        speed: Anthropic's `speed`: `fast` has prices of its own.
        region: Anthropic's `inference_geo`: `us` costs more than anywhere, so it is a tier of its own (`standard-us`).
    """
    if not (processing or speed or region) and service_tier in _STANDARD_WORDS:
        return STANDARD  # nearly every event
    tier = _tier(service_tier, processing, speed)
    return f"{tier}-us" if region.lower() == "us" else tier


def _tier(service_tier: str, processing: str, speed: str) -> str:
    if processing.lower() == BATCH:
        return BATCH
    word = service_tier.lower()
    if word in _STANDARD_WORDS:
        return FAST if speed.lower() == FAST else STANDARD
    return word
