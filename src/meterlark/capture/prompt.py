"""Every API's request as one in OpenAI's chat format, so that one set of rules can count its input.

Used only where the provider reports no usage. What a model was given as text is kept, with its role; what has no rule in the counter
(images, tools of other makers) is passed on so that the counter names it as not counted.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from meterlark.capture.fields import find, get, items, text

Request = Mapping[str, Any]
_Message = dict[str, Any]


def chat_request(operation: str, request: Request) -> Request:
    """Return the request in OpenAI's chat format; one that has it already, or none known, is returned as it is."""
    if "prompt" in request and operation in _PLAIN_PROMPTS:
        return request
    convert = _FORMATS.get(operation)
    if convert is None or ("messages" in request and operation == "chat"):
        return request
    return {**{name: request[name] for name in ("model", "tools") if name in request}, "messages": list(convert(request))}


def _parts(content: object) -> list[_Message]:
    """Return parts as OpenAI writes them; a text without a type is one of Bedrock's or Gemini's."""
    return [dict(part) if get(part, "type") else {"type": "text", "text": text(part, "text")} for part in items(content) if part]


def _system(content: object) -> Iterator[_Message]:
    if content:
        yield {"role": "system", "content": content if isinstance(content, str) else _parts(content)}


def _anthropic(request: Request) -> Iterator[_Message]:
    yield from _system(request.get("system"))
    for message in items(request.get("messages")):
        content = get(message, "content")
        yield {"role": text(message, "role"), "content": content if isinstance(content, str) else _parts(content)}


def _gemini(request: Request) -> Iterator[_Message]:
    yield from _system(list(items(find(request, "systemInstruction.parts") or find(request, "system_instruction.parts"))))
    contents = request.get("contents")
    for message in items(contents if isinstance(contents, list) else [contents] if contents else []):
        yield {"role": "assistant" if text(message, "role") == "model" else "user", "content": _parts(get(message, "parts"))}


def _interaction(request: Request) -> Iterator[_Message]:
    given = request.get("input")
    yield from _system(request.get("system_instruction"))
    yield {"role": "user", "content": given if isinstance(given, str) else _parts(given)}


def _prompt(request: Request) -> Iterator[_Message]:
    yield from _system(request.get("system") or request.get("preamble"))
    for message in items(request.get("chat_history")):
        yield {"role": text(message, "role").lower(), "content": text(message, "message")}
    given = next((request[name] for name in ("prompt", "message", "input", "inputText") if isinstance(request.get(name), str)), "")
    yield {"role": "user", "content": given}


_PLAIN_PROMPTS: Final = frozenset({"completions", "complete"})

_FORMATS: Final[Mapping[str, Callable[[Request], Iterator[_Message]]]] = {
    "messages": _anthropic,
    "converse": _anthropic,
    "invoke": _anthropic,
    "generate_content": _gemini,
    "interactions": _interaction,
    "chat": _prompt,
    "completions": _prompt,
    "complete": _prompt,
}
"""By operation; `chat` is here for Ollama's generate and Cohere's first version, whose requests have no `messages`."""
