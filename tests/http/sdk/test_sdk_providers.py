import asyncio
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from anthropic import Anthropic, AsyncAnthropic
from google import genai
from openai import AsyncAzureOpenAI, AzureOpenAI, OpenAI
from recording_ingest import RecordingIngest

from meterlark import Meter
from meterlark.testing.provider import Provider

CHUNKS = ("Larks", " sing", " at", " dawn.")
ASK: Any = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "When do larks sing?"}]}
MESSAGE: Any = {**ASK, "model": "claude-haiku-4-5", "max_tokens": 100}
CONTENT: Any = {"model": "gemini-2.5-flash", "contents": "When do larks sing?"}

Clients = dict[str, Callable[[Provider], Any]]

CLIENTS: Clients = {
    "azure": lambda provider: AzureOpenAI(azure_endpoint=provider.root_url, api_key="test", api_version="2024-10-21"),
    "async azure": lambda provider: AsyncAzureOpenAI(azure_endpoint=provider.root_url, api_key="test", api_version="2024-10-21"),
    "anthropic": lambda provider: Anthropic(base_url=provider.root_url, api_key="test"),
    "async anthropic": lambda provider: AsyncAnthropic(base_url=provider.root_url, api_key="test"),
    "google": lambda provider: genai.Client(api_key="test", http_options={"base_url": provider.root_url}),
}
EVENTS = {
    "azure": [("azure", "reported", 30), ("azure", "injected", 30), ("azure", "partial", 0)],
    "anthropic": [("anthropic", "reported", 30), ("anthropic", "reported", 30), ("anthropic", "partial", 0)],
    "google": [("gemini", "reported", 30), ("gemini", "reported", 30), ("gemini", "partial", 0)],
}


def talk(name: str, client: Any) -> list[Any]:
    """Ask, stream, and leave a stream; return what was said."""
    if name == "google":
        with client:
            answer = client.models.generate_content(**CONTENT).text
            streamed = "".join(chunk.text or "" for chunk in client.models.generate_content_stream(**CONTENT))
            for _ in client.models.generate_content_stream(**CONTENT):
                break
        return [answer, streamed]
    with client:
        if name == "anthropic":
            answer = client.messages.create(**MESSAGE).content[0].text
            with client.messages.stream(**MESSAGE) as stream:
                streamed = stream.get_final_text()
            with client.messages.create(**MESSAGE, stream=True) as events:
                next(iter(events))
        else:
            answer = client.chat.completions.create(**ASK).choices[0].message.content
            # The first chunk of Azure's has no choice, but what its filter found.
            chunks = client.chat.completions.create(**ASK, stream=True)
            streamed = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
            with client.chat.completions.create(**ASK, stream=True) as left:
                next(left)
    return [answer, streamed]


async def talk_async(name: str, client: Any) -> list[Any]:
    """Do as `talk`."""
    if name == "google":
        aio = client.aio
        answer = (await aio.models.generate_content(**CONTENT)).text
        streamed = "".join([chunk.text or "" async for chunk in await aio.models.generate_content_stream(**CONTENT)])
        stream = await aio.models.generate_content_stream(**CONTENT)
        await anext(stream)
        await stream.aclose()
        await aio.aclose()
        client.close()
        return [answer, streamed]
    async with client:
        if name == "async anthropic":
            answer = (await client.messages.create(**MESSAGE)).content[0].text
            async with client.messages.stream(**MESSAGE) as stream:
                streamed = await stream.get_final_text()
            async with await client.messages.create(**MESSAGE, stream=True) as events:
                await anext(aiter(events))
        else:
            answer = (await client.chat.completions.create(**ASK)).choices[0].message.content
            chunks = await client.chat.completions.create(**ASK, stream=True)
            streamed = "".join([chunk.choices[0].delta.content or "" async for chunk in chunks if chunk.choices])
            async with await client.chat.completions.create(**ASK, stream=True) as left:
                await anext(left)
    return [answer, streamed]


def events(meter: Meter, ingest: RecordingIngest) -> list[tuple[str, str, int]]:
    """Return provider, source and total of each event; nothing of the total of a partial one."""
    assert meter.flush()
    assert (meter.stats().failed, meter.stats().unmetered) == (0, 0)
    found = [event["data"] for event in ingest.events]
    return [(one["provider"], one["usage_source"], 0 if one["usage_source"] == "partial" else one["total_tokens"]) for one in found]


def run(name: str, client: Any) -> list[Any]:
    """Talk in the way of the client."""
    return asyncio.run(talk_async(name, client)) if name.startswith("async") else talk(name, client)


