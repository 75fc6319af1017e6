"""Helicone's requests, as its export tool writes them in CSV, JSON or JSON lines (`@helicone/export`, docs.helicone.ai, November 2026).

The response's id names an exchange, because it is in all three forms. Helicone's token counts are taken as they are. Whether its count of
the prompt includes what was read from and written to a cache differs by provider and version: the row's own total tells, where it can.
"""

from typing import Final

from meterlark.capture.foreign.row import Event, Row, cell, count, moment, recorded_cost, subject_of, usage_event, word
from meterlark.capture.route import Skipped

SOURCE: Final = "helicone"
CUSTOMER: Final = ("request_user_id", "helicone_user")

_NO_REFERENCE: Final = "00000000-0000-0000-0000-000000000000"
"""Helicone's default of `cache_reference_id`: the answer did not come from its cache."""


def event_from_row(row: Row, customer: tuple[str, ...] = CUSTOMER) -> Event | Skipped:
    """Return the event of a row, or why there is none.

    Raises:
        UnreadableError: A cell cannot be read.
    """
    status = count(row, "response_status")
    identity = word(row, "response_id", "request_id")
    at = moment(row, "request_created_at", "response_created_at")
    if status is None or not 200 <= status <= 299:
        return Skipped(f"the status is {status}; only a 2xx response is usage")
    if not identity:
        return Skipped("there is neither a response_id nor a request_id")
    if cell(row, "cache_reference_id") not in (None, _NO_REFERENCE):
        return Skipped("Helicone answered from its own cache: the provider was not asked")
    prompt, completion = count(row, "prompt_tokens"), count(row, "completion_tokens")
    if prompt is None and completion is None:
        return Skipped("no tokens were logged")
    if at is None:
        return Skipped("there is no request_created_at")
    read, written = count(row, "prompt_cache_read_tokens"), count(row, "prompt_cache_write_tokens")
    whole = _input(prompt, completion, count(row, "total_tokens"), (read or 0) + (written or 0))
    return usage_event(
        identity=identity,
        source=SOURCE,
        subject=subject_of(row, customer),
        at=at,
        imported_from="helicone",
        names={
            "provider": word(row, "provider").lower(),
            "model": word(row, "response_model", "model", "request_model"),
            "request_model": word(row, "request_model"),
        },
        numbers={
            "input_tokens": whole,
            "output_tokens": completion,
            "total_tokens": None if whole is None or completion is None else whole + completion,
            "cache_read_input_tokens": read or None,
            "cache_creation_input_tokens": written or None,
            "recorded_cost": recorded_cost(row, "costUSD", "cost"),
        },
    )


def _input(prompt: int | None, completion: int | None, total: int | None, cached: int) -> int | None:
    """Return the whole input: cached tokens are added when the total says that they stand beside the prompt, or they cannot be inside."""
    if prompt is None:
        return None
    is_beside = total == prompt + (completion or 0) + cached if total is not None else cached > prompt
    return prompt + cached if is_beside else prompt
