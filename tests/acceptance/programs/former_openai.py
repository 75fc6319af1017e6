"""Call through `meter.wrap` with a former OpenAI SDK, and through the bare client: `former_openai.py URL MAJOR`."""

import asyncio
import sys
from importlib.util import find_spec
from typing import Any

import openai
from openai import AsyncOpenAI, AzureOpenAI, OpenAI
from told import QUESTION, metered

ASK: Any = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": QUESTION}]}
ASK_RESPONSES: Any = {"model": "gpt-4o-mini", "input": QUESTION}
HELD: Any = {"extra_headers": {"x-provider-switch": "hold-after=3"}}
"""Nothing more arrives than the role and two words, until the caller leaves."""

NEW = {"id", "item_id", "created", "created_at", "completed_at", "obfuscation"}
"""Fields that differ from answer to answer."""


def main() -> None:
    """Make every call twice: bare, and metered for a customer of its own."""
    major = sys.argv[2]
    assert openai.__version__.startswith(f"{major}."), openai.__version__
    assert find_spec("httpx2") is None, "the former SDKs send through httpx"
    with metered() as (meter, provider):
        with OpenAI(base_url=provider.base_url, api_key="test") as bare:
            client = meter.wrap(bare)
            assert type(client) is OpenAI
            for name, way in WAYS.items():
                with meter.customer(f"openai{major}-{name}"):
                    got = way(client)
                same(name, got, way(bare))
        azure: Any = {"azure_endpoint": provider.root_url, "api_key": "test", "api_version": "2024-10-21"}
        with AzureOpenAI(**azure) as bare:
            same("azure", blocking(meter.wrap(bare, customer=f"openai{major}-azure")), blocking(bare))
            same("azure stream", stream(meter.wrap(bare, customer=f"openai{major}-azure-stream")), stream(bare))
        asyncio.run(asynchronous(meter, provider.base_url, major))


def blocking(client: OpenAI) -> list[Any]:
    """Wait for the whole answer."""
    return [client.chat.completions.create(**ASK)]


def stream(client: OpenAI) -> list[Any]:
    """Read a stream that was not asked for usage."""
    return list(client.chat.completions.create(**ASK, stream=True))


def asked(client: OpenAI) -> list[Any]:
    """Read a stream that was asked for usage."""
    return list(client.chat.completions.create(**ASK, stream=True, stream_options={"include_usage": True}))


def left(client: OpenAI) -> list[Any]:
    """Leave a stream after two words."""
    with client.chat.completions.create(**ASK, **HELD, stream=True) as chunks:
        return [next(chunks) for _ in range(3)]


def raw(client: OpenAI) -> list[Any]:
    """Take the answer by its raw response."""
    response = client.chat.completions.with_raw_response.create(**ASK)
    return [response.status_code, response.parse()]


def responses(client: OpenAI) -> list[Any]:
    """Ask the Responses API."""
    return [client.responses.create(**ASK_RESPONSES)]


def responses_stream(client: OpenAI) -> list[Any]:
    """Read a stream of the Responses API."""
    return list(client.responses.create(**ASK_RESPONSES, stream=True))


WAYS = {
    "blocking": blocking,
    "stream": stream,
    "asked": asked,
    "left": left,
    "raw": raw,
    "responses": responses,
    "responses-stream": responses_stream,
}


async def asynchronous(meter: Any, base_url: str, major: str) -> None:
    """Do the same in an event loop."""
    async with AsyncOpenAI(base_url=base_url, api_key="test") as bare:
        client = meter.wrap(bare)
        for name, way in {"async": wait, "async-stream": read, "async-left": leave}.items():
            with meter.customer(f"openai{major}-{name}"):
                got = await way(client)
            same(name, got, await way(bare))


async def wait(client: AsyncOpenAI) -> list[Any]:
    """Wait for the whole answer."""
    return [await client.chat.completions.create(**ASK)]


async def read(client: AsyncOpenAI) -> list[Any]:
    """Read a stream that was not asked for usage."""
    return [chunk async for chunk in await client.chat.completions.create(**ASK, stream=True)]


async def leave(client: AsyncOpenAI) -> list[Any]:
    """Leave a stream after two words."""
    async with await client.chat.completions.create(**ASK, **HELD, stream=True) as chunks:
        return [await anext(chunks) for _ in range(3)]


def same(name: str, got: list[Any], expected: list[Any]) -> None:
    """Assert that the caller got what the bare client gives, of the same types."""
    assert expected, name
    assert [type(one) for one in got] == [type(one) for one in expected], name
    assert [told(one) for one in got] == [told(one) for one in expected], name


def told(value: Any) -> Any:
    """Return what was sent of an object, without what differs from answer to answer."""
    if hasattr(value, "model_dump"):
        value = value.model_dump(exclude_unset=True)
    if isinstance(value, dict):
        return {name: told(one) for name, one in value.items() if name not in NEW}
    return [told(one) for one in value] if isinstance(value, list) else value


main()
