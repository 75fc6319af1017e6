"""Langfuse's observations as its export button or blob storage writes them, in CSV, JSON or JSON lines (langfuse.com, November 2026).

Only generations and embeddings are taken: other observations repeat the usage of those inside them. The entries of the usage details are
disjoint; those with `input` in their name make the input, those with `output` the output (langfuse.com, token and cost tracking). Langfuse
does not know the provider, so the event has none, and is unpriced until a price names the model alone.
"""

from collections.abc import Mapping
from typing import Final

from meterlark.capture.foreign.row import Event, Row, cell, count, moment, nested, recorded_cost, subject_of, usage_event, word
from meterlark.capture.route import Skipped

CUSTOMER: Final = ("userId", "user_id")
TYPES: Final = ("GENERATION", "EMBEDDING")

_CACHE_READ: Final = ("input_cached_tokens", "cache_read_input_tokens", "input_cache_read")
_CACHE_WRITTEN: Final = ("cache_creation_input_tokens", "input_cache_creation")
_REASONING: Final = ("output_reasoning_tokens", "output_reasoning")


def event_from_row(row: Row, customer: tuple[str, ...] = CUSTOMER) -> Event | Skipped:
    """Return the event of a row, or why there is none.

    Raises:
        UnreadableError: A cell cannot be read.
    """
    kind = word(row, "type")
    identity = word(row, "id")
    at = moment(row, "startTime", "start_time")
    if kind not in TYPES:
        return Skipped(f"the observation's type is {kind or 'missing'}; usage is taken from {' and '.join(TYPES)}")
    if not identity:
        return Skipped("there is no id")
    if at is None:
        return Skipped("there is no startTime")
    details = nested(row, "usageDetails") or nested(row, "usage_details")
    input_tokens = _sum(details, "input") if details else count(row, "inputUsage")
    output_tokens = _sum(details, "output") if details else count(row, "outputUsage")
    total = count(details, "total") if details else count(row, "totalUsage")
    if not (input_tokens or output_tokens or total):
        return Skipped("no usage was logged")
    if total is None and input_tokens is not None:
        total = input_tokens + (output_tokens or 0)
    project = word(row, "projectId", "project_id")
    return usage_event(
        identity=identity,
        source=f"langfuse:{project}" if project else "langfuse",
        subject=subject_of(row, customer),
        at=at,
        imported_from="langfuse",
        names={"operation": kind.lower(), "model": word(row, "model", "providedModelName", "provided_model_name")},
        numbers={
            "input_tokens": input_tokens,
            "output_tokens": output_tokens,
            "total_tokens": total,
            "cache_read_input_tokens": count(details, *_CACHE_READ),
            "cache_creation_input_tokens": count(details, *_CACHE_WRITTEN),
            "reasoning_output_tokens": count(details, *_REASONING),
            "recorded_cost": recorded_cost(row, "totalCost", "total_cost", "calculatedTotalCost"),
        },
    )


def _sum(details: Mapping[str, object], part: str) -> int | None:
    """Return the sum of the entries with a part in their name; None if there is none."""
    found = [count(details, name) or 0 for name in details if part in name and cell(details, name) is not None]
    return sum(found) if found else None
