"""The usage object of OpenAI's APIs and of all servers that speak their format, with what each adds to it.

Two spellings (chat: `prompt_tokens`, Responses: `input_tokens`) and four groups of details; the names differ, so one table reads them all:

* Assistants write `prompt_token_details`, audio and Realtime `input_token_details`.
* Where the cached part has a place of its own: DeepSeek, Together, Hugging Face's hosts, Mistral, Databricks.
* What a call cost: OpenRouter and Perplexity in US dollars, xAI in ticks of 10**-10 dollar, Pydantic's gateway as an estimate.
* Groq's timings, GitHub's latencies and the like stay in the raw object.

Recorded usage of OpenAI and Azure satisfies total = input + output without exception (reference llm-usage.md section 1.2).
"""

from typing import Final

import msgspec

from meterlark.capture.usage import Shape, Sum


def _detail(side: str, name: str) -> tuple[str, ...]:
    groups = {
        "input": ("prompt_tokens_details", "input_tokens_details", "input_token_details", "prompt_token_details"),
        "output": ("completion_tokens_details", "output_tokens_details", "output_token_details"),
    }
    return tuple(f"{group}.{name}" for group in groups[side])


COMPATIBLE: Final = Shape(
    input=("prompt_tokens", "input_tokens"),
    output=("completion_tokens", "output_tokens"),
    total=("total_tokens",),
    parts={
        "cache_read_input_tokens": (
            *_detail("input", "cached_tokens"),
            "prompt_cache_hit_tokens",  # DeepSeek
            "cached_tokens",  # Together, Nebius
            "num_cached_tokens",  # Mistral until 2026
            "cache_read_input_tokens",  # Databricks serving Claude
        ),
        "uncached_input_tokens": ("prompt_cache_miss_tokens",),  # DeepSeek
        "cache_read_text_input_tokens": _detail("input", "cached_tokens_details.text_tokens"),  # Realtime
        "cache_read_audio_input_tokens": _detail("input", "cached_tokens_details.audio_tokens"),
        "cache_read_image_input_tokens": _detail("input", "cached_tokens_details.image_tokens"),
        "cache_creation_input_tokens": (*_detail("input", "cache_write_tokens"), "cache_creation_input_tokens"),
        "cache_creation_30m_input_tokens": _detail("input", "cache_write_tokens_details.ttl_30m"),
        "cache_creation_12h_input_tokens": _detail("input", "cache_write_tokens_details.ttl_12h"),
        "input_text_tokens": _detail("input", "text_tokens"),
        "input_audio_tokens": _detail("input", "audio_tokens"),
        "input_image_tokens": _detail("input", "image_tokens"),
        "input_video_tokens": _detail("input", "video_tokens"),
        "reasoning_output_tokens": _detail("output", "reasoning_tokens"),
        "output_text_tokens": _detail("output", "text_tokens"),
        "output_audio_tokens": _detail("output", "audio_tokens"),
        "output_image_tokens": _detail("output", "image_tokens"),
        "accepted_prediction_tokens": _detail("output", "accepted_prediction_tokens"),
        "rejected_prediction_tokens": _detail("output", "rejected_prediction_tokens"),
    },
    quantities={
        "input_audio_seconds": ("seconds", "prompt_audio_seconds"),  # OpenAI's transcription of type=duration, Mistral
        "input_document_pages": ("pages_processed",),  # Mistral's OCR
        "web_searches": (
            "server_tool_use_details.web_search_requests",  # OpenRouter
            "server_side_tool_usage_details.web_search_calls",  # xAI
            "num_search_queries",  # Perplexity
        ),
        "social_searches": ("server_side_tool_usage_details.x_search_calls",),
        "code_executions": ("server_side_tool_usage_details.code_interpreter_calls",),
        "storage_searches": ("server_side_tool_usage_details.file_search_calls",),
    },
    cost=(
        ("cost", 1),
        ("cost.total_cost", 1),
        ("cost_in_usd_ticks", 10**10),
        ("pydantic_ai_gateway.cost_estimate", 1),
    ),
    sums=(
        Sum(tuple(f"cache_read_{kind}_input_tokens" for kind in ("text", "audio", "image")), "cache_read_input_tokens"),
        Sum(("cache_read_input_tokens", "uncached_input_tokens"), "input_tokens", needs="uncached_input_tokens"),
        Sum(("input_text_tokens", "input_audio_tokens", "input_image_tokens"), "input_tokens", needs="input_text_tokens"),
        Sum(("output_text_tokens", "output_audio_tokens", "output_image_tokens"), "output_tokens", needs="output_text_tokens"),
    ),
)
"""Usage of chat, completions, Responses, audio, images, Realtime, Assistants and batches."""

SESSION_SECONDS: Final = Shape(input=(), output=(), quantities={"audio_seconds": ("seconds",)})
"""Usage of a Live session, counted by time."""

INPUT_ONLY: Final = msgspec.structs.replace(COMPATIBLE, has_output=False)
"""Usage of embeddings and reranking, which generate nothing: Voyage's and Jina's total is their input."""

AUDIO_BESIDE: Final = msgspec.structs.replace(COMPATIBLE, input_adds=("input_audio_tokens",), sums=())
"""Usage of Mistral's transcriptions, whose total says that the audio is counted beside the prompt."""
