"""What the provider says to one request, and the usage it reports for it.

The default usage is counted by a stated rule, not by a tokenizer: one token for each white-space separated word.
"""

import re
import secrets
import string
from collections.abc import Callable
from typing import Any

import msgspec

from meterlark.model.errors import InvalidInputError

CountTokens = Callable[[str], int]

SNAPSHOTS = {
    "gpt-3.5-turbo": "gpt-3.5-turbo-0125",
    "gpt-4": "gpt-4-0613",
    "gpt-4.1": "gpt-4.1-2025-04-14",
    "gpt-4.1-mini": "gpt-4.1-mini-2025-04-14",
    "gpt-4.1-nano": "gpt-4.1-nano-2025-04-14",
    "gpt-4o": "gpt-4o-2024-08-06",
    "gpt-4o-mini": "gpt-4o-mini-2024-07-18",
    "gpt-5": "gpt-5-2025-08-07",
    "gpt-5-mini": "gpt-5-mini-2025-08-07",
    "gpt-5-nano": "gpt-5-nano-2025-08-07",
    "gpt-5.1": "gpt-5.1-2025-11-13",
    "gpt-5.2": "gpt-5.2-2025-12-11",
    "gpt-5.4": "gpt-5.4-2026-03-05",
    "gpt-5.4-mini": "gpt-5.4-mini-2026-03-17",
    "gpt-5.5": "gpt-5.5-2026-04-23",
    "o3-mini": "o3-mini-2025-01-31",
    "o4-mini": "o4-mini-2025-04-16",
}
"""Alias to the dated model OpenAI answered with most often in recorded exchanges; any other model is returned as asked."""

_TEXT_KEYS = (
    *("instructions", "system", "systemInstruction", "messages", "input", "contents", "content", "parts", "text", "output"),
    *("arguments", "function", "tool_calls"),
)

_ALPHANUMERIC = string.ascii_letters + string.digits


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """The token numbers a request reports, with OpenAI's meaning.

    Attributes:
        prompt: Input tokens, cached ones included.
        completion: Output tokens, reasoning included.
        cached: Input tokens read from the cache.
        reasoning: Output tokens spent on reasoning.

    Raises:
        InvalidInputError: A number is negative, or a part is larger than its whole.
    """

    prompt: int
    completion: int
    cached: int = 0
    reasoning: int = 0

    def __post_init__(self) -> None:
        """Check that parts are inside their wholes."""
        if not 0 <= self.cached <= self.prompt:
            raise InvalidInputError(f"cached is {self.cached}; allowed is 0 to prompt = {self.prompt}", field="cached")
        if not 0 <= self.reasoning <= self.completion:
            raise InvalidInputError(f"reasoning is {self.reasoning}; allowed is 0 to completion = {self.completion}", field="reasoning")

    @property
    def total(self) -> int:
        """Prompt and completion together."""
        return self.prompt + self.completion


class ToolCall(msgspec.Struct, frozen=True):
    """A function the model asks the caller to run.

    Attributes:
        name: The function's name.
        arguments: Its arguments as JSON text.
    """

    name: str
    arguments: str


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """One answer, before it takes a wire format.

    Attributes:
        request: The parsed request body.
        model: Model returned.
        created: Unix time in whole seconds.
        service_tier: Tier used.
        chunks: The text's pieces (of the arguments, if it is a tool call) in streaming order.
        tool_call: The call that is made instead of a text, if any.
        choices: How many times the answer is given (`n` of chat completions).
        usage: What is reported, None for nothing.
    """

    request: dict[str, Any]
    model: str
    created: int
    service_tier: str
    chunks: tuple[str, ...]
    tool_call: ToolCall | None
    choices: int
    usage: Usage | None

    @property
    def is_stream(self) -> bool:
        """True if the request asks for server-sent events."""
        return bool(self.request.get("stream"))

    @property
    def text(self) -> str:
        """The whole answer."""
        return "".join(self.chunks)


def accepted(body: object) -> dict[str, Any]:
    """Return a request body after the checks that both endpoints share.

    Raises:
        InvalidInputError: It is not a JSON object, has no model, or a field used here has another type.
    """
    if not isinstance(body, dict):
        raise InvalidInputError("The body of your request is not a JSON object.")
    for field, kind, name in (("stream", bool, "a boolean"), ("tools", list, "an array"), ("stream_options", dict, "an object")):
        value = body.get(field)
        if value is not None and not isinstance(value, kind):
            raise InvalidInputError(f"Invalid type for '{field}': expected {name}.", field=field)
    model = body.get("model")
    if not (isinstance(model, str) and model):
        raise InvalidInputError("Missing required parameter: 'model'.", field="model")
    return body


def split_text(text: str) -> tuple[str, ...]:
    """Cut a text before the white space of each word; joined, the pieces are the text."""
    return tuple(re.findall(r"\s*\S+|\s+$", text))


def count_words(text: str) -> int:
    """Count white-space separated words: the default rule for usage, no tokenizer."""
    return len(text.split())


def prompt_text(request: dict[str, Any]) -> str:
    """Return the text a request sends to the model, pieces separated by line ends.

    Taken are the strings under instructions, system, messages, input, contents, content, parts, text, output and arguments, at any depth.
    Roles, names, tool definitions, images and audio are not.
    """
    pieces: list[str] = []
    # A stack, not recursion: how deep a request nests is the client's choice.
    waiting: list[Any] = [request]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            pieces.append(value)
        elif isinstance(value, list):
            waiting.extend(reversed(value))
        elif isinstance(value, dict):
            waiting.extend(value[key] for key in reversed(_TEXT_KEYS) if key in value)
    return "\n".join(pieces)


def used_service_tier(requested: object) -> str:
    """Return the tier OpenAI reports for a requested one: `fast` comes back as `priority`, most as `default`."""
    if requested == "fast":
        return "priority"
    return str(requested) if requested in {"flex", "scale", "priority"} else "default"


def alphanumeric_id(prefix: str, length: int) -> str:
    """Return a new id: the prefix and `length` random letters and digits."""
    return prefix + "".join(secrets.choice(_ALPHANUMERIC) for _ in range(length))


def hex_id(prefix: str) -> str:
    """Return a new id as the Responses API makes them: the prefix and 50 hexadecimal digits."""
    return prefix + secrets.token_hex(25)


def padding(delta: str) -> str:
    """Return an `obfuscation` text: it hides a short delta's length by filling it up to 16 characters."""
    return alphanumeric_id("", max(1, 16 - len(delta)))
