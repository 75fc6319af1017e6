import asyncio
import http.client
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai import AsyncOpenAI, OpenAI
from openai.types.chat import ChatCompletionChunk
from openai.types.responses import ResponseCompletedEvent, ResponseTextDeltaEvent

from meterlark.model.errors import InvalidInputError
from meterlark.testing.provider import Provider, Switches, ToolCall, Usage
from meterlark.testing.turn import split_text

CHUNKS = ("Larks", " sing", " at", " dawn.")
ANSWER = "".join(CHUNKS)
USAGE = Usage(prompt=21, completion=9, cached=16, reasoning=4)
QUESTION: Any = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "When do larks sing?"}]
TOOLS: Any = [{"type": "function", "function": {"name": "get_song", "parameters": {"type": "object"}}}]
RESPONSES_TOOLS: Any = [{"type": "function", "name": "get_song", "parameters": {"type": "object"}, "strict": False}]


@pytest.fixture
def provider() -> Iterator[Provider]:
    """Give a running provider with exact usage."""
    with Provider(chunks=CHUNKS, usage=USAGE) as running:
        yield running


@pytest.fixture
def client(provider: Provider) -> Iterator[OpenAI]:
    """Give the real client, pointed at the provider, without retries."""
    with OpenAI(base_url=provider.base_url, api_key="test", max_retries=0) as made:
        yield made


def switched(text: str) -> dict[str, str]:
    """Return the header that asks for faults."""
    return {"x-provider-switch": text}


