import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from openai import AsyncAzureOpenAI, AsyncOpenAI, AzureOpenAI, OpenAI
from pydantic import BaseModel
from recording_ingest import RecordingIngest

from meterlark import Meter
from meterlark.model.errors import InvalidInputError
from meterlark.testing.provider import Provider, ToolCall, Usage
from meterlark.tokens.encoding import Encoding
from meterlark.tokens.text import count_text

CHUNKS = ("Larks", " sing", " at", " dawn.")
USAGE = Usage(prompt=21, completion=9, cached=16, reasoning=4)
MODEL = "gpt-4o-mini"
ASK: Any = {"model": MODEL, "messages": [{"role": "user", "content": "When do larks sing?"}]}
NUMBERS = ("usage_source", "prompt_tokens", "completion_tokens", "total_tokens", "cache_read_input_tokens", "reasoning_output_tokens")
EXACT = (21, 9, 30, 16, 4)


@pytest.fixture
def provider() -> Iterator[Provider]:
    """Give a provider that reports exact usage."""
    with Provider(chunks=CHUNKS, usage=USAGE) as running:
        yield running


@pytest.fixture
def client(provider: Provider, meter: Meter) -> Iterator[OpenAI]:
    """Give a metered client."""
    with OpenAI(base_url=provider.base_url, api_key="test", max_retries=0) as bare:
        yield meter.wrap(bare)


def only_event(meter: Meter, ingest: RecordingIngest) -> dict[str, Any]:
    """Return the one event that was delivered."""
    assert meter.flush()
    (event,) = ingest.events
    return event


def numbers(event: dict[str, Any]) -> tuple[Any, ...]:
    """Return what an event counts."""
    return tuple(event["data"].get(name) for name in NUMBERS)


