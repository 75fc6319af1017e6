"""What the callers of the rows do with a client, and what they see of it.

They are written like a user's program and know nothing of wrappers. Of what they get, everything is noted but what differs from call to
call, so that two runs can be compared: a wrapper must give its caller what the bare client gives.
"""

import asyncio
import gc
from collections.abc import Callable
from typing import Any

from rows import PROMPT, READ, SERVICE_TIER

CHANGING = frozenset({"id", "created", "created_at", "completed_at", "item_id", "response_id", "obfuscation", "sdk_http_response"})
"""Names of fields that differ from call to call."""

MESSAGES = [{"role": "user", "content": PROMPT}]
CHAT: dict[str, Any] = {"model": "gpt-4o-mini", "messages": MESSAGES, "service_tier": SERVICE_TIER}
RESPONSES: dict[str, Any] = {"model": "gpt-4o-mini", "input": PROMPT, "service_tier": SERVICE_TIER}
ANTHROPIC: dict[str, Any] = {"model": "claude-sonnet-4-5", "max_tokens": 500, "messages": MESSAGES}
GEMINI = "gemini-2.5-flash"
CANCEL_SECONDS_MAX = 20


class Seen:
    """What a caller saw."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self.error = ""

    def note(self, item: Any) -> None:
        """Remember an answer, a chunk or an event."""
        self.items.append(stable(item.model_dump(mode="json") if hasattr(item, "model_dump") else repr(item)))

    def as_json(self) -> dict[str, Any]:
        """Return it for the one who compares."""
        return {"items": self.items, "error": self.error}


Caller = Callable[[Any, dict[str, str], Seen], None]


class OwnError(Exception):
    """The caller's."""


def stable(value: Any) -> Any:
    """Return a value without what differs from call to call."""
    if isinstance(value, dict):
        return {name: stable(one) for name, one in value.items() if name not in CHANGING}
    return [stable(one) for one in value] if isinstance(value, list) else value


def make(caller: str, client: Any, headers: dict[str, str]) -> Seen:
    """Make the call of a row; what it raises is noted, as its caller would see it."""
    seen = Seen()
    try:
        CALLERS[caller](client, headers, seen)
    except Exception as error:  # noqa: BLE001 - whatever a wrapper does to its caller is what is asked
        # The words of an error of the SDK are part of what its caller sees; addresses in them are not.
        seen.error = f"{type(error).__name__}: {str(error).partition(' at 0x')[0]}"
    gc.collect()
    return seen


def chat(client: Any, headers: dict[str, str], seen: Seen) -> None:
    """Ask and wait."""
    seen.note(client.chat.completions.create(**CHAT, extra_headers=headers))


def chat_refused(client: Any, headers: dict[str, str], seen: Seen) -> None:
    """Ask for what is refused."""
    chat(client, headers, seen)


def chat_raw(client: Any, headers: dict[str, str], seen: Seen) -> None:
    """Look at the response's headers too."""
    raw = client.chat.completions.with_raw_response.create(**CHAT, extra_headers=headers)
    seen.note(raw.parse())
    seen.items.append(sorted(raw.headers))


def chat_stream(client: Any, headers: dict[str, str], seen: Seen) -> None:
    """Read to the end."""
    for chunk in client.chat.completions.create(**CHAT, stream=True, extra_headers=headers):
        seen.note(chunk)


def chat_stream_with_usage(client: Any, headers: dict[str, str], seen: Seen) -> None:
    """Read to the end, usage included."""
    for chunk in client.chat.completions.create(**CHAT, stream=True, stream_options={"include_usage": True}, extra_headers=headers):
        seen.note(chunk)


def chat_helper(client: Any, headers: dict[str, str], seen: Seen) -> None:
    """Use the SDK's helper for streams."""
    with client.chat.completions.stream(**CHAT, extra_headers=headers) as stream:
        for event in stream:
            seen.note(event)


def chat_closed(client: Any, headers: dict[str, str], seen: Seen, before: int = 1) -> None:
    """Leave and say so."""
    stream = client.chat.completions.create(**CHAT, stream=True, extra_headers=headers)
    iterator = iter(stream)
    for _ in range(before + READ):
        seen.note(next(iterator))
    stream.close()


def chat_closed_azure(client: Any, headers: dict[str, str], seen: Seen) -> None:
    """Leave a stream that begins with a chunk of the filter."""
    chat_closed(client, headers, seen, before=2)


def chat_dropped(client: Any, headers: dict[str, str], seen: Seen) -> None:
    """Leave without a word."""
    for number, chunk in enumerate(client.chat.completions.create(**CHAT, stream=True, extra_headers=headers), start=1):
        seen.note(chunk)
        if number == 1 + READ:
            break


def chat_block_left(client: Any, headers: dict[str, str], seen: Seen) -> None:
    """Leave a `with` block early."""
    with client.chat.completions.create(**CHAT, stream=True, extra_headers=headers) as stream:
        for number, chunk in enumerate(stream, start=1):
            seen.note(chunk)
            if number == 1 + READ:
                break