def raw_events(provider: Provider, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """Return the bytes of a stream as they come over the wire, chunk framing removed."""
    host, _, port = provider.base_url.removeprefix("http://").removesuffix("/v1").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    try:
        connection.request("POST", path, body, headers)
        return connection.getresponse().read()
    finally:
        connection.close()


def test_blocking_chat(provider: Provider, client: OpenAI) -> None:
    """A blocking chat completion parses into OpenAI's type with the usage that was set."""
    completion = client.chat.completions.create(model="gpt-4o-mini", messages=QUESTION)

    assert completion.choices[0].message.content == ANSWER
    assert completion.choices[0].finish_reason == "stop"
    assert completion.model == "gpt-4o-mini-2024-07-18"
    assert completion.service_tier == "default"
    assert re.fullmatch(r"chatcmpl-[A-Za-z0-9]{29}", completion.id)
    assert abs(completion.created - time.time()) < 60
    usage = completion.usage
    assert usage is not None
    assert usage.prompt_tokens_details is not None
    assert usage.completion_tokens_details is not None
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (21, 9, 30)
    assert usage.prompt_tokens_details.cached_tokens == 16
    assert usage.completion_tokens_details.reasoning_tokens == 4
    assert provider.requests[0].body["messages"] == QUESTION


def test_stream_without_usage(client: OpenAI) -> None:
    """A stream that did not ask for usage has role, content and finish chunks only, and no usage field."""
    chunks = list(client.chat.completions.create(model="gpt-4o", messages=QUESTION, stream=True))

    assert len(chunks) == 1 + len(CHUNKS) + 1
    assert [chunk.choices[0].delta.content for chunk in chunks[1:-1]] == list(CHUNKS)
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert {(chunk.id, chunk.created) for chunk in chunks} == {(chunks[0].id, chunks[0].created)}
    assert all("usage" not in chunk.model_fields_set for chunk in chunks)


def test_stream_with_usage(client: OpenAI) -> None:
    """A stream that asked for usage has one more chunk, without choices, and null usage before it."""
    options: Any = {"include_usage": True}
    chunks = list(client.chat.completions.create(model="gpt-4o", messages=QUESTION, stream=True, stream_options=options))

    assert len(chunks) == 1 + len(CHUNKS) + 1 + 1
    assert all(chunk.usage is None and "usage" in chunk.model_fields_set for chunk in chunks[:-1])
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.total_tokens == 30


def test_raw_chat_stream_ends_with_done(provider: Provider) -> None:
    """On the wire a chat stream is `data:` lines only and ends with [DONE]."""
    body = b'{"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}], "stream": true}'

    stream = raw_events(provider, "/v1/chat/completions", body, {})

    events = stream.decode().split("\n\n")
    assert events[-2:] == ["data: [DONE]", ""]
    assert all(event.startswith("data: {") for event in events[:-2])


def test_several_choices(client: OpenAI) -> None:
    """`n` gives that many choices, blocking and streaming."""
    completion = client.chat.completions.create(model="gpt-4o", messages=QUESTION, n=3)
    chunks = list(client.chat.completions.create(model="gpt-4o", messages=QUESTION, n=3, stream=True))

    assert [choice.index for choice in completion.choices] == [0, 1, 2]
    assert len(chunks) == 3 * (len(CHUNKS) + 2)


def test_blocking_response(client: OpenAI) -> None:
    """A blocking response parses into OpenAI's type with the usage that was set."""
    response = client.responses.create(model="gpt-5", input="When do larks sing?")

    assert response.output_text == ANSWER
    assert response.status == "completed"
    assert response.model == "gpt-5-2025-08-07"
    assert re.fullmatch(r"resp_[0-9a-f]{50}", response.id)
    usage = response.usage
    assert usage is not None
    assert (usage.input_tokens, usage.output_tokens, usage.total_tokens) == (21, 9, 30)
    assert usage.input_tokens_details.cached_tokens == 16
    assert usage.output_tokens_details.reasoning_tokens == 4


def test_streaming_response(client: OpenAI) -> None:
    """A Responses stream has OpenAI's events in order, and usage in the last one only."""
    events = list(client.responses.create(model="gpt-5", input="When?", stream=True))

    assert [event.type for event in events] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        *["response.output_text.delta"] * len(CHUNKS),
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert "".join(event.delta for event in events if isinstance(event, ResponseTextDeltaEvent)) == ANSWER
    last = events[-1]
    assert isinstance(last, ResponseCompletedEvent)
    assert last.response.usage is not None
    assert last.response.usage.total_tokens == 30
    assert [event.sequence_number for event in events] == list(range(len(events)))


def test_responses_stream_helper(client: OpenAI) -> None:
    """The client's accumulating stream helper accepts the events and rebuilds the answer."""
    with client.responses.stream(model="gpt-5", input="When?") as stream:
        final = stream.get_final_response()

    assert final.output_text == ANSWER


def test_async_client(provider: Provider) -> None:
    """The asynchronous client works for both endpoints, blocking and streaming, many at once."""

    async def ask_all() -> tuple[list[str | None], int, str, int]:
        async with AsyncOpenAI(base_url=provider.base_url, api_key="test") as client:
            answers = await asyncio.gather(*(client.chat.completions.create(model="gpt-4o", messages=QUESTION) for _ in range(20)))
            chat = await client.chat.completions.create(model="gpt-4o", messages=QUESTION, stream=True)
            chunks = [chunk async for chunk in chat]
            response = await client.responses.create(model="gpt-4o", input="When?")
            stream = await client.responses.create(model="gpt-4o", input="When?", stream=True)
            events = [event async for event in stream]
            texts = [answer.choices[0].message.content for answer in answers]
            return texts, len(chunks), response.output_text, len(events)

    texts, chunk_count, text, event_count = asyncio.run(ask_all())

    assert texts == [ANSWER] * 20
    assert chunk_count == len(CHUNKS) + 2
    assert text == ANSWER
    assert event_count == len(CHUNKS) + 8


def test_default_usage_counts_words() -> None:
    """Without exact numbers, usage is the words of the request's texts and of the answer."""
    parts: Any = [{"role": "user", "content": [{"type": "text", "text": "three words here"}]}]
    with Provider("two words") as provider, OpenAI(base_url=provider.base_url, api_key="test") as client:
        chat = client.chat.completions.create(model="gpt-4o", messages=parts)
        response = client.responses.create(model="gpt-4o", instructions="Be brief.", input="one")

    assert chat.usage is not None
    assert (chat.usage.prompt_tokens, chat.usage.completion_tokens) == (3, 2)
    assert response.usage is not None
    assert (response.usage.input_tokens, response.usage.output_tokens) == (3, 2)


def test_count_tokens() -> None:
    """A caller's counting rule replaces the words."""
    with (
        Provider("12345", count_tokens=len) as provider,
        OpenAI(base_url=provider.base_url, api_key="test") as client,
    ):
        response = client.responses.create(model="gpt-4o", input="123")

    assert response.usage is not None
    assert (response.usage.input_tokens, response.usage.output_tokens) == (3, 5)


def test_failing_count_tokens_is_raised_by_close() -> None:
    """An error of the caller's own counting rule is a 500 for the client and comes out of `close`."""

    def broken(_text: str) -> int:
        raise ArithmeticError("out of fingers")

    provider = Provider(count_tokens=broken).start()
    with OpenAI(base_url=provider.base_url, api_key="test", max_retries=0) as client:
        with pytest.raises(openai.InternalServerError, match="out of fingers"):
            client.responses.create(model="gpt-4o", input="Hi")
        with pytest.raises(ArithmeticError, match="out of fingers"):
            provider.close()


def test_tool_calls() -> None:
    """A request that offers tools gets the tool call, in both formats and ways; one that does not gets the text."""
    call = ToolCall("get_song", '{"bird": "lark", "hour": 5}')
    with Provider(tool_call=call) as provider, OpenAI(base_url=provider.base_url, api_key="test") as client:
        chat = client.chat.completions.create(model="gpt-4o", messages=QUESTION, tools=TOOLS)
        with client.chat.completions.stream(model="gpt-4o", messages=QUESTION, tools=TOOLS) as stream:
            streamed = stream.get_final_completion()
        response = client.responses.create(model="gpt-4o", input="Sing", tools=RESPONSES_TOOLS)
        with client.responses.stream(model="gpt-4o", input="Sing", tools=RESPONSES_TOOLS) as events:
            streamed_response = events.get_final_response()
        plain = client.chat.completions.create(model="gpt-4o", messages=QUESTION)

    for completion in (chat, streamed):
        assert completion.choices[0].finish_reason == "tool_calls"
        assert completion.choices[0].message.tool_calls is not None
        made = completion.choices[0].message.tool_calls[0]
        assert made.type == "function"
        assert (made.function.name, made.function.arguments) == (call.name, call.arguments)
    for item in (response.output[0], streamed_response.output[0]):
        assert item.type == "function_call"
        assert (item.name, item.arguments) == (call.name, call.arguments)
    assert plain.choices[0].message.tool_calls is None


def test_no_usage(client: OpenAI) -> None:
    """With `no-usage` no answer has usage, and `include_usage` adds no chunk."""
    header = switched("no-usage")
    options: Any = {"include_usage": True}

    chat = client.chat.completions.create(model="gpt-4o", messages=QUESTION, extra_headers=header)
    chunks = list(
        client.chat.completions.create(model="gpt-4o", messages=QUESTION, stream=True, stream_options=options, extra_headers=header)
    )
    response = client.responses.create(model="gpt-4o", input="When?", extra_headers=header)
    *_, last = client.responses.create(model="gpt-4o", input="When?", stream=True, extra_headers=header)

    assert "usage" not in chat.model_fields_set
    assert len(chunks) == len(CHUNKS) + 2
    assert all("usage" not in chunk.model_fields_set for chunk in chunks)
    assert "usage" not in response.model_fields_set
    assert isinstance(last, ResponseCompletedEvent)
    assert last.response.usage is None


def test_cut_after(provider: Provider, client: OpenAI) -> None:
    """`cut-after=3` drops the connection after three events, and the next request works."""
    received: list[ChatCompletionChunk] = []
    stream = client.chat.completions.create(model="gpt-4o", messages=QUESTION, stream=True, extra_headers=switched("cut-after=3"))

    with pytest.raises(openai.APIConnectionError):
        received.extend(stream)

    assert len(received) == 3
    assert provider.wait_finished(1)[0].chunks_sent == 3
    assert not provider.requests[0].client_left
    assert client.responses.create(model="gpt-4o", input="When?").output_text == ANSWER


def test_end_after(client: OpenAI) -> None:
    """`end-after=2` ends a stream without a terminal event and without an error."""
    events = list(client.responses.create(model="gpt-4o", input="When?", stream=True, extra_headers=switched("end-after=2")))

    assert [event.type for event in events] == ["response.created", "response.in_progress"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
        (503, openai.InternalServerError),
    ],
)
def test_error_status(client: OpenAI, status: int, kind: type[openai.APIStatusError]) -> None:
    """An error status has OpenAI's body, request id and, for 429, a time to retry after."""
    with pytest.raises(kind) as caught:
        client.chat.completions.create(model="gpt-4o", messages=QUESTION, extra_headers=switched(f"status={status}"))

    assert caught.value.status_code == status
    assert isinstance(caught.value.body, dict)
    assert set(caught.value.body) == {"message", "type", "param", "code"}
    assert str(caught.value.request_id).startswith("req_")
    assert caught.value.response.headers.get("retry-after") == ("1" if status == 429 else None)


