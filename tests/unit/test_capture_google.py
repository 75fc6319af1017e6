from typing import Any

import pytest
from captures import GEMINI, GEMINI_STREAM, capture, data_of, tokens_of

from meterlark.capture.route import Skipped

URL = f"{GEMINI}/models/gemini-3:generateContent"
USAGE = {
    "promptTokenCount": 20,
    "toolUsePromptTokenCount": 5,
    "cachedContentTokenCount": 8,
    "candidatesTokenCount": 7,
    "thoughtsTokenCount": 30,
    "totalTokenCount": 62,
    "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 12}, {"modality": "IMAGE", "tokenCount": 8}],
    "candidatesTokensDetails": [{"modality": "TEXT", "tokenCount": 7}],
    "cacheTokensDetails": [{"modality": "IMAGE", "tokenCount": 8}],
    "serviceTier": "flex",
}


def test_output_includes_thoughts_and_input_the_tools() -> None:
    """Gemini counts both beside candidates and prompt, and its total has them."""
    data = data_of(URL, {"responseId": "g1", "modelVersion": "gemini-3-001", "usageMetadata": USAGE})

    assert (data["input_tokens"], data["output_tokens"], data["total_tokens"]) == (25, 37, 62)
    assert (data["reasoning_output_tokens"], data["input_tool_tokens"], data["cache_read_input_tokens"]) == (30, 5, 8)
    assert data["cache_read_image_input_tokens"] == 8
    assert (data["input_text_tokens"], data["input_image_tokens"], data["output_text_tokens"]) == (12, 8, 7)
    assert (data["model"], data["request_model"], data["service_tier"]) == ("gemini-3-001", "asked", "flex")
    assert data["usage"] == USAGE
    assert "usage_problems" not in data


def test_modalities_that_do_not_add_up_are_reported() -> None:
    """The lists promise to be complete."""
    usage = {**USAGE, "candidatesTokensDetails": [{"modality": "AUDIO", "tokenCount": 6}]}

    problems = data_of(URL, {"responseId": "g1", "usageMetadata": usage})["usage_problems"]

    assert problems == ["output_tokens without reasoning_output_tokens is 7, its parts are 6 (output_audio_tokens)"]


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"promptTokenCount": 9, "totalTokenCount": 9}, (9, 0, 9)),
        ({"promptTokenCount": 9, "thoughtsTokenCount": 4, "totalTokenCount": 13}, (9, 4, 13)),
    ],
)
def test_zeros_are_left_out_by_the_provider(usage: dict[str, int], expected: tuple[int, ...]) -> None:
    """A blocked prompt has no candidates, an answer cut while thinking has none either."""
    assert tokens_of(URL, {"responseId": "g1", "usageMetadata": usage})[1:] == expected


def test_the_last_usage_of_a_stream_counts() -> None:
    """It is cumulative; of a cut stream it is usage up to there."""
    url = f"{GEMINI}/models/gemini-3:streamGenerateContent?alt=sse"

    assert tokens_of(url, events=list(GEMINI_STREAM)) == ("reported", 6, 7, 13)
    assert tokens_of(url, events=list(GEMINI_STREAM[:1])) == ("partial", 6, 1, 7)


def test_the_request_model_is_in_the_url() -> None:
    """The body has none."""
    data = data_of(URL, {"responseId": "g1", "usageMetadata": USAGE}, request={"contents": []})

    assert (data["request_model"], data["model"]) == ("gemini-3", "gemini-3")


def test_a_missing_usage_is_counted_by_the_contents() -> None:
    """Roles and parts become messages."""
    request = {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}], "systemInstruction": {"parts": [{"text": "Sing"}]}}
    body = {"responseId": "g1", "candidates": [{"content": {"parts": [{"text": "la la"}]}, "finishReason": "STOP"}]}

    source, prompt, completion, _ = tokens_of(URL, body, request=request)

    assert (source, prompt, completion) == ("counted", 3 + (3 + 1 + 1) * 2, 2)


@pytest.mark.parametrize(
    ("action", "body", "expected"),
    [
        ("embedContent", {"usageMetadata": {"promptTokenCount": 4}}, (4, 0)),
        ("predict", {"predictions": [{"embeddings": {"statistics": {"token_count": count}}} for count in (3, 4.0)]}, (7, 0)),
    ],
)
def test_embeddings_have_input_only(action: str, body: dict[str, Any], expected: tuple[int, int]) -> None:
    """Gemini says it in one place, Vertex AI for each text."""
    assert tokens_of(f"{GEMINI}/models/embed:{action}", body)[1:3] == expected


def test_billable_characters_are_kept() -> None:
    """Vertex AI charges for some models by them."""
    body = {"predictions": [{"embeddings": {}}], "metadata": {"billableCharacterCount": 11}}

    assert data_of(f"{GEMINI}/models/embed:predict", body)["input_characters"] == 11


def test_an_interaction_is_read() -> None:
    """The newer API with names of its own."""
    usage = {
        "total_input_tokens": 9,
        "input_tokens_by_modality": [{"modality": "text", "tokens": 9}],
        "total_output_tokens": 13,
        "total_thought_tokens": 30,
        "total_tool_use_tokens": 2,
        "total_cached_tokens": 1,
        "total_tokens": 54,
    }
    body = {"id": "v1_a", "created": "2026-02-26T00:58:16Z", "model": "gemini-3", "status": "completed", "usage": usage}

    data = data_of(f"{GEMINI}/interactions", body)

    assert (data["input_tokens"], data["output_tokens"], data["total_tokens"], data["cache_read_input_tokens"]) == (11, 43, 54, 1)
    assert "usage_problems" not in data


def test_an_interaction_in_the_background_is_pending() -> None:
    """Its usage does not exist yet."""
    assert isinstance(capture(f"{GEMINI}/interactions", {"id": "v1_a", "status": "in_progress"}), Skipped)


def test_a_new_cache_is_written_input() -> None:
    """Everything in it; asking for it again uses nothing."""
    body = {
        "name": "cachedContents/a",
        "model": "models/gemini-3",
        "createTime": "2026-01-01T00:00:00Z",
        "usageMetadata": {"totalTokenCount": 9602},
    }

    data = data_of(f"{GEMINI}/cachedContents", body)

    assert (data["input_tokens"], data["cache_creation_input_tokens"], data["output_tokens"], data["model"]) == (9602, 9602, 0, "gemini-3")
    assert isinstance(capture(f"{GEMINI}/cachedContents/a", body, method="GET"), Skipped)
