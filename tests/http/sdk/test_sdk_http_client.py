import asyncio
import gzip
import json
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx
import httpx2
import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from recording_ingest import RecordingIngest

from meterlark import Meter
from meterlark.model.errors import InvalidInputError
from meterlark.testing.provider import Provider

CHUNKS = ("Larks", " sing", " at", " dawn.")
ASK: Any = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "When do larks sing?"}]}
LIBRARIES: Any = [httpx, httpx2]
BASES: Any = {
    "default": None,
    "httpx": httpx.Client,
    "httpx2": httpx2.Client,
    "openai": openai.DefaultHttpxClient,
    "anthropic": anthropic.DefaultHttpxClient,
}


def sources(meter: Meter, ingest: RecordingIngest) -> list[tuple[str, int]]:
    """Return how each event was counted, and its total."""
    assert meter.flush()
    assert (meter.stats().failed, meter.stats().unmetered) == (0, 0)
    return [(event["data"]["usage_source"], event["data"]["total_tokens"]) for event in ingest.events]


@pytest.mark.parametrize("base", BASES.values(), ids=BASES)
def test_a_client_of_ours_meters_whatever_is_sent_through_it(base: Any, meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """Of either library; blocking, streamed, raw."""
    with OpenAI(base_url=provider.base_url, api_key="test", http_client=meter.http_client(base=base)) as client:
        client.chat.completions.create(**ASK)
        assert all(chunk.choices for chunk in client.chat.completions.create(**ASK, stream=True))
        client.responses.create(model="gpt-4o-mini", input="Hi")
        assert client.chat.completions.with_raw_response.create(**ASK).text

    assert sources(meter, ingest) == [("reported", 30), ("injected", 30), ("reported", 30), ("reported", 30)]


@pytest.mark.parametrize("library", LIBRARIES)
def test_an_asynchronous_client_of_ours_meters(library: Any, meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """Of either library."""

    async def talk() -> None:
        http_client = meter.async_http_client(base=library.AsyncClient)
        async with AsyncOpenAI(base_url=provider.base_url, api_key="test", http_client=http_client) as client:
            await client.chat.completions.create(**ASK)
            assert all([chunk.choices async for chunk in await client.chat.completions.create(**ASK, stream=True)])

    asyncio.run(talk())
    assert sources(meter, ingest) == [("reported", 30), ("injected", 30)]


def test_the_class_is_the_one_that_the_sdk_wants(meter: Meter) -> None:
    """With its timeouts and limits; options are the class's own."""
    with meter.http_client(timeout=7) as client:
        assert isinstance(client, openai.DefaultHttpxClient)
        assert (client.timeout, client.follow_redirects) == (httpx2.Timeout(7), True)
    assert isinstance(meter.async_http_client(), openai.DefaultAsyncHttpxClient)


def test_a_class_that_is_no_client_is_refused(meter: Meter) -> None:
    """A mistake at start is said at start."""
    with pytest.raises(InvalidInputError, match=r"builtins\.dict is no client of httpx or httpx2"):
        meter.http_client(base=dict)


@pytest.mark.parametrize("library", LIBRARIES)
def test_requests_made_by_hand_are_metered(library: Any, meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """Read as a whole, by bytes, by lines; what is not a model's answer passes."""
    with meter.http_client(base=library.Client) as client:
        url = f"{provider.base_url}/chat/completions"
        body = {**ASK, "stream": True}
        whole = client.post(url, json=body)
        with client.stream("POST", url, json=body) as raw:
            pieces = list(raw.iter_raw())
        with client.stream("POST", url, json=body) as lined:
            lines = list(lined.iter_lines())
        assert client.get(f"{provider.base_url}/models").json()["data"]

    for text in (whole.text, b"".join(pieces).decode(), "\n".join(lines)):
        assert '"choices":[]' not in text
        assert text.count("data: ") == len(CHUNKS) + 3
    assert json.loads(whole.request.content) == body
    assert sources(meter, ingest) == [("injected", 30)] * 3


@pytest.mark.parametrize("library", LIBRARIES)
def test_hooks_of_the_user_see_their_own_request(library: Any, meter: Meter, provider: Provider, ingest: RecordingIngest) -> None:
    """Metering is beneath them; a hook may read the body first."""
    seen: list[str] = []

    def note(response: Any) -> None:
        seen.append(response.read().decode())
        assert "stream_options" not in response.request.content.decode()

    with meter.http_client(base=library.Client, event_hooks={"response": [note]}) as client:
        client.post(f"{provider.base_url}/chat/completions", json={**ASK, "stream": True})

    assert '"choices":[]' not in seen[0]
    assert sources(meter, ingest) == [("injected", 30)]


@pytest.mark.parametrize("is_stubborn", [False, True])
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_compressed_answer_is_read(library: Any, is_stubborn: bool, meter: Meter, ingest: RecordingIngest) -> None:  # noqa: FBT001 - a parameter
    """A stream that is asked for usage is asked not to be compressed; a server that does not listen is decoded."""
    usage = {"prompt_tokens": 21, "completion_tokens": 9, "total_tokens": 30}

    def answer(request: Any) -> Any:
        is_stream = b'"stream":true' in request.content
        chunk = {"id": "chatcmpl-1234", "created": 1790000000, "model": "gpt-4o-mini"}
        choice = {"index": 0, "delta": {"content": "Larks"}, "finish_reason": "stop"}
        events = [{**chunk, "choices": [choice]}, {**chunk, "choices": [], "usage": usage}]
        text = "".join(f"data: {json.dumps(event)}\n\n" for event in events) if is_stream else json.dumps(events[1])
        body = text.encode()
        encoded = "gzip" in request.headers["accept-encoding"] or is_stubborn
        assert encoded or is_stream
        return library.Response(
            200,
            headers={"content-type": "text/event-stream" if is_stream else "application/json"}
            | ({"content-encoding": "gzip"} if encoded else {}),
            stream=Pieces(gzip.compress(body) if encoded else body),
        )

    class Pieces(library.SyncByteStream):  # type: ignore[misc] # of either library
        """A body in small pieces."""

        def __init__(self, body: bytes) -> None:
            self.body = body

        def __iter__(self) -> Iterator[bytes]:
            """Yield them."""
            yield from (self.body[at : at + 7] for at in range(0, len(self.body), 7))

    with meter.http_client(base=library.Client, transport=library.MockTransport(answer)) as client:
        url = "https://api.openai.com/v1/chat/completions"
        assert client.post(url, json={**ASK, "stream": True}).text.count("data: ") == 1
        assert client.post(url, json=ASK).json()["usage"] == usage

    assert sources(meter, ingest) == [("injected", 30), ("reported", 30)]


def test_a_signed_body_is_not_changed(meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """Its signature would be wrong; the tokens are counted."""
    with meter.http_client(base=httpx2.Client) as client:
        headers = {"authorization": "AWS4-HMAC-SHA256 Credential=x"}
        client.post(f"{provider.base_url}/chat/completions", json={**ASK, "stream": True}, headers=headers)

    assert "stream_options" not in provider.requests[0].body
    assert sources(meter, ingest)[0][0] == "counted"


def test_an_error_of_an_asking_request_is_the_servers_own(meter: Meter, provider: Provider) -> None:
    """Byte for byte, however it is read; it is not asked twice."""
    url, headers = f"{provider.base_url}/chat/completions", {"x-provider-switch": "status=400"}
    with meter.http_client(base=httpx2.Client) as metered, httpx2.Client() as bare:
        answers = []
        for client in (metered, bare):
            with client.stream("POST", url, json={**ASK, "stream": True}, headers=headers) as response:
                answers.append((response.status_code, b"".join(response.iter_raw())))

    assert answers[0] == answers[1]
    assert len(provider.requests) == 2


def test_forms_are_read(meter: Meter, ingest: RecordingIngest) -> None:
    """The model of a transcription stands nowhere else."""
    answer = httpx2.Response(200, json={"text": "Larks.", "duration": 2.5}, headers={"x-request-id": "req_12345"})
    http_client = meter.http_client(base=httpx2.Client, transport=httpx2.MockTransport(lambda _: answer))
    with OpenAI(api_key="test", http_client=http_client) as client:
        client.audio.transcriptions.create(model="whisper-1", file=("song.mp3", b"x"), response_format="verbose_json")

    assert meter.flush()
    data = ingest.events[0]["data"]
    assert (data["request_model"], data["operation"], data["input_audio_seconds"]) == ("whisper-1", "transcription", 2.5)


@pytest.mark.parametrize("library", LIBRARIES)
def test_proxies_of_the_environment_are_used(
    library: Any, meter: Meter, ingest: RecordingIngest, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by a client that has no transport of the user's."""
    monkeypatch.setenv("HTTP_PROXY", provider.base_url.removesuffix("/v1"))
    with meter.http_client(base=library.Client) as client:
        client.post("http://api.example.test/v1/chat/completions", json=ASK)

    assert provider.requests[0].headers["host"] == "api.example.test"
    assert sources(meter, ingest) == [("reported", 30)]


def test_the_header_that_names_the_customer_does_not_leave(meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """Neither with what is metered nor with anything else."""
    headers = {"x-meterlark-customer": "acme"}
    with OpenAI(base_url=provider.base_url, api_key="test", http_client=meter.http_client(customer="made")) as client:
        client.chat.completions.create(**ASK, extra_headers=headers)
        list(client.chat.completions.create(**ASK, extra_headers=headers, stream=True))
        client.models.list(extra_headers=headers)
        client.chat.completions.create(**ASK)

    assert not any("x-meterlark-customer" in request.headers for request in provider.requests)
    assert meter.flush()
    assert [event["subject"] for event in ingest.events] == ["acme", "acme", "made"]