def test_retry_after_error() -> None:
    """A default of one 500 is answered by the client's own retry; later requests succeed at once."""
    with (
        Provider(ANSWER, switches="status=500, times=1, retry-after=0.01") as provider,
        OpenAI(base_url=provider.base_url, api_key="test") as client,
    ):
        response = client.responses.create(model="gpt-4o", input="When?")
        client.responses.create(model="gpt-4o", input="When?")
        requests = provider.wait_finished(3)

    assert response.output_text == ANSWER
    assert [request.status for request in requests] == [500, 200, 200]
    assert requests[1].headers["x-stainless-retry-count"] == "1"


def test_header_wins_over_default() -> None:
    """The header's items replace the provider's own for one request."""
    with (
        Provider(ANSWER, switches=Switches(status=500, report_usage=False)) as provider,
        OpenAI(base_url=provider.base_url, api_key="test", max_retries=0) as client,
    ):
        good = client.responses.create(model="gpt-4o", input="Hi", extra_headers=switched("status=200, usage"))
        with pytest.raises(openai.InternalServerError):
            client.responses.create(model="gpt-4o", input="Hi")

    assert good.usage is not None


def test_slow(client: OpenAI) -> None:
    """`slow` waits before the first byte and between events."""
    started_at = time.monotonic()
    events = list(client.responses.create(model="gpt-4o", input="When?", stream=True, extra_headers=switched("slow=0.02")))

    assert time.monotonic() - started_at >= 0.02 * len(events)


