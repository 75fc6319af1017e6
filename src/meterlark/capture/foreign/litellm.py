"""LiteLLM's spend logs: the table `LiteLLM_SpendLogs` as CSV, or the answer of `GET /spend/logs` (docs.litellm.ai, November 2026).

LiteLLM's counts are taken as they are; where a provider reported none it counts itself, and its log does not say so. Input includes cached
tokens. Its own cost is kept as `recorded_cost`, beside ours.
"""

from typing import Final

from meterlark.capture.foreign.row import Event, Row, cell, count, moment, nested, recorded_cost, subject_of, usage_event, word
from meterlark.capture.route import Skipped

SOURCE: Final = "litellm-spend-logs"
CUSTOMER: Final = ("end_user", "user", "team_id")
"""Who pays, the most specific first, as LiteLLM names its customers."""

_PROVIDERS: Final = {
    "azure_ai": "azure",
    "azure_text": "azure",
    "bedrock_converse": "bedrock",
    "cohere_chat": "cohere",
    "fireworks_ai": "fireworks",
    "ollama_chat": "ollama",
    "text-completion-openai": "openai",
    "together_ai": "together",
    "vertex_ai": "vertex",
    "vertex_ai_beta": "vertex",
}
"""LiteLLM's names of providers that are other than ours."""

_OPERATIONS: Final = {"completion": "chat", "text_completion": "completion", "embedding": "embeddings", "responses": "responses"}
_TRUE: Final = ("true", "1", "t")


def event_from_row(row: Row, customer: tuple[str, ...] = CUSTOMER) -> Event | Skipped:
    """Return the event of a row, or why there is none.

    Raises:
        UnreadableError: A cell cannot be read.
    """
    metadata = nested(row, "metadata")
    at = moment(row, "startTime", "start_time")
    identity = word(row, "request_id")
    total = count(row, "total_tokens")
    if not identity:
        return Skipped("there is no request_id")
    if "failure" in (cell(row, "status"), metadata.get("status")):
        return Skipped("the request failed")
    if str(cell(row, "cache_hit")).lower() in _TRUE:
        return Skipped("LiteLLM answered from its own cache: the provider was not asked")
    if not total:
        return Skipped("no tokens were used or logged")
    if at is None:
        return Skipped("there is no startTime")
    usage = nested(metadata, "usage_object")
    call = word(row, "call_type").removeprefix("a")
    provider = word(row, "custom_llm_provider")
    return usage_event(
        identity=identity,
        source=SOURCE,
        subject=subject_of(row, customer),
        at=at,
        imported_from="litellm",
        names={
            "provider": _PROVIDERS.get(provider, provider),
            "operation": _OPERATIONS.get(call, call),
            "model": word(row, "model").removeprefix(f"{provider}/"),
            "request_model": word(row, "model_group"),
        },
        numbers={
            "input_tokens": count(row, "prompt_tokens"),
            "output_tokens": count(row, "completion_tokens"),
            "total_tokens": total,
            "cache_read_input_tokens": count(nested(usage, "prompt_tokens_details"), "cached_tokens"),
            "cache_creation_input_tokens": count(usage, "cache_creation_input_tokens"),
            "reasoning_output_tokens": count(nested(usage, "completion_tokens_details"), "reasoning_tokens"),
            "recorded_cost": recorded_cost(row, "spend"),
        },
    )