def test_a_blocking_chat_is_metered(client: OpenAI, meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """One call is one event with the provider's numbers; the identity is that of the answer."""
    answer = client.chat.completions.create(**ASK, service_tier="flex")

    event = only_event(meter, ingest)
    assert numbers(event) == ("reported", *EXACT)
    assert event["id"] == answer.id
    assert event["source"] == f"openai:{provider.base_url}"
    assert event["subject"] == "unattributed"
    assert answer.usage is not None
    assert event["data"]["usage"] == answer.usage.model_dump(exclude_unset=True)
    assert event["data"]["service_tier"] == "flex"
    assert (event["data"]["request_model"], event["data"]["model"]) == (MODEL, answer.model)
    assert "larks" not in str(ingest.bodies).lower()


def test_a_chat_stream_is_metered_though_nobody_asked_for_usage(client: OpenAI, meter: Meter, ingest: RecordingIngest) -> None:
    """The usage is asked for and the extra chunk kept back."""
    chunks = list(client.chat.completions.create(**ASK, stream=True))

    assert all(chunk.choices and chunk.usage is None for chunk in chunks)
    event = only_event(meter, ingest)
    assert numbers(event) == ("injected", *EXACT)
    assert event["id"] == chunks[0].id
    assert event["data"]["stream"] is True


def test_a_caller_who_asks_for_usage_gets_it(client: OpenAI, meter: Meter, ingest: RecordingIngest) -> None:
    """The chunk is theirs, and the event says reported."""
    chunks = list(client.chat.completions.create(**ASK, stream=True, stream_options={"include_usage": True}))

    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert numbers(only_event(meter, ingest)) == ("reported", *EXACT)


def test_other_stream_options_are_kept(client: OpenAI, meter: Meter, provider: Provider) -> None:
    """In the body and in extra_body."""
    list(client.chat.completions.create(**ASK, stream=True, stream_options={"include_obfuscation": False}))
    list(client.chat.completions.create(**ASK, stream=True, extra_body={"stream_options": {"include_obfuscation": False}}))

    assert [request.body["stream_options"] for request in provider.requests] == [{"include_obfuscation": False, "include_usage": True}] * 2


@pytest.mark.parametrize("stream", [False, True])
def test_responses_are_metered(stream: bool, client: OpenAI, meter: Meter, ingest: RecordingIngest) -> None:  # noqa: FBT001 - a parameter
    """Their streams report usage unasked."""
    answer = client.responses.create(model=MODEL, input="When do larks sing?", stream=stream)
    if stream:
        assert list(answer)

    event = only_event(meter, ingest)
    assert numbers(event) == ("reported", *EXACT)
    assert event["data"]["operation"] == "responses"
    assert event["id"].startswith("resp_")


def test_async_clients_are_metered(meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """Blocking and streamed, chat and Responses."""

    async def talk() -> None:
        async with AsyncOpenAI(base_url=provider.base_url, api_key="test") as bare:
            client = meter.wrap(bare)
            assert isinstance(client, AsyncOpenAI)
            await client.chat.completions.create(**ASK)
            chunks = [chunk async for chunk in await client.chat.completions.create(**ASK, stream=True)]
            assert all(chunk.choices for chunk in chunks)
            await client.responses.create(model=MODEL, input="Hi")
            assert [event async for event in await client.responses.create(model=MODEL, input="Hi", stream=True)]
            assert await meter.aflush()

    asyncio.run(talk())

    assert [numbers(event) for event in ingest.events] == [
        ("reported", *EXACT),
        ("injected", *EXACT),
        ("reported", *EXACT),
        ("reported", *EXACT),
    ]


def test_azure_clients_are_metered(meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """The deployment is in the path and not in the source."""
    base = provider.base_url.removesuffix("/v1")
    common: Any = {"api_key": "test", "api_version": "2024-10-21", "base_url": f"{base}/v1"}
    with AzureOpenAI(**common, max_retries=0) as bare:
        client = meter.wrap(bare)
        client.responses.create(model=MODEL, input="Hi")

    async def talk() -> None:
        async with AsyncAzureOpenAI(**common) as bare:
            await meter.wrap(bare).responses.create(model=MODEL, input="Hi")

    asyncio.run(talk())
    assert meter.flush()
    assert [(event["source"], event["data"]["provider"]) for event in ingest.events] == [(f"azure:{provider.base_url}", "azure")] * 2


def test_helpers_of_the_sdk_are_metered(client: OpenAI, meter: Meter, ingest: RecordingIngest) -> None:
    """`stream`, `with_options`, `copy` and `with_raw_response` end in the same call."""
    with client.chat.completions.stream(**ASK) as stream:
        assert stream.get_final_completion().choices
    client.with_options(timeout=5).chat.completions.create(**ASK)
    client.copy(max_retries=1).responses.create(model=MODEL, input="Hi")
    raw = client.chat.completions.with_raw_response.create(**ASK)
    assert raw.parse().id == raw.http_response.json()["id"]

    assert meter.flush()
    assert [event["data"]["usage_source"] for event in ingest.events] == ["injected", "reported", "reported", "reported"]


def test_parsed_answers_are_metered(meter: Meter, ingest: RecordingIngest) -> None:
    """Structured output has a method of its own."""

    class Song(BaseModel):
        """What is asked for."""

        title: str

    with Provider('{"title": "Dawn"}', usage=USAGE) as provider, OpenAI(base_url=provider.base_url, api_key="test") as bare:
        answer = meter.wrap(bare).chat.completions.parse(**ASK, response_format=Song)
        assert answer.choices[0].message.parsed == Song(title="Dawn")

    assert numbers(only_event(meter, ingest)) == ("reported", *EXACT)


def test_a_raw_stream_is_metered(client: OpenAI, meter: Meter, ingest: RecordingIngest) -> None:
    """With its usage, which nobody sees."""
    raw = client.chat.completions.with_raw_response.create(**ASK, stream=True)
    assert [chunk.choices[0].delta.content for chunk in raw.parse()][1:-1] == list(CHUNKS)

    assert numbers(only_event(meter, ingest)) == ("injected", *EXACT)


@pytest.mark.parametrize("stream", [False, True])
def test_a_body_that_the_caller_reads_by_hand_is_metered(stream: bool, client: OpenAI, meter: Meter, ingest: RecordingIngest) -> None:  # noqa: FBT001 - a parameter
    """Below the SDK nothing is different; the lines are those of a stream that was not asked for usage."""
    with client.chat.completions.with_streaming_response.create(**ASK, stream=stream) as response:
        lines = [line for line in response.iter_lines() if line]

    assert ('"choices":[]' in "".join(lines), "[DONE]" in lines[-1]) == (False, stream)
    assert numbers(only_event(meter, ingest)) == ("injected" if stream else "reported", *EXACT)


def test_a_server_that_refuses_to_be_asked_gets_the_callers_request(
    client: OpenAI, meter: Meter, ingest: RecordingIngest, provider: Provider
) -> None:
    """Once; it is remembered then. The stream is counted."""
    for _ in range(2):
        assert list(client.chat.completions.create(**ASK, stream=True, extra_headers={"x-provider-switch": "no-options"}))

    assert [request.status for request in provider.requests] == [400, 200, 200]
    assert meter.flush()
    assert [event["data"]["usage_source"] for event in ingest.events] == ["counted", "counted"]


def test_what_is_no_answer_of_a_model_is_not_metered(client: OpenAI, meter: Meter) -> None:
    """And not counted as missed."""
    client.models.list()

    assert meter.flush()
    assert (meter.stats().unmetered, meter.stats().sent) == (0, 0)


@pytest.mark.parametrize("stream", [False, True])
def test_without_usage_the_tokens_are_counted(stream: bool, meter: Meter, ingest: RecordingIngest) -> None:  # noqa: FBT001 - a parameter
    """By the tokenizer, and marked."""
    with Provider(chunks=CHUNKS, switches="no-usage") as provider, OpenAI(base_url=provider.base_url, api_key="test") as bare:
        answer = meter.wrap(bare).chat.completions.create(**ASK, stream=stream)
        if stream:
            assert list(answer)

    # 3 to start the answer, 3 for the message and 1 for its role.
    expected = 7 + count_text("When do larks sing?", Encoding.O200K)
    event = only_event(meter, ingest)
    assert numbers(event)[:3] == ("counted", expected, count_text("".join(CHUNKS), Encoding.O200K))
    assert "count_notes" not in event["data"]


def test_tool_calls_without_usage_are_counted(meter: Meter, ingest: RecordingIngest) -> None:
    """Call and definitions have rules, so the count leaves nothing out."""
    tools: Any = [{"type": "function", "function": {"name": "get_song", "parameters": {"type": "object"}}}]
    call = ToolCall("get_song", '{"hour":5}')
    with Provider(tool_call=call, switches="no-usage") as provider, OpenAI(base_url=provider.base_url, api_key="test") as bare:
        list(meter.wrap(bare).chat.completions.create(**ASK, stream=True, tools=tools))

    event = only_event(meter, ingest)
    said = count_text(" to=functions.get_song", Encoding.O200K) + count_text(call.arguments, Encoding.O200K) + 4
    assert event["data"]["completion_tokens"] == said
    assert "count_notes" not in event["data"]


def test_a_provider_that_refuses_stream_options_need_not_be_asked(meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """Then the request stays as it is."""
    with OpenAI(base_url=provider.base_url, api_key="test") as bare:
        list(meter.wrap(bare, asks_usage=False).chat.completions.create(**ASK, stream=True))

    assert "stream_options" not in provider.requests[0].body
    assert numbers(only_event(meter, ingest))[0] == "counted"


def test_the_customer_is_found_by_the_precedence_list(meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """Block before wrap before request before default; blocks nest."""
    with OpenAI(base_url=provider.base_url, api_key="test") as bare:
        client, wrapped = meter.wrap(bare), meter.wrap(bare, customer="wrapped")
        with meter.customer("outer"):
            with meter.customer("inner"):
                wrapped.chat.completions.create(**ASK, user="asked")
            wrapped.chat.completions.create(**ASK)
            with meter.customer("bad\x00"):
                wrapped.chat.completions.create(**ASK)
        client.chat.completions.create(**ASK, user="asked", safety_identifier="safe")
        client.chat.completions.create(**ASK, extra_body={"safety_identifier": "safe"})
        client.chat.completions.create(**ASK)

    assert meter.flush()
    assert [event["subject"] for event in ingest.events] == ["inner", "outer", "wrapped", "asked", "safe", "unattributed"]


def test_customers_of_tasks_and_threads_do_not_mix(meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """Each task and each thread has its own block; a stream belongs to whom it was opened for."""

    async def talk() -> None:
        async with AsyncOpenAI(base_url=provider.base_url, api_key="test") as bare:
            client = meter.wrap(bare)

            async def one(name: str) -> None:
                with meter.customer(name):
                    stream = await client.chat.completions.create(**ASK, stream=True)
                async for _ in stream:
                    await asyncio.sleep(0)

            await asyncio.gather(*(one(f"task-{number}") for number in range(5)))

    asyncio.run(talk())
    with OpenAI(base_url=provider.base_url, api_key="test") as bare:
        client = meter.wrap(bare)

        def work(name: str) -> None:
            with meter.customer(name):
                client.chat.completions.create(**ASK)

        threads = [threading.Thread(target=work, args=(f"thread-{number}",)) for number in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert meter.flush()
    assert sorted(event["subject"] for event in ingest.events) == sorted(f"{kind}-{n}" for kind in ("task", "thread") for n in range(5))


def test_wrapping_twice_meters_once(meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """The inner wrapping is replaced by the outer."""
    with OpenAI(base_url=provider.base_url, api_key="test") as bare:
        meter.wrap(meter.wrap(bare, customer="a"), customer="b").chat.completions.create(**ASK)

    assert only_event(meter, ingest)["subject"] == "b"


def test_the_callers_client_is_left_as_it_was(meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """Also if it was used before."""
    with OpenAI(base_url=provider.base_url, api_key="test") as bare:
        bare.chat.completions.create(**ASK)
        before = dict(vars(bare))
        meter.wrap(bare).chat.completions.create(**ASK)
        assert vars(bare) == before
        list(bare.chat.completions.create(**ASK, stream=True))

    assert only_event(meter, ingest)
    assert "stream_options" not in provider.requests[2].body


def test_record_meters_an_answer_that_came_another_way(meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """An SDK object or plain JSON; recording a metered answer again is the same event."""
    with OpenAI(base_url=provider.base_url, api_key="test") as bare:
        answer = bare.chat.completions.create(**ASK)
        response = bare.responses.create(model=MODEL, input="Hi")
    with meter.customer("acme"):
        meter.record(answer, base_url=provider.base_url)
    meter.record(response.model_dump(), customer="globex", base_url=provider.base_url)
    meter.record(answer.choices, customer="globex")

    assert meter.flush()
    assert [(event["id"], event["subject"], numbers(event)) for event in ingest.events[:2]] == [
        (answer.id, "acme", ("reported", *EXACT)),
        (response.id, "globex", ("reported", *EXACT)),
    ]
    assert meter.stats().failed == 0


def test_only_clients_can_be_wrapped(meter: Meter) -> None:
    """A mistake at start is said at start."""
    with pytest.raises(InvalidInputError, match=r"not builtins\.object"):
        meter.wrap(object())