def test_chunk_interval() -> None:
    """The chunk interval waits between the events of a stream, not before a blocking answer."""
    with (
        Provider(chunks=CHUNKS, chunk_interval_seconds=0.02) as provider,
        OpenAI(base_url=provider.base_url, api_key="test") as client,
    ):
        started_at = time.monotonic()
        chunks = list(client.chat.completions.create(model="gpt-4o", messages=QUESTION, stream=True))

    # [DONE] comes one interval after the last chunk, so there are as many waits as chunks.
    assert time.monotonic() - started_at >= 0.02 * len(chunks)


def test_client_that_leaves_is_noted(provider: Provider, client: OpenAI) -> None:
    """A client that closes the stream early is in the log with the number of events it was sent."""
    stream = client.chat.completions.create(model="gpt-4o", messages=QUESTION, stream=True, extra_headers=switched("slow=0.05"))
    with stream:
        next(iter(stream))

    request = provider.wait_finished(1)[0]

    assert request.client_left
    assert 1 <= request.chunks_sent < len(CHUNKS) + 3


def test_request_log(provider: Provider, client: OpenAI) -> None:
    """A request is listed with method, path, lower-case headers, body, status and the events sent."""
    list(client.chat.completions.create(model="gpt-4o", messages=QUESTION, stream=True, extra_query={"a": "b"}))

    request = provider.wait_finished(1)[0]

    assert (request.method, request.path, request.query) == ("POST", "/v1/chat/completions", "a=b")
    assert request.headers["authorization"] == "Bearer test"
    assert request.body["stream"] is True
    assert (request.status, request.chunks_sent, request.client_left) == (200, len(CHUNKS) + 3, False)
    with pytest.raises(TimeoutError, match="fewer than 2"):
        provider.wait_finished(2, timeout_seconds=0.01)


def test_models(client: OpenAI) -> None:
    """The list of models has aliases and snapshots."""
    names = {model.id for model in client.models.list()}

    assert {"gpt-4o-mini", "gpt-4o-mini-2024-07-18"} <= names


