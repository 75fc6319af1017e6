import asyncio
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI

from meterlark.model.errors import InvalidInputError
from meterlark.testing.provider import Provider
from meterlark.testing.received import ReceivedRequest
from meterlark.testing.replay import Recording

FIXTURE = Path(__file__).parent.parent / "fixtures" / "exchanges.jsonl"
LARK: Any = [{"role": "user", "content": "Name a lark."}]
SING: Any = [{"role": "user", "content": "Sing."}]
OPTIONS: Any = {"include_usage": True}


@pytest.fixture
def client() -> Iterator[OpenAI]:
    """Give the real client, pointed at a provider that replays the fixture."""
    with (
        Provider.replay(FIXTURE) as provider,
        OpenAI(base_url=provider.base_url, api_key="test", max_retries=0) as made,
    ):
        yield made


def test_same_request_is_served_in_turn(client: OpenAI) -> None:
    """A request recorded twice is answered in turn; key order, 1 against 1.0 and a doubled /v1 do not matter."""
    texts = [client.chat.completions.create(model="gpt-4o-mini", messages=LARK, temperature=1).choices[0].message.content for _ in range(3)]

    assert texts == ["The horned lark.", "The wood lark.", "The horned lark."]


def test_recorded_headers(client: OpenAI) -> None:
    """The recorded request id is sent again; the recorded length and cookies are not."""
    answer = client.chat.completions.with_raw_response.create(model="gpt-4o-mini", messages=LARK, temperature=1)

    assert answer.headers["x-request-id"] == "req_first"
    assert "set-cookie" not in answer.headers
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_stream_is_verbatim(client: OpenAI) -> None:
    """Recorded server-sent events come back byte for byte, comments and mixed line ends included."""
    with client.chat.completions.with_streaming_response.create(
        model="gpt-4o-mini", messages=SING, stream=True, stream_options=OPTIONS
    ) as response:
        received = b"".join(response.iter_bytes())

    recorded = [json.loads(line).get("response_sse") for line in FIXTURE.read_text(encoding="utf-8").splitlines()]
    assert received.decode() == next(filter(None, recorded))


def test_stream_parses(client: OpenAI) -> None:
    """The client reads the recorded stream and its usage."""
    chunks = list(client.chat.completions.create(model="gpt-4o-mini", messages=SING, stream=True, stream_options=OPTIONS))

    assert chunks[-1].usage is not None
    assert chunks[-1].usage.total_tokens == 10


def test_switches_work_on_recordings(client: OpenAI) -> None:
    """A recorded stream can be ended early."""
    chunks = list(
        client.chat.completions.create(
            model="gpt-4o-mini",
            messages=SING,
            stream=True,
            stream_options=OPTIONS,
            extra_headers={"x-provider-switch": "end-after=2"},
        )
    )

    assert [chunk.choices[0].delta.content for chunk in chunks] == ["Tirré"]


def test_parsed_events_are_rebuilt() -> None:
    """Parsed events are served as a stream with event names; the Azure prefix of the recording does not matter."""

    async def ask() -> list[str]:
        async with AsyncOpenAI(base_url=provider.base_url, api_key="test") as client:
            stream = await client.responses.create(model="gpt-4o", input="Sing.", stream=True)
            return [event.type async for event in stream]

    with Provider.replay(FIXTURE) as provider:
        kinds = asyncio.run(ask())

    assert kinds == ["response.output_text.delta"] * 2


def test_recorded_error(client: OpenAI) -> None:
    """A recorded error status comes back with its own body."""
    with pytest.raises(openai.RateLimitError, match="made-up recording"):
        client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "Again!"}])


@pytest.mark.parametrize(("recorded", "asked"), [("nova-v1%3A0", "nova-v1:0"), ("nova-v1:0", "nova-v1%3A0")])
def test_a_path_may_be_encoded(recorded: str, asked: str) -> None:
    """Clients encode the colon of Amazon's model names, or do not; both find the recording."""
    line = {
        "method": "POST",
        "url": f"https://bedrock.invalid/model/{recorded}/converse",
        "request": {},
        "response": {"stopReason": "stop"},
    }
    recording = Recording([json.dumps(line).encode()])

    path = f"/model/{asked}/converse"
    reply = recording.reply_to(ReceivedRequest(method="POST", path=path, query="", headers={}, content=b"{}", body={}))

    assert reply.status == 200


def test_request_without_body(client: OpenAI) -> None:
    """A recorded GET is served with its raw text."""
    assert client.get("/files/file-1", cast_to=str) == "not JSON at all"


def test_unknown_request_says_what_is_recorded(client: OpenAI) -> None:
    """An unknown request is a 404 that lists the recorded operations and the nearest one's difference."""
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="gpt-4o-mini", messages=LARK, temperature=0)

    assert "matches this POST /chat/completions" in caught.value.message
    assert "4 x POST /chat/completions, 1 x POST /responses, 1 x GET /files/file-1" in caught.value.message
    assert "nearest one differs in: temperature" in caught.value.message
    assert caught.value.code == "not_recorded"


def test_compressed_file(tmp_path: Path) -> None:
    """A .jsonl.gz file is read like the plain one, and lines without a response are counted apart."""
    path = tmp_path / "exchanges.jsonl.gz"
    path.write_bytes(gzip.compress(FIXTURE.read_bytes()))

    recording = Recording.open(path)

    assert len(recording) == 6
    assert recording.unusable == 1


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b'{"method": "POST"}',
        b'{"endpoint": "responses", "response": {}}',
        b'{"method": "POST", "endpoint": "responses", "response": {}, "status": "ok"}',
        b'{"method": "POST", "endpoint": "responses", "response_sse": 3}',
        b'{"method": "POST", "endpoint": "responses", "response_events": [3]}',
        b'{"method": "POST", "endpoint": "responses", "response": {}, "response_headers": [1]}',
    ],
)
def test_bad_line_is_named(line: bytes) -> None:
    """A line that is no exchange is refused with its number."""
    with pytest.raises(InvalidInputError, match="line 2 ") as caught:
        Recording([b"\n", line])

    assert caught.value.field == "[2]"
