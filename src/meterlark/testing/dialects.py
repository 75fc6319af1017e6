"""Which wire format a path asks for: OpenAI's two, Azure's, Anthropic's and Google's."""

import re
import secrets
from collections.abc import Callable
from typing import Any

import msgspec

from meterlark.testing import azure, chat, gemini, messages, responses
from meterlark.testing.reply import Headers, provider_headers
from meterlark.testing.turn import Turn


class Dialect(msgspec.Struct, frozen=True):
    """How one kind of request is read and answered.

    Attributes:
        accepted: Returns the request, given the parsed body and what the path says; raises InvalidInputError.
        body: Returns the blocking answer.
        events: Returns the events of a stream.
        headers: Returns the answer's headers, given its content type.
    """

    accepted: Callable[[object, dict[str, str]], dict[str, Any]]
    body: Callable[[Turn], bytes]
    events: Callable[[Turn], tuple[bytes, ...]]
    headers: Callable[[str], Headers]


def dialect_of(method: str, path: str) -> tuple[Dialect, dict[str, str]] | None:
    """Return the dialect of a request and what its path says, None if there is none."""
    if method != "POST":
        return None
    for pattern, dialect in _DIALECTS:
        if found := re.fullmatch(pattern, path):
            return dialect, found.groupdict()
    return None


def _anthropic_headers(content_type: str) -> Headers:
    return (("content-type", content_type), ("request-id", f"req_{secrets.token_hex(12)}"))


def _google_headers(content_type: str) -> Headers:
    return (("content-type", content_type), ("server", "scaffolding on HTTPServer2"))


def _for_deployment(body: object, names: dict[str, str]) -> dict[str, Any]:
    model = {"model": names["deployment"]} if "deployment" in names else {}
    return chat.accepted(body | model if isinstance(body, dict) else body)


def _for_gemini(body: object, names: dict[str, str]) -> dict[str, Any]:
    return gemini.accepted(body, model=names["model"], is_stream=names["method"] == "streamGenerateContent")


_RESPONSES = Dialect(lambda body, _: responses.accepted(body), responses.body, responses.events, provider_headers)
_AZURE = Dialect(_for_deployment, azure.body, azure.events, azure.headers)

_DIALECTS: tuple[tuple[str, Dialect], ...] = (
    ("/v1/chat/completions", Dialect(lambda body, _: chat.accepted(body), chat.body, chat.events, provider_headers)),
    ("/v1/responses", _RESPONSES),
    ("/openai/deployments/(?P<deployment>[^/]+)/chat/completions", _AZURE),
    ("/openai/v1/chat/completions", _AZURE),
    ("/openai(?:/v1)?/responses", msgspec.structs.replace(_RESPONSES, headers=azure.headers)),
    ("/v1/messages", Dialect(lambda body, _: messages.accepted(body), messages.body, messages.events, _anthropic_headers)),
    (
        "/v1(?:beta)?/models/(?P<model>[^/:]+):(?P<method>generateContent|streamGenerateContent)",
        Dialect(_for_gemini, gemini.body, gemini.events, _google_headers),
    ),
)