@pytest.mark.parametrize("name", CLIENTS)
def test_a_wrapped_client_is_metered(name: str, meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """Of every SDK, blocking, streamed and left early; the type is the same, and so is what it says."""
    wrapped = meter.wrap(CLIENTS[name](provider))

    assert type(wrapped) is type(CLIENTS[name](provider))
    assert run(name, wrapped) == ["".join(CHUNKS)] * 2
    assert events(meter, ingest) == EVENTS[name.removeprefix("async ")]


def test_the_asynchronous_half_of_googles_client_is_metered(meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """One client has both."""
    wrapped = meter.wrap(CLIENTS["google"](provider))

    assert asyncio.run(talk_async("google", wrapped)) == ["".join(CHUNKS)] * 2
    assert events(meter, ingest) == EVENTS["google"]


@pytest.mark.parametrize("name", CLIENTS)
def test_the_callers_client_is_left_as_it_was(name: str, meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """It meters nothing, and works on."""
    bare = CLIENTS[name](provider)
    meter.wrap(bare)

    assert run(name, bare) == ["".join(CHUNKS)] * 2
    assert events(meter, ingest) == []


@pytest.mark.parametrize("name", CLIENTS)
def test_an_instrumented_program_is_metered(name: str, meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """Clients made between the two lines, once each."""
    before = CLIENTS[name](provider)
    meter.instrument(customer="acme")
    meter.instrument()
    between = CLIENTS[name](provider)
    meter.uninstrument()
    after = CLIENTS[name](provider)

    for client in (before, between, after):
        run(name, client)

    assert events(meter, ingest) == EVENTS[name.removeprefix("async ")]
    assert {event["subject"] for event in ingest.events} == {"acme"}


def test_uninstrument_restores_the_constructors(meter: Meter) -> None:
    """The very same functions, and the import system too."""
    kinds = (OpenAI, AzureOpenAI, Anthropic, genai.Client)
    before = [kind.__init__ for kind in kinds], list(sys.meta_path)
    meter.instrument()
    assert OpenAI.__init__ is not before[0][0]
    meter.uninstrument()
    meter.uninstrument()

    assert ([kind.__init__ for kind in kinds], sys.meta_path) == before


def test_a_client_that_is_metered_otherwise_is_left_to_that(meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """Whatever the order, a call is one event."""
    meter.instrument(customer="instrumented")
    common: Any = {"base_url": provider.base_url, "api_key": "test"}
    with OpenAI(**common, http_client=meter.http_client(customer="made")) as made, OpenAI(**common) as plain:
        made.chat.completions.create(**ASK)
        made.with_options(timeout=5).chat.completions.create(**ASK)
        meter.wrap(plain, customer="wrapped").chat.completions.create(**ASK)
        plain.chat.completions.create(**ASK)
        plain.with_options(timeout=5).chat.completions.create(**ASK)

    assert meter.flush()
    assert [event["subject"] for event in ingest.events] == ["made", "made", "wrapped", "instrumented", "instrumented"]


def test_two_meters_may_be_taken_back_in_any_order(ingest: RecordingIngest, provider: Provider) -> None:
    """A constructor that was extended twice does nothing more then."""
    with Meter(ingest.url) as first, Meter(ingest.url) as second:
        first.instrument()
        second.instrument()
        first.uninstrument()
        second.uninstrument()
        with OpenAI(base_url=provider.base_url, api_key="test") as client:
            client.chat.completions.create(**ASK)
        assert first.flush()
        assert second.flush()

    assert ingest.events == []


PROGRAM = """
import sys
from meterlark import Meter
meter = Meter(sys.argv[1], spool_dir=None)
meter.instrument(customer="acme")
assert "openai" not in sys.modules and "httpx2" not in sys.modules
import openai, importlib
assert openai.__spec__.loader is openai.__loader__ and type(openai.__loader__).__module__ == "_frozen_importlib_external"
importlib.reload(openai)
with openai.OpenAI(base_url=sys.argv[2], api_key="test") as client:
    client.responses.create(model="gpt-4o-mini", input="Hi")
"""


def test_the_line_may_stand_before_the_imports(ingest: RecordingIngest, provider: Provider) -> None:
    """It imports no SDK; the module is loaded by its own loader."""
    arguments = [sys.executable, "-W", "error", "-c", PROGRAM, ingest.url, provider.base_url]
    ended = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert [event["subject"] for event in ingest.events] == ["acme"]
