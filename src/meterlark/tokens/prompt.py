"""Count the input tokens of a request where the provider reports no usage.

A request is a list of messages; functions and the answer's schema are text behind the first system message. What has no rule (audio, files,
images of unknown size, hosted tools, earlier responses that the provider keeps) is left out of the number and named in the notes, so that
no count pretends to be exact.
"""

from collections.abc import Mapping
from typing import Any, Final

from meterlark.tokens.count import Count
from meterlark.tokens.encoding import Encoding, encoding_of
from meterlark.tokens.family import Family, family_of
from meterlark.tokens.messages import Message, read_messages
from meterlark.tokens.offer import count_beside_chat, count_beside_responses, offer_of, offer_text
from meterlark.tokens.responses import preamble, read_input
from meterlark.tokens.text import count_text

EMBEDDINGS: Final = "embeddings"
COMPLETIONS: Final = "completions"

PER_RESULT: Final = 3
"""Tokens of the header of a tool's result, besides the tool's name (measured)."""


def count_prompt(request: Mapping[str, Any], *, model: str, operation: str = "chat", created: float | None = None) -> Count:
    """Count the input tokens of a request.

    Args:
        request: The request's JSON object: of chat completions, or of the Responses API if it has no `messages`.
        model: The model that answered, else the one asked for.
        operation: `embeddings` and `completions` are texts without a format around them; everything else is read as messages.
        created: When it was answered, in seconds since 1970 UTC; None if unknown, then today's rules count.
    """
    known = encoding_of(model)
    notes: list[str] = [] if known.is_known else [f"encoding assumed: {known.encoding.value}"]
    if operation in (EMBEDDINGS, COMPLETIONS):
        tokens = _count_texts(request.get("input" if operation == EMBEDDINGS else "prompt"), known.encoding, notes)
    else:
        tokens = _count_conversation(request, model, created, notes)
    return Count(tokens, tuple(dict.fromkeys(notes)))


def _count_texts(given: object, encoding: Encoding, notes: list[str]) -> int:
    """Count a text, a list of them, tokens given as numbers, or lists of those."""
    tokens = 0
    for item in given if isinstance(given, list | tuple) else [given]:
        if isinstance(item, str):
            tokens += count_text(item, encoding)
        elif isinstance(item, int):
            tokens += 1
        elif isinstance(item, list | tuple) and all(isinstance(number, int) for number in item):
            tokens += len(item)
        else:
            notes.append("not counted: content part")
    return tokens


def _count_conversation(request: Mapping[str, Any], model: str, created: float | None, notes: list[str]) -> int:
    encoding = encoding_of(model).encoding
    family = family_of(model)
    is_responses = "messages" not in request
    if is_responses:
        messages = read_input(request, model=model, family=family, notes=notes)
    else:
        messages = read_messages(request, model=model, created=created, notes=notes)
    offer = offer_of(request, notes)
    if request.get("web_search_options"):
        notes.append("not counted: web_search_options")
    is_instructed = bool(messages) and messages[0].role in ("system", "developer")
    tokens = family.start + (preamble(created) if is_responses else 0)
    if is_responses:
        tokens += count_beside_responses(offer, request, encoding=encoding, family=family)
    else:
        tokens += count_beside_chat(offer, request, messages, encoding=encoding, family=family, is_instructed=is_instructed)
    if text := offer_text(offer, family, notes):
        if is_instructed:
            messages[0].body += f"\n\n{text}"
        elif is_responses:
            tokens += count_text(text, encoding)  # The Responses API has a place for it without a message of its own (measured).
        else:
            messages.insert(0, Message(role="system", body=text))
    return tokens + sum(_count_message(message, encoding, family) for message in messages)


def _count_message(message: Message, encoding: Encoding, family: Family) -> int:
    tokens = family.per_message + count_text(message.role, encoding) + count_text(message.body, encoding) + message.extra
    if message.name:
        # As in the open-weight format (openai/harmony, `src/encoding.rs`): "user:lark". Often one token more than the name alone, which is
        # how the cookbook puts it; its 124 and 129 tokens of OpenAI's own count follow from both.
        tokens += count_text(f":{message.name}", encoding)
    if message.recipient:
        tokens += family.per_call + count_text(f" to={message.recipient}", encoding)
    elif message.role == "assistant":
        tokens += family.per_answer
    return tokens + (PER_RESULT if message.is_result else 0)
