import json
from decimal import Decimal
from typing import Any

import pytest
from captures import OLLAMA_STREAM, STREAMS, capture, chat_usage, data_of, tokens_of

from meterlark.capture.reader import Captured

OLLAMA = "http://localhost:11434"
COHERE = "https://api.cohere.com"


@pytest.mark.parametrize("name", STREAMS)
def test_every_dialects_stream_is_read(name: str) -> None:
    """The provider's numbers, in one algebra, without a problem."""
    url, headers, content, expected = STREAMS[name]

    data = data_of(url, content=content, headers=headers)

    assert (data["input_tokens"], data["output_tokens"], data["total_tokens"]) == expected
    assert (data["usage_source"], data["stream"]) == ("reported", True)
    assert "usage_problems" not in data


@pytest.mark.parametrize(
    ("host", "usage", "expected"),
    [
        (
            "api.deepseek.com",
            {"prompt_cache_hit_tokens": 6, "prompt_cache_miss_tokens": 4},
            {"cache_read_input_tokens": 6, "uncached_input_tokens": 4},
        ),
        ("api.together.xyz/v1", {"cached_tokens": 3}, {"cache_read_input_tokens": 3}),
        ("api.mistral.ai/v1", {"num_cached_tokens": 3}, {"cache_read_input_tokens": 3}),
        ("dbc.cloud.databricks.com/serving-endpoints", {"cache_read_input_tokens": 3}, {"cache_read_input_tokens": 3}),
        ("openrouter.ai/api/v1", {"cost": 0.00014}, {"provider_cost": Decimal("0.00014"), "provider_cost_currency": "USD"}),
        ("openrouter.ai/api/v1", {"server_tool_use_details": {"web_search_requests": 2}}, {"web_searches": 2}),
        ("api.x.ai/v1", {"cost_in_usd_ticks": 33534000}, {"provider_cost": Decimal("0.0033534")}),
        ("api.x.ai/v1", {"server_side_tool_usage_details": {"web_search_calls": 2, "x_search_calls": 1}}, {"social_searches": 1}),
        ("api.perplexity.ai", {"cost": {"total_cost": 0.005}}, {"provider_cost": Decimal("0.005")}),
        ("router.huggingface.co/v1", {"prompt_tokens_details": None, "completion_tokens_details": None}, {}),
        ("localhost:8000/v1", {"prompt_tokens_details": {"cached_tokens": 8}}, {"cache_read_input_tokens": 8}),
    ],
)
def test_compatible_servers_add_to_the_format(host: str, usage: dict[str, Any], expected: dict[str, Any]) -> None:
    """The differences are a table; all else is OpenAI's."""
    data = data_of(f"https://{host}/chat/completions", {"id": "c1", "usage": chat_usage(10, 5, **usage)})

    assert data["total_tokens"] == 15
    assert {name: data[name] for name in expected} == expected
    assert "usage_problems" not in data


def test_ollamas_last_line_reports() -> None:
    """Its own API has no id: its moment and the caller's id stand for it."""
    got = capture(f"{OLLAMA}/api/chat", events=list(OLLAMA_STREAM))

    assert isinstance(got, Captured)
    assert (got.event["id"], got.event["time"], got.event["data"]["provider"]) == ("fallback", "2026-01-02T03:04:05.678901Z", "ollama")


def test_a_prompt_from_ollamas_cache_is_unknown() -> None:
    """It leaves the count out, which is not zero."""
    data = data_of(f"{OLLAMA}/api/generate", {"model": "llama", "response": "a", "done": True, "eval_count": 4})

    assert data["output_tokens"] == 4
    assert not {"input_tokens", "total_tokens"} & set(data)


def test_a_cut_ollama_stream_is_counted() -> None:
    """Generate's request has a prompt instead of messages."""
    request = {"model": "llama", "prompt": "Hello", "system": "Sing"}

    source, prompt, completion, _ = tokens_of(f"{OLLAMA}/api/generate", events=[{"response": "la la", "done": False}], request=request)

    assert (source, prompt, completion) == ("partial", 3 + (3 + 1 + 1) * 2, 2)


def test_ollamas_embeddings_are_input() -> None:
    """They have no `done`."""
    assert tokens_of(f"{OLLAMA}/api/embed", {"embeddings": [], "prompt_eval_count": 6}) == ("reported", 6, 0, 6)


def test_cohere_charges_less_than_the_model_reads() -> None:
    """Usage is what it read; what is billed is kept beside it. An image stands beside the input."""
    usage = {
        "billed_units": {"input_tokens": 267, "output_tokens": 52},
        "tokens": {"input_tokens": 34, "output_tokens": 56, "image_tokens": 259},
        "cached_tokens": 20,
    }

    data = data_of(f"{COHERE}/v2/chat", {"id": "c1", "usage": usage, "finish_reason": "COMPLETE"})

    assert (data["input_tokens"], data["output_tokens"], data["cache_read_input_tokens"]) == (293, 56, 20)
    assert (data["billed_input_tokens"], data["billed_output_tokens"]) == (267, 52)
    assert "usage_problems" not in data


@pytest.mark.parametrize("path", ["chat", "generate"])
def test_a_whole_answer_of_coheres_first_version_is_read(path: str) -> None:
    """Its bytes are framed as the events of its stream are; it was taken for one of them, and counted."""
    tokens = {"input_tokens": 501, "output_tokens": 35}
    content = json.dumps({"response_id": "c1", "text": "la", "finish_reason": "COMPLETE", "meta": {"tokens": tokens}}).encode()

    data = data_of(f"{COHERE}/v1/{path}", content=content)

    assert (data["usage_source"], data["input_tokens"], data["output_tokens"], data["stream"]) == ("reported", 501, 35, False)


@pytest.mark.parametrize(
    ("path", "billed", "expected"),
    [("embed", {"input_tokens": 4}, {"input_tokens": 4, "output_tokens": 0}), ("rerank", {"search_units": 2}, {"rerank_searches": 2})],
)
def test_coheres_embeddings_and_searches(path: str, billed: dict[str, int], expected: dict[str, int]) -> None:
    """They say only what is billed."""
    data = data_of(f"{COHERE}/v2/{path}", {"id": "c1", "meta": {"billed_units": billed}})

    assert {name: data[name] for name in expected} == expected


def test_a_cut_watsonx_stream_has_its_running_count() -> None:
    """The counts are cumulative."""
    results = [{"generated_text": "a", "generated_token_count": 3, "input_token_count": 8, "stop_reason": "not_finished"}]

    assert tokens_of("https://x.ml.cloud.ibm.com/ml/v1/text/generation_stream", events=[{"results": results}]) == ("partial", 8, 3, 11)
