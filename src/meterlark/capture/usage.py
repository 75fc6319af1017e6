"""The usage of one exchange, in one algebra for every provider and API.

Input includes what was read from and written to a cache, output includes reasoning, total is what the provider says. OpenAI's two shapes
(chat completions: `prompt_tokens`; Responses: `input_tokens`) already follow it, so their numbers are taken as they are. A sum that does
not hold is reported as a problem, never repaired; the raw object is kept beside the numbers.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

DETAILS: Final = (
    ("input", "cached_tokens", "cache_read_input_tokens"),
    ("input", "cache_write_tokens", "cache_creation_input_tokens"),
    ("input", "audio_tokens", "input_audio_tokens"),
    ("input", "image_tokens", "input_image_tokens"),
    ("input", "text_tokens", "input_text_tokens"),
    ("output", "reasoning_tokens", "reasoning_output_tokens"),
    ("output", "audio_tokens", "output_audio_tokens"),
    ("output", "image_tokens", "output_image_tokens"),
    ("output", "text_tokens", "output_text_tokens"),
    ("output", "accepted_prediction_tokens", "accepted_prediction_tokens"),
    ("output", "rejected_prediction_tokens", "rejected_prediction_tokens"),
)
"""Side, the provider's name inside `*_tokens_details`, and ours."""


class Usage(msgspec.Struct, frozen=True):
    """Token usage of one exchange; all counts are whole tokens.

    Attributes:
        input_tokens: Everything read by the model, cached and cache-written included.
        output_tokens: Everything generated, reasoning included.
        total_tokens: As the provider gives it, else the sum.
        details: Parts of the two, by the names in `DETAILS`; only those that were reported.
        problems: Sums that do not hold, in words.
        raw: The provider's object, as received.
    """

    input_tokens: int
    output_tokens: int
    total_tokens: int
    details: dict[str, int]
    problems: tuple[str, ...]
    raw: Mapping[str, Any]


def read_usage(raw: object) -> Usage | None:
    """Read the `usage` object of a chat completion, completion or Responses answer.

    Returns:
        None if it holds neither `prompt_tokens` nor `input_tokens` as a whole number: then the provider has not reported usage.
    """
    if not isinstance(raw, Mapping):
        return None
    input_tokens = _whole(raw, "prompt_tokens", "input_tokens")
    if input_tokens is None:
        return None
    output_tokens = _whole(raw, "completion_tokens", "output_tokens") or 0
    total_tokens = _whole(raw, "total_tokens")
    problems: list[str] = []
    if total_tokens is None:
        total_tokens = input_tokens + output_tokens
    elif total_tokens != input_tokens + output_tokens:
        problems.append(f"total_tokens is {total_tokens}, input and output are {input_tokens} + {output_tokens}")
    sides = {
        "input": (raw.get("prompt_tokens_details") or raw.get("input_tokens_details"), input_tokens),
        "output": (raw.get("completion_tokens_details") or raw.get("output_tokens_details"), output_tokens),
    }
    details: dict[str, int] = {}
    for side, name, ours in DETAILS:
        given, whole = sides[side]
        count = _whole(given, name) if isinstance(given, Mapping) else None
        if count is None:
            continue
        details[ours] = count
        if count > whole:
            problems.append(f"{ours} is {count}, more than the {side}'s {whole}")
    return Usage(input_tokens, output_tokens, total_tokens, details, tuple(problems), raw)


def _whole(values: Mapping[str, Any], *names: str) -> int | None:
    """Return the first of the names that holds a count; a boolean, a fraction or a negative number is none."""
    for name in names:
        value = values.get(name)
        if type(value) is int and value >= 0:
            return value
    return None
