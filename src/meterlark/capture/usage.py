"""The usage of one exchange in one algebra, whoever reports it.

Input includes what was read from and written to a cache and what tools put into the prompt; output includes reasoning; total is what the
provider says, else their sum. Providers that report these parts beside instead of inside the whole have them added, which is written down
in their `Shape`. Sums that the provider's own definition promises are checked; one that does not hold is reported as a problem, never
repaired. The raw object is kept beside the numbers.

Names follow OpenTelemetry's `gen_ai.usage.*`, and the units of `pricing/units.py` where those have none. A part that was not reported has
no entry: it is unknown, not zero.
"""

from collections.abc import Mapping
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Any, Final, Literal

import msgspec

from meterlark.capture.fields import DEPTH_MAX, get, items, number, text, whole

INPUT_PARTS: Final = frozenset(
    {
        "cache_read_input_tokens",
        "cache_creation_input_tokens",
        "input_tool_tokens",
        "input_text_tokens",
        "input_audio_tokens",
        "input_image_tokens",
        "input_video_tokens",
        "input_document_tokens",
        "cache_read_text_input_tokens",
        "cache_read_image_input_tokens",
        "cache_read_audio_input_tokens",
        "cache_read_video_input_tokens",
    }
)
"""Parts of the input."""

OUTPUT_PARTS: Final = frozenset(
    {
        "reasoning_output_tokens",
        "output_text_tokens",
        "output_audio_tokens",
        "output_image_tokens",
        "output_video_tokens",
        "accepted_prediction_tokens",
        "rejected_prediction_tokens",
    }
)
"""Parts of the output."""

CACHE_LIFETIMES: Final = tuple(f"cache_creation_{lifetime}_input_tokens" for lifetime in ("5m", "30m", "1h", "12h"))
"""Parts of `cache_creation_input_tokens`, by how long the provider keeps them."""


class Sum(msgspec.Struct, frozen=True):
    """A sum that the provider promises.

    Attributes:
        parts: Names of the disjoint parts.
        whole: Name of what they add up to: a detail, `input_tokens` or `output_tokens`.
        needs: The part that must have been reported for the sum to be expected; empty if any will do.
        less: Names of details that the parts leave out of the whole.
    """

    parts: tuple[str, ...]
    whole: str
    needs: str = ""
    less: tuple[str, ...] = ()


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """How one API writes usage; every entry is a path in the raw object, the first of several that is there counts.

    Attributes:
        input: Paths of the input.
        output: Paths of the output.
        total: Paths of the total.
        input_adds: Names of details that the API reports beside the input.
        output_adds: The same for the output.
        parts: Details that are counts, by our names.
        quantities: Details that are no tokens (requests of tools, seconds), by our names.
        cost: Paths of the provider's own cost, each with the number that makes one US dollar.
        sums: What must add up, besides the rules that hold for every API.
        has_output: False for an API whose total is its input, such as embeddings.
        lists: Names of lists of parts by modality, such as `[{"modality": "TEXT", "tokenCount": 7}]`; a path goes on with the modality
            in lower case.
        omits_zero: Whether the API leaves a count of zero out, as JSON made from protocol buffers does.
    """

    input: tuple[str, ...]
    output: tuple[str, ...]
    total: tuple[str, ...] = ()
    input_adds: tuple[str, ...] = ()
    output_adds: tuple[str, ...] = ()
    parts: Mapping[str, tuple[str, ...]] = {}
    quantities: Mapping[str, tuple[str, ...]] = {}
    cost: tuple[tuple[str, int], ...] = ()
    sums: tuple[Sum, ...] = ()
    has_output: bool = True
    lists: tuple[str, ...] = ()
    omits_zero: bool = False


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """Usage of one exchange; token counts are whole, None where the provider gives none.

    Attributes:
        input_tokens: Everything read by the model, cached and cache-written included.
        output_tokens: Everything generated, reasoning included.
        total_tokens: As the provider gives it, else the sum.
        details: Parts of the two, and other quantities, by our names; only those that were reported.
        cost: What the provider says that it charges, in US dollars, exact.
        problems: Sums that do not hold, in words.
        raw: The provider's object, as received.
    """

    input_tokens: int | None
    output_tokens: int | None
    total_tokens: int | None
    details: Mapping[str, int | Decimal]
    cost: Decimal | None
    problems: tuple[str, ...]
    raw: Mapping[str, Any]


