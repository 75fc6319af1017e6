"""What Azure OpenAI adds to OpenAI's wire format of chat completions.

Source: recorded Azure exchanges of 2026. The deployment stands in the path; the answer names the base model. A stream begins with a chunk
that has neither choices, id nor time, but what the content filter says of the prompt.
"""

import secrets
import uuid
from typing import Any

import msgspec

from meterlark.testing import chat
from meterlark.testing.reply import Headers
from meterlark.testing.turn import Turn

_SAFE = {"filtered": False, "severity": "safe"}
_FILTERED: list[dict[str, Any]] = [
    {"prompt_index": 0, "content_filter_results": dict.fromkeys(("hate", "self_harm", "sexual", "violence"), _SAFE)}
]


def headers(content_type: str) -> Headers:
    """Return the headers Azure sends with an answer, with new request ids."""
    return (
        ("content-type", content_type),
        ("apim-request-id", str(uuid.uuid4())),
        ("x-request-id", str(uuid.UUID(bytes=secrets.token_bytes(16), version=4))),
        ("x-ms-region", "East US 2"),
    )


def body(turn: Turn) -> bytes:
    """Return the blocking answer."""
    completion = msgspec.json.decode(chat.body(turn))
    return msgspec.json.encode(completion | {"prompt_filter_results": _FILTERED})


def events(turn: Turn) -> tuple[bytes, ...]:
    """Return the stream's events."""
    first = {"choices": [], "created": 0, "id": "", "model": "", "object": "", "prompt_filter_results": _FILTERED}
    return (b"data: " + msgspec.json.encode(first) + b"\n\n", *chat.events(turn))
