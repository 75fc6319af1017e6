"""The units that can be priced, and which unit is part of which other.

A unit's name is the name of its quantity in an event's data. Input includes what was read from and written to a cache, output includes
reasoning, so quantities overlap; `traits` say how: a unit contains every unit that has all of its traits and more. Units that share only
some traits (cached input, audio input) may overlap, and the unit with the traits of both is their overlap.

A part without a price of its own is either paid as the whole it is in (`is_covered`), or has no price. Covered are the parts for which
providers that price them apart always list it: text, images and video read, reasoning, predicted output, a cache write for five minutes.
Not covered are those whose price is commonly a multiple of the whole's, or a fraction: what was read from or written to a cache, audio,
images generated. Paying them as text would be a guess.
"""

from typing import Final

import msgspec

MILLION: Final = 1_000_000
THOUSAND: Final = 1_000
HOUR: Final = 3_600


class Unit(msgspec.Struct, frozen=True):
    """One unit.

    Attributes:
        name: The quantity's name in an event's data.
        per: How many of it a price is for.
        traits: What is true of what it counts.
        is_covered: Whether it is paid as the whole it is in, where it has no price of its own.
    """

    name: str
    per: int
    traits: frozenset[str]
    is_covered: bool = False


def _unit(name: str, per: int, traits: str, *, is_covered: bool = False) -> Unit:
    return Unit(name, per, frozenset(traits.split()), is_covered)


UNITS: Final = {
    unit.name: unit
    for unit in (
        _unit("input_tokens", MILLION, "input"),
        _unit("cache_read_input_tokens", MILLION, "input cache-read"),
        _unit("cache_creation_input_tokens", MILLION, "input cache-write"),
        # Lifetimes: Anthropic has 5 minutes (its default, the price of a plain write) and 1 hour, OpenAI 30 minutes and 12 hours.
        _unit("cache_creation_5m_input_tokens", MILLION, "input cache-write 5m", is_covered=True),
        _unit("cache_creation_30m_input_tokens", MILLION, "input cache-write 30m"),
        _unit("cache_creation_1h_input_tokens", MILLION, "input cache-write 1h"),
        _unit("cache_creation_12h_input_tokens", MILLION, "input cache-write 12h"),
        _unit("input_text_tokens", MILLION, "input text", is_covered=True),
        _unit("input_image_tokens", MILLION, "input image", is_covered=True),
        _unit("input_video_tokens", MILLION, "input video", is_covered=True),
        _unit("input_audio_tokens", MILLION, "input audio"),
        _unit("input_tool_tokens", MILLION, "input tool", is_covered=True),
        _unit("cache_read_text_input_tokens", MILLION, "input cache-read text", is_covered=True),
        _unit("cache_read_image_input_tokens", MILLION, "input cache-read image", is_covered=True),
        _unit("cache_read_video_input_tokens", MILLION, "input cache-read video", is_covered=True),
        _unit("cache_read_audio_input_tokens", MILLION, "input cache-read audio"),
        _unit("output_tokens", MILLION, "output"),
        _unit("reasoning_output_tokens", MILLION, "output reasoning", is_covered=True),
        _unit("output_text_tokens", MILLION, "output text", is_covered=True),
        _unit("output_audio_tokens", MILLION, "output audio"),
        _unit("output_image_tokens", MILLION, "output image"),
        _unit("output_video_tokens", MILLION, "output video"),
        _unit("output_citation_tokens", MILLION, "output citation"),
        _unit("accepted_prediction_tokens", MILLION, "output accepted-prediction", is_covered=True),
        _unit("rejected_prediction_tokens", MILLION, "output rejected-prediction", is_covered=True),
        _unit("requests", THOUSAND, "request"),
        _unit("web_searches", THOUSAND, "web-search"),
        _unit("social_searches", THOUSAND, "social-search"),
        _unit("storage_searches", THOUSAND, "storage-search"),
        _unit("code_executions", THOUSAND, "code-execution"),
        _unit("rerank_searches", THOUSAND, "rerank"),
        _unit("input_text_messages", THOUSAND, "message"),
        _unit("input_characters", MILLION, "character"),
        _unit("input_pixels", THOUSAND * MILLION, "pixel"),
        _unit("input_document_pages", THOUSAND, "page"),
        _unit("input_annotated_document_pages", THOUSAND, "page annotated"),
        _unit("audio_seconds", HOUR, "second"),
        _unit("input_audio_seconds", HOUR, "second heard"),
        _unit("output_audio_seconds", HOUR, "second spoken"),
        _unit("video_seconds", 1, "video-second"),
        _unit("output_images", 1, "picture"),
    )
}
"""Every unit by name; wholes stand before their parts."""

INPUT: Final = "input_tokens"
REQUESTS: Final = "requests"

_BY_TRAITS: Final = {unit.traits: unit.name for unit in UNITS.values()}


def contains(whole: Unit, part: Unit) -> bool:
    """Tell whether every count of `part` is also one of `whole`; a unit does not contain itself."""
    return whole.traits < part.traits


def may_overlap(one: Unit, other: Unit) -> bool:
    """Tell whether two units, of which neither contains the other, can count the same thing: cached and audio can, text and audio not."""
    mine, theirs = one.traits - other.traits, other.traits - one.traits
    if not (mine and theirs and one.traits & other.traits):
        return False
    # Two values of one property exclude each other; a value of one property and one of another may meet.
    return not any(mine & values and theirs & values for values in _EXCLUSIVE)


def overlap_of(one: Unit, other: Unit) -> str | None:
    """Return the name of the unit that counts what both count, if there is one."""
    return _BY_TRAITS.get(one.traits | other.traits)


_EXCLUSIVE: Final = (
    frozenset({"input", "output"}),
    frozenset({"heard", "spoken"}),
    frozenset({"cache-read", "cache-write"}),
    frozenset({"5m", "30m", "1h", "12h"}),
    frozenset({"text", "image", "audio", "video"}),
    frozenset({"reasoning", "citation", "accepted-prediction", "rejected-prediction"}),
)