@pytest.mark.parametrize(
    ("path", "body", "headers", "expected"),
    [
        ("/v1/chat/completions", b"{", {}, b"not a JSON object"),
        ("/v1/chat/completions", b'{"model":"m","messages":[{}],"x":"\xff"}', {}, b"not a JSON object"),
        ("/v1/chat/completions", b"[" * 100_000, {}, b"not a JSON object"),
        ("/v1/chat/completions", b'{"messages":[{}]}', {}, b"'model'"),
        ("/v1/chat/completions", b'{"model":"m","messages":[]}', {}, b"'messages'"),
        ("/v1/chat/completions", b'{"model":"m","messages":[{}],"n":129}', {}, b"1 to 128"),
        ("/v1/chat/completions", b'{"model":"m","messages":[{}],"stream":"yes"}', {}, b"'stream'"),
        ("/v1/chat/completions", b'{"model":"m","messages":[{}],"stream_options":{}}', {}, b"only allowed when"),
        ("/v1/responses", b'{"model":"m"}', {}, b"'input'"),
        ("/v1/responses", b'{"model":"m","input":"x"}', switched("cut-after=x"), b"whole number"),
        ("/v1/responses", b'{"model":"m","input":"x"}', switched("slow=nan"), b"number of seconds"),
        ("/v1/responses", b'{"model":"m","input":"x"}', switched("slow=1e9"), b"allowed is 0 to 60"),
        ("/v1/responses", b'{"model":"m","input":"x"}', switched("fast"), b"unknown"),
        ("/v1/embeddings", b"{}", {}, b"Invalid URL (POST /v1/embeddings)"),
        ("/v1/responses", b"", {"Transfer-Encoding": "chunked"}, b"content-length"),
        ("/v1/responses", b"", {"Content-Length": "-1"}, b"whole number"),
        ("/v1/responses", b"", {"Content-Length": "9" * 30}, b"allowed is up to"),
    ],
)
def test_refusals(provider: Provider, path: str, body: bytes, headers: dict[str, str], expected: bytes) -> None:
    """What cannot be answered is refused with OpenAI's error body that says what is wrong."""
    answer = raw_events(provider, path, body, headers)

    assert answer.startswith(b'{"error":{"message":')
    assert expected in answer


def test_malformed_http(provider: Provider) -> None:
    """A method the provider does not know is refused in JSON, and the server lives on."""
    host, _, port = provider.base_url.removeprefix("http://").removesuffix("/v1").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    connection.request("BREW", "/v1/models")

    response = connection.getresponse()

    assert response.status == 501
    assert b"BREW" in response.read()
    connection.close()
    assert raw_events(provider, "/v1/responses", b'{"model":"m","input":"x"}', {}).startswith(b'{"id":"resp_')


def test_close_interrupts_and_joins() -> None:
    """Close ends a stream in mid-wait, and leaves no thread behind."""
    before = set(threading.enumerate())
    with Provider(chunks=CHUNKS, chunk_interval_seconds=30) as provider:
        client = OpenAI(base_url=provider.base_url, api_key="test", max_retries=0)
        stream = client.chat.completions.create(model="gpt-4o", messages=QUESTION, stream=True)
        next(iter(stream))
        started_at = time.monotonic()

    assert time.monotonic() - started_at < 5
    assert set(threading.enumerate()) <= before
    assert not provider.requests[0].client_left
    stream.close()
    client.close()


def test_failing_block_keeps_its_own_error() -> None:
    """An error inside the `with` block is the one that comes out, and the provider is closed."""
    before = set(threading.enumerate())

    with pytest.raises(LookupError), Provider():
        raise LookupError

    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize(
    "arguments",
    [
        {"answer": "one", "chunks": ["two"]},
        {"chunk_interval_seconds": -1},
        {"switches": "times=1x"},
        {"switches": "no-usage=1"},
    ],
)
def test_bad_arguments(arguments: dict[str, Any]) -> None:
    """Contradicting or impossible arguments are refused before anything listens."""
    with pytest.raises(InvalidInputError):
        Provider(**arguments)


@pytest.mark.parametrize("numbers", [{"cached": 3}, {"reasoning": 3}, {"cached": -1}])
def test_impossible_usage(numbers: dict[str, int]) -> None:
    """A part of the usage that is larger than its whole, or negative, is refused."""
    with pytest.raises(InvalidInputError):
        Usage(prompt=2, completion=2, **numbers)


@given(st.text())
def test_split_text_keeps_every_character(text: str) -> None:
    """The pieces of a text, joined, are the text, and no piece is empty."""
    pieces = split_text(text)

    assert "".join(pieces) == text
    assert all(pieces)


def test_main_prints_its_base_url() -> None:
    """The module run as a program prints its base URL, answers, and stops on SIGTERM with status 0."""
    command = [sys.executable, "-W", "error", "-m", "meterlark.testing.provider", "--answer", ANSWER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            base_url = process.stdout.readline().strip()
            with OpenAI(base_url=base_url, api_key="test") as client:
                text = client.responses.create(model="gpt-4o", input="When?").output_text
        finally:
            process.terminate()
        status = process.wait(10)

    assert text == ANSWER
    assert status == 0
