import json
from typing import Any

import httpx2
import pytest
from openai import OpenAI
from recording_ingest import RecordingIngest

from meterlark import Meter

USAGE = {"prompt_tokens": 3, "total_tokens": 3}
IMAGE_USAGE = {"input_tokens": 5, "output_tokens": 90, "total_tokens": 95}


def answer(request: httpx2.Request) -> httpx2.Response:
    """Answer as OpenAI does, by the path."""
    path = request.url.path.removeprefix("/v1/")
    bodies: dict[str, Any] = {
        "embeddings": {
            "object": "list",
            "model": "embed",
            "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}],
            "usage": USAGE,
        },
        "moderations": {"id": "modr-12345", "model": "omni", "results": [{"flagged": False, "categories": {}, "category_scores": {}}]},
        "images/generations": {"created": 1790000000, "data": [{"b64_json": "AA=="}], "usage": IMAGE_USAGE},
        "files": {
            "id": "file-1",
            "object": "file",
            "bytes": 1,
            "created_at": 9,
            "filename": "f",
            "purpose": "batch",
            "status": "processed",
        },
    }
    headers = {"x-request-id": f"req_{path.replace('/', '_')}_1"}
    if path == "audio/speech":
        return httpx2.Response(200, content=b"\xff\xfb\x90", headers={**headers, "content-type": "audio/mpeg"})
    return httpx2.Response(200, content=json.dumps(bodies[path]).encode(), headers={**headers, "content-type": "application/json"})


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda client: client.embeddings.create(model="embed", input="Hello"), {"operation": "embeddings", "total_tokens": 3}),
        (lambda client: client.moderations.create(input="Hello"), {"operation": "moderation", "inputs": 1}),
        (
            lambda client: client.images.generate(model="gpt-image-1", prompt="A lark", size="1024x1024"),
            {"operation": "images", "output_images": 1, "total_tokens": 95, "size": "1024x1024"},
        ),
        (
            lambda client: client.audio.speech.create(model="tts-1", voice="alloy", input="Hello"),
            {"operation": "speech", "input_characters": 5, "usage_source": "counted"},
        ),
    ],
)
def test_every_endpoint_of_a_wrapped_client_is_metered(ingest: RecordingIngest, meter: Meter, call: Any, expected: dict[str, Any]) -> None:
    """Not chat and Responses alone; the answer is the bare client's."""
    with OpenAI(api_key="test", http_client=httpx2.Client(transport=httpx2.MockTransport(answer))) as bare:
        given, metered = call(bare), call(meter.wrap(bare))

    assert getattr(given, "content", given) == getattr(metered, "content", metered)
    assert meter.flush()
    (event,) = ingest.events
    assert {name: event["data"].get(name) for name in expected} == expected


def test_what_is_no_answer_of_a_model_is_left_alone(ingest: RecordingIngest, meter: Meter) -> None:
    """Files are neither metered nor counted as missed."""
    with OpenAI(api_key="test", http_client=httpx2.Client(transport=httpx2.MockTransport(answer))) as bare:
        meter.wrap(bare).files.create(file=b"x", purpose="batch")

    assert meter.flush()
    assert not ingest.events
    assert meter.stats().unmetered == 0