def chat_failing_caller(client: Any, headers: dict[str, str], seen: Seen) -> None:
    """Fail while reading."""
    for number, chunk in enumerate(client.chat.completions.create(**CHAT, stream=True, extra_headers=headers), start=1):
        seen.note(chunk)
        if number == 1 + READ:
            raise OwnError("the caller's own")


def chat_cut(client: Any, headers: dict[str, str], seen: Seen) -> None:
    """Read what comes before the connection is lost."""
    chat_stream(client, headers, seen)


def responses(client: Any, headers: dict[str, str], seen: Seen) -> None:
    """Ask and wait."""
    seen.note(client.responses.create(**RESPONSES, extra_headers=headers))


def responses_stream(client: Any, headers: dict[str, str], seen: Seen) -> None:
    """Read to the end."""
    for event in client.responses.create(**RESPONSES, stream=True, extra_headers=headers):
        seen.note(event)


def responses_closed(client: Any, headers: dict[str, str], seen: Seen) -> None:
    """Leave and say so."""
    stream = client.responses.create(**RESPONSES, stream=True, extra_headers=headers)
    iterator = iter(stream)
    for _ in range(4 + READ):
        seen.note(next(iterator))
    stream.close()


def chat_stream_async(client: Any, headers: dict[str, str], seen: Seen) -> None:
    """Read to the end in an event loop."""

    async def talk() -> None:
        async for chunk in await client.chat.completions.create(**CHAT, stream=True, extra_headers=headers):
            seen.note(chunk)
        await _leave(client)

    asyncio.run(talk())


def chat_cancelled(client: Any, headers: dict[str, str], seen: Seen) -> None:
    """Cancel the task that reads."""

    async def talk() -> None:
        has_read = asyncio.Event()

        async def read() -> None:
            async for chunk in await client.chat.completions.create(**CHAT, stream=True, extra_headers=headers):
                seen.note(chunk)
                if len(seen.items) == 1 + READ:
                    has_read.set()

        task = asyncio.create_task(read())
        await asyncio.wait_for(has_read.wait(), CANCEL_SECONDS_MAX)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            seen.items.append("cancelled")
        await _leave(client)

    asyncio.run(talk())


async def _leave(client: Any) -> None:
    """Close a client inside its event loop, if it can be closed."""
    close = getattr(client, "close", None)
    if close is not None:
        await close()


def message(client: Any, headers: dict[str, str], seen: Seen) -> None:
    """Ask and wait."""
    seen.note(client.messages.create(**ANTHROPIC, extra_headers=headers))


def message_stream(client: Any, headers: dict[str, str], seen: Seen) -> None:
    """Read to the end."""
    for event in client.messages.create(**ANTHROPIC, stream=True, extra_headers=headers):
        seen.note(event)


def message_helper(client: Any, headers: dict[str, str], seen: Seen) -> None:
    """Use the SDK's helper for streams."""
    with client.messages.stream(**ANTHROPIC, extra_headers=headers) as stream:
        for event in stream:
            seen.note(event)


def message_closed(client: Any, headers: dict[str, str], seen: Seen) -> None:
    """Leave and say so."""
    stream = client.messages.create(**ANTHROPIC, stream=True, extra_headers=headers)
    iterator = iter(stream)
    # The start of the message and of its block; the ping is not passed on.
    for _ in range(2 + READ):
        seen.note(next(iterator))
    stream.close()


def content(client: Any, headers: dict[str, str], seen: Seen) -> None:
    """Ask and wait."""
    seen.note(client.models.generate_content(model=GEMINI, contents=PROMPT, config={"http_options": {"headers": headers}}))


def content_stream(client: Any, headers: dict[str, str], seen: Seen) -> None:
    """Read to the end."""
    for chunk in client.models.generate_content_stream(model=GEMINI, contents=PROMPT, config={"http_options": {"headers": headers}}):
        seen.note(chunk)


def content_closed(client: Any, headers: dict[str, str], seen: Seen) -> None:
    """Leave and say so."""
    stream = client.models.generate_content_stream(model=GEMINI, contents=PROMPT, config={"http_options": {"headers": headers}})
    iterator = iter(stream)
    for _ in range(READ):
        seen.note(next(iterator))
    stream.close()


CALLERS: dict[str, Caller] = {
    caller.__name__: caller
    for caller in (
        *(chat, chat_refused, chat_raw, chat_stream, chat_stream_with_usage, chat_helper, chat_closed, chat_closed_azure, chat_dropped),
        *(chat_block_left, chat_failing_caller, chat_cut, responses, responses_stream, responses_closed, chat_stream_async),
        *(chat_cancelled, message, message_stream, message_helper, message_closed, content, content_stream, content_closed),
    )
}
