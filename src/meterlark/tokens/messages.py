"""The messages of a request as the model reads them: who speaks, to whom, and what.

A chat message with text and calls is two messages to the model, results of parallel calls are one. What has no text here (images, files,
audio) is either counted in `extra` or named in the notes.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from meterlark.tokens.family import bare_name
from meterlark.tokens.history import call_message, calls_of, result_message
from meterlark.tokens.images import image_tokens
from meterlark.tokens.request import listed

_TEXT_PARTS: Final = frozenset({"text", "input_text", "output_text", "refusal"})


class Message(msgspec.Struct, kw_only=True):
    """One message to the model.

    Attributes:
        role: Who speaks: a role or the name of a tool.
        recipient: The function that is called, else empty.
        name: The speaker's name, else empty.
        body: Its text.
        extra: Tokens that are no text, such as images.
        is_result: Whether it is the result of a call.
    """

    role: str
    recipient: str = ""
    name: str = ""
    body: str = ""
    extra: int = 0
    is_result: bool = False


def read_messages(request: Mapping[str, Any], *, model: str, created: float | None, notes: list[str]) -> list[Message]:
    """Return the messages of a chat request; what cannot be counted is added to the notes."""
    found: list[Message] = []
    names: dict[str, str] = {}
    results: list[tuple[str, str]] = []
    for message in listed(request, "messages", notes):
        if not isinstance(message, Mapping):
            notes.append("not counted: message")
            continue
        role = str(message.get("role") or "user")
        text, extra = read_content(message.get("content"), bare_name(model), notes)
        if role in ("tool", "function"):
            name = names.get(str(message.get("tool_call_id")), str(message.get("name") or ""))
            results.append((name, text))
            notes += ["not counted: image in a result"] if extra else []
            continue
        found += _results(results, created)
        calls = calls_of(message, notes)
        notes += [f"not counted: {name}" for name in ("audio", "refusal") if message.get(name)]
        named = str(message.get("name") or "")
        names.update({call_id: name for call_id, name, _ in calls})
        if text or extra or not calls:
            found.append(Message(role=role, name=named, body=text, extra=extra))
        if calls:
            recipient, body = call_message([(name, arguments) for _, name, arguments in calls])
            found.append(Message(role=role, name=named, recipient=recipient, body=body))
    return [*found, *_results(results, created)]


def _results(results: list[tuple[str, str]], created: float | None) -> Iterator[Message]:
    """Yield the message of the results gathered so far, and forget them."""
    if results:
        author, body = result_message(results, created=created)
        yield Message(role=author, body=body, is_result=True)
        results.clear()


def read_content(content: object, model: str, notes: list[str]) -> tuple[str, int]:
    """Return a content's text, its parts joined before they are encoded (measured), and the tokens of its images."""
    if isinstance(content, str):
        return content, 0
    texts: list[str] = []
    extra = 0
    for part in content if isinstance(content, list | tuple) else ():
        kind = part.get("type") if isinstance(part, Mapping) else None
        if kind in _TEXT_PARTS:
            texts.append(str(part.get("text") or part.get("refusal") or ""))
        elif kind in ("image_url", "input_image") and (tokens := _image(part, model)) is not None:
            extra += tokens
        else:
            notes.append(f"not counted: {kind or 'content part'}")
    return "".join(texts), extra


def _image(part: Mapping[str, Any], model: str) -> int | None:
    image = part.get("image_url")
    source = image if isinstance(image, Mapping) else {"url": image, "detail": part.get("detail")}
    return image_tokens(model, str(source.get("url") or ""), str(source.get("detail") or "auto"))
