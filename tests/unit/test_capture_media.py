from typing import Any

import pytest
from captures import OPENAI, capture, data_of, sse, tokens_of

from meterlark.capture.route import Skipped

IMAGE_USAGE = {
    "input_tokens": 50,
    "input_tokens_details": {"image_tokens": 40, "text_tokens": 10},
    "output_tokens": 4000,
    "total_tokens": 4050,
}


def test_embeddings_have_input_only() -> None:
    """And no response id."""
    data = data_of(f"{OPENAI}/embeddings", {"object": "list", "model": "embed", "usage": {"prompt_tokens": 8, "total_tokens": 8}})

    assert (data["operation"], data["input_tokens"], data["output_tokens"], data["total_tokens"]) == ("embeddings", 8, 0, 8)


@pytest.mark.parametrize(
    ("given", "tokens"), [("Hello world", 2), (["Hello", " world"], 2), ([1, 2, 3], 3), ([[1, 2], [3, 4]], 4), ([{"image": "x"}], 0)]
)
def test_embeddings_without_usage_are_counted(given: Any, tokens: int) -> None:
    """Texts, or tokens as numbers; nothing surrounds them."""
    request = {"model": "text-embedding-3-small", "input": given}

    assert tokens_of(f"{OPENAI}/embeddings", {"usage": None}, request=request) == ("counted", tokens, 0, tokens)


@pytest.mark.parametrize("usage", [{"total_tokens": 57}, {"total_tokens": 57, "cost": 0.00001}])
def test_reranking_reads_and_writes_nothing(usage: dict[str, Any]) -> None:
    """Its total is its input."""
    assert tokens_of("https://api.voyageai.com/v1/rerank", {"usage": usage}) == ("reported", 57, 0, 57)


def test_images_report_tokens_and_are_counted() -> None:
    """The price may hang on either."""
    data = data_of(f"{OPENAI}/images/generations", {"created": 1790000000, "data": [{}, {}], "size": "1024x1024", "usage": IMAGE_USAGE})

    assert (data["total_tokens"], data["input_image_tokens"], data["output_images"], data["size"]) == (4050, 40, 2, "1024x1024")
    assert data["usage_source"] == "reported"


def test_images_without_usage_are_counted_with_what_was_asked() -> None:
    """DALL-E's price hangs on number, size and quality."""
    data = data_of(f"{OPENAI}/images/generations", {"data": [{}]}, request={"model": "dall-e-3", "size": "1792x1024", "quality": "hd"})

    assert (data["usage_source"], data["output_images"], data["size"], data["quality"]) == ("counted", 1, "1792x1024", "hd")
    assert "total_tokens" not in data


def test_a_streamed_image_reports_at_its_end() -> None:
    """Its partial images do not."""
    events = [{"type": "image_generation.partial_image"}, {"type": "image_generation.completed", "usage": IMAGE_USAGE, "quality": "low"}]

    data = data_of(f"{OPENAI}/images/generations", content=sse(*events))

    assert (data["usage_source"], data["total_tokens"], data["output_images"], data["quality"]) == ("reported", 4050, 1, "low")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"usage": {"type": "duration", "seconds": 4}, "duration": 3.9}, {"input_audio_seconds": 4}),
        ({"duration": "3.5"}, {"input_audio_seconds": 3.5}),
        (
            {
                "usage": {
                    "type": "tokens",
                    "input_tokens": 14,
                    "input_token_details": {"audio_tokens": 14},
                    "output_tokens": 2,
                    "total_tokens": 16,
                }
            },
            {"total_tokens": 16, "input_audio_tokens": 14},
        ),
    ],
)
def test_transcriptions_report_seconds_or_tokens(body: dict[str, Any], expected: dict[str, Any]) -> None:
    """By the model."""
    data = data_of(f"{OPENAI}/audio/transcriptions", body)

    assert data["usage_source"] == "reported"
    assert {name: data[name] for name in expected} == expected


def test_a_transcription_of_which_nothing_is_known_says_so() -> None:
    """It is an event without a quantity, not a quantity of zero."""
    data = data_of(f"{OPENAI}/audio/translations", {"text": "Hi"})

    assert data["count_notes"] == ["not counted: what the provider charges for stands neither in the request nor in the answer"]
    assert not {"input_audio_seconds", "total_tokens"} & set(data)


def test_mistral_counts_audio_beside_the_prompt() -> None:
    """Its total says so."""
    usage = {"prompt_tokens": 5, "completion_tokens": 11, "total_tokens": 391, "prompt_tokens_details": {"audio_tokens": 375}}

    data = data_of("https://api.mistral.ai/v1/audio/transcriptions", {"usage": {**usage, "prompt_audio_seconds": 3}})

    assert (data["input_tokens"], data["output_tokens"], data["total_tokens"], data["input_audio_seconds"]) == (380, 11, 391, 3)
    assert "usage_problems" not in data


def test_speech_is_charged_by_the_character() -> None:
    """The answer is audio, the characters are the request's."""
    request = {"model": "tts-1", "input": "Grüße 🐦"}

    data = data_of(f"{OPENAI}/audio/speech", content=b"\xff\xfb\x90", headers={"content-type": "audio/mpeg"}, request=request)

    assert (data["usage_source"], data["input_characters"], data["stream"]) == ("counted", 7, False)


def test_streamed_speech_reports_tokens() -> None:
    """In the event that ends it."""
    done = {"type": "speech.audio.done", "usage": {"input_tokens": 10, "output_tokens": 82, "total_tokens": 92}}

    assert tokens_of(f"{OPENAI}/audio/speech", content=sse({"type": "speech.audio.delta", "audio": "x"}, done)) == ("reported", 10, 82, 92)


def test_moderations_are_counted_by_their_inputs() -> None:
    """They report nothing."""
    data = data_of(f"{OPENAI}/moderations", {"id": "modr-1", "results": [{"flagged": True}, {"flagged": False}]})

    assert (data["usage_source"], data["inputs"]) == ("counted", 2)


def test_pages_are_reported() -> None:
    """Mistral's OCR."""
    assert data_of("https://api.mistral.ai/v1/ocr", {"usage_info": {"pages_processed": 3}})["input_document_pages"] == 3


def test_an_image_that_was_refused_is_an_error() -> None:
    """A body that is one bears no usage."""
    got = capture(f"{OPENAI}/images/edits", {"error": {"code": "moderation_blocked", "message": "secret"}})

    assert got == Skipped("the provider's answer is an error: moderation_blocked")
