import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from meterlark.capture.attributes import Exchange
from meterlark.capture.reader import Captured, ExchangeReader
from meterlark.testing.provider import Provider, ToolCall, Usage

CHUNKS = ("Larks", " sing", " at", " dawn.")
USAGE = Usage(prompt=21, completion=9, cached=16, reasoning=4)
QUESTION: Any = [{"role": "user", "content": "When do larks sing?"}]
ANTHROPIC: tuple[str, Any] = ("/v1/messages", {"model": "claude-sonnet-4-5", "max_tokens": 100, "messages": QUESTION})
AZURE: tuple[str, Any] = ("/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21", {"messages": QUESTION})
CONTENTS: Any = {"contents": [{"role": "user", "parts": [{"text": "When do larks sing?"}]}]}
GOOGLE = ("/v1beta/models/gemini-2.5-flash:generateContent", CONTENTS)
GOOGLE_STREAM = ("/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse", CONTENTS)
ASKS_USAGE = {"stream": True, "stream_options": {"include_usage": True}}

ASKED: dict[str, tuple[str, Any]] = {
    "azure": AZURE,
    "azure stream": (AZURE[0], AZURE[1] | ASKS_USAGE),
    "anthropic": ANTHROPIC,
    "anthropic stream": (ANTHROPIC[0], ANTHROPIC[1] | {"stream": True}),
    "google": GOOGLE,
    "google stream": GOOGLE_STREAM,
}


@pytest.fixture
def provider() -> Iterator[Provider]:
    """Give a running provider with exact usage."""
    with Provider(chunks=CHUNKS, usage=USAGE) as running:
        yield running


def ask(provider: Provider, path: str, body: Any) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", int(provider.root_url.rpartition(":")[2]), timeout=10)
    try:
        connection.request("POST", path, json.dumps(body).encode())
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


def read(provider: Provider, path: str, body: Any) -> dict[str, Any]:
    """Return the data of the event that our own reader makes of an exchange."""
    status, headers, content = ask(provider, path, body)
    hosts = {"/v1/": "api.anthropic.com", "/v1beta": "generativelanguage.googleapis.com", "/openai": "lark.openai.azure.com"}
    host = next(host for start, host in hosts.items() if path.startswith(start))
    reader = ExchangeReader(Exchange(url=f"https://{host}{path}", subject="acme", request=body, is_stream="stream" in body))
    reader.begin(status, headers)
    reader.feed(content)
    got = reader.close()
    assert isinstance(got, Captured), got
    data: dict[str, Any] = got.event["data"]
    return data


@pytest.mark.parametrize("name", list(ASKED))
def test_each_dialect_reports_the_usage_that_was_set(name: str, provider: Provider) -> None:
    """Cached tokens are inside the input and reasoning inside the output, whatever the dialect leaves out of them."""
    data = read(provider, *ASKED[name])

    assert (data["usage_source"], data["input_tokens"], data["output_tokens"], data["total_tokens"]) == ("reported", 21, 9, 30)
    assert (data["cache_read_input_tokens"], data["reasoning_output_tokens"]) == (16, 4)
    assert data["provider"] == {"azure": "azure", "anthropic": "anthropic", "google": "gemini"}[name.split(maxsplit=1)[0]]
    assert "usage_problems" not in data


@pytest.mark.parametrize("name", list(ASKED))
def test_each_dialect_calls_tools(name: str) -> None:
    """Whole or in pieces, the arguments arrive, and the answer ends."""
    path, body = ASKED[name]
    with Provider(tool_call=ToolCall("get_song", '{"bird": "lark"}'), usage=USAGE) as provider:
        data = read(provider, path, body | {"tools": [{}]})
        content = ask(provider, path, body | {"tools": [{}]})[2].decode()

    assert data["finish_reason"] in ("tool_calls", "tool_use", "STOP")
    assert "get_song" in content
    assert "lark" in content


def test_an_anthropic_stream_says_its_output_at_the_end(provider: Provider) -> None:
    """Its start has a provisional number."""
    path, body = ASKED["anthropic stream"]
    lines = ask(provider, path, body)[2].decode().splitlines()

    events = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
    assert [line.removeprefix("event: ") for line in lines if line.startswith("event: ")] == [event["type"] for event in events]
    usages = [event.get("usage") or event.get("message", {}).get("usage") for event in events]
    assert [usage["output_tokens"] for usage in usages if usage] == [1, 9]
    assert [usage["input_tokens"] for usage in usages if usage] == [5, 5]


def test_a_google_stream_says_its_usage_so_far_in_every_chunk(provider: Provider) -> None:
    """Thoughts come first, and stand beside the candidates."""
    content = ask(provider, *GOOGLE_STREAM)[2].decode()

    chunks = [json.loads(line.removeprefix("data: ")) for line in content.split("\r\n\r\n") if line]
    assert [chunk["usageMetadata"].get("candidatesTokenCount") for chunk in chunks] == [1, 2, 3, 5]
    assert [chunk["usageMetadata"]["thoughtsTokenCount"] for chunk in chunks] == [4] * 4
    assert [chunk["candidates"][0].get("finishReason") for chunk in chunks] == [None] * 3 + ["STOP"]


def test_an_azure_stream_begins_with_the_filter(provider: Provider) -> None:
    """A chunk without choices, id and time comes first."""
    path, body = ASKED["azure stream"]
    first, second, *_ = ask(provider, path, body)[2].decode().split("\n\n")

    assert (json.loads(first[6:])["choices"], json.loads(first[6:])["id"], json.loads(first[6:])["created"]) == ([], "", 0)
    assert json.loads(second[6:])["model"] == "gpt-4o-2024-08-06"


@pytest.mark.parametrize(("path", "body"), [(ANTHROPIC[0], {"model": "claude", "messages": QUESTION}), (GOOGLE[0], {}), (AZURE[0], [])])
def test_what_a_provider_would_refuse_is_refused(path: str, body: Any, provider: Provider) -> None:
    """An answer to it would hide a mistake."""
    assert ask(provider, path, body)[0] == 400


def test_a_held_stream_waits_for_its_client_to_leave(provider: Provider) -> None:
    """So that the provider has produced exactly what the client read."""
    connection = http.client.HTTPConnection("127.0.0.1", int(provider.root_url.rpartition(":")[2]), timeout=10)
    body = {"model": "gpt-4o", "messages": QUESTION, "stream": True}
    connection.request("POST", "/v1/chat/completions", json.dumps(body), {"x-provider-switch": "hold-after=3"})
    response = connection.getresponse()
    for _ in range(3):
        assert response.readline().startswith(b"data: {")
        response.readline()
    response.close()
    connection.close()

    request = provider.wait_finished(1)[0]
    assert (request.chunks_sent, request.client_left) == (3, True)