def read_usage(raw: object, shape: Shape) -> Usage | None:
    """Read a usage object; None if there is no quantity in it: then the provider has not reported usage."""
    if not isinstance(raw, Mapping):
        return None
    given: dict[str, Any] = {}
    _flatten({**raw, **{name: _by_modality(raw.get(name)) for name in shape.lists}} if shape.lists else raw, "", given)
    details = _read_details(given, shape)
    input_tokens = _with_adds(_first_whole(given, shape.input), shape.input_adds, details)
    output_tokens = _with_adds(_first_whole(given, shape.output), shape.output_adds, details)
    total_tokens = _first_whole(given, shape.total)
    if not shape.has_output and input_tokens is None:
        input_tokens = total_tokens
    if output_tokens is None and input_tokens is not None and (shape.omits_zero or not shape.has_output):
        output_tokens = 0
    cost = _cost(given, shape)
    if input_tokens is None and output_tokens is None and total_tokens is None and cost is None and not details:
        return None
    problems: list[str] = []
    if input_tokens is not None and output_tokens is not None:
        if total_tokens is None:
            total_tokens = input_tokens + output_tokens
        elif total_tokens != input_tokens + output_tokens:
            problems.append(f"total_tokens is {total_tokens}, input and output are {input_tokens} + {output_tokens}")
    problems += _check_parts("input", input_tokens, INPUT_PARTS, details)
    problems += _check_parts("output", output_tokens, OUTPUT_PARTS, details)
    wholes = {**details, "input_tokens": input_tokens, "output_tokens": output_tokens}
    problems += [problem for rule in (*shape.sums, *_SUMS) if (problem := _check_sum(rule, wholes))]
    return Usage(
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        total_tokens=total_tokens,
        details=details,
        cost=cost,
        problems=tuple(problems),
        raw=raw,
    )


# Our own context: the caller's must not change a cost.
_EXACT: Final = Context(prec=100, traps=[Inexact, InvalidOperation])
_DISJOINT: Final = (
    ("cache_read_input_tokens", "cache_creation_input_tokens"),
    ("input_text_tokens", "input_audio_tokens", "input_image_tokens", "input_video_tokens", "input_document_tokens"),
    ("output_text_tokens", "output_audio_tokens", "output_image_tokens", "output_video_tokens"),
    ("accepted_prediction_tokens", "rejected_prediction_tokens"),
)
"""Parts that exclude each other: together they are no more than the whole, whether or not the provider gives all of them."""

_SUMS: Final = (Sum(CACHE_LIFETIMES, "cache_creation_input_tokens"),)


def _flatten(values: Mapping[str, Any], prefix: str, flat: dict[str, Any], depth: int = 1) -> None:
    """Write every value that is no object under its path: the many paths of a shape are then looked up and not walked."""
    for name, value in values.items():
        if isinstance(value, dict):
            if depth < DEPTH_MAX:
                _flatten(value, f"{prefix}{name}.", flat, depth + 1)
        elif value is not None:
            flat[f"{prefix}{name}"] = value


def _read_details(given: Mapping[str, Any], shape: Shape) -> dict[str, int | Decimal]:
    details: dict[str, int | Decimal] = {}
    for ours, paths in shape.parts.items():
        if (count := _first_whole(given, paths)) is not None:
            details[ours] = count
    for ours, paths in shape.quantities.items():
        for path in paths:
            if path in given and (quantity := number(given[path])) is not None:
                details[ours] = quantity
                break
    return details


def _by_modality(parts: object) -> dict[str, int]:
    counts: dict[str, int] = {}
    for part in items(parts):
        count = whole(get(part, "tokenCount"))
        count = whole(get(part, "tokens")) if count is None else count
        if count is not None and (modality := text(part, "modality").lower()):
            counts[modality] = counts.get(modality, 0) + count
    return counts


def _with_adds(count: int | None, adds: tuple[str, ...], details: Mapping[str, int | Decimal]) -> int | None:
    """Add the parts that are reported beside the whole; they alone make a whole too, as when a prompt came from the cache entirely."""
    added = [int(details[name]) for name in adds if name in details]
    return None if count is None and not added else (count or 0) + sum(added)


def _first_whole(given: Mapping[str, Any], paths: tuple[str, ...]) -> int | None:
    for path in paths:
        if path in given and (count := whole(given[path])) is not None:
            return count
    return None


def _cost(given: Mapping[str, Any], shape: Shape) -> Decimal | None:
    for path, per_dollar in shape.cost:
        if path in given and (amount := number(given[path])) is not None:
            # Every divisor is a power of ten, so the decimal point moves and no digit is lost.
            return _EXACT.divide(Decimal(amount), Decimal(per_dollar))
    return None


def _check_parts(
    side: Literal["input", "output"], count: int | None, names: frozenset[str], details: Mapping[str, int | Decimal]
) -> list[str]:
    if count is None:
        return []
    problems = [f"{name} is {part}, more than the {side}'s {count}" for name, part in details.items() if name in names and part > count]
    if problems:
        return problems
    together = ([(name, details[name]) for name in group if name in names and name in details] for group in _DISJOINT)
    return [
        " + ".join(f"{part} ({name})" for name, part in parts) + f" are more than the {side}'s {count}"
        for parts in together
        if sum(part for _, part in parts) > count
    ]


def _check_sum(rule: Sum, wholes: Mapping[str, int | Decimal | None]) -> str:
    known = [(name, part) for name in rule.parts if (part := wholes.get(name)) is not None]
    promised = wholes.get(rule.whole)
    if promised is None or not known or (rule.needs and wholes.get(rule.needs) is None):
        return ""
    expected = promised - sum(wholes.get(name) or 0 for name in rule.less)
    if sum(part for _, part in known) == expected:
        return ""
    left_out = "".join(f" without {name}" for name in rule.less if wholes.get(name))
    return f"{rule.whole}{left_out} is {expected}, its parts are " + " + ".join(f"{part} ({name})" for name, part in known)
