"""What functions and an answer's schema add to a prompt: text behind the first system message, and tokens beside that text."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from meterlark.tokens.encoding import Encoding
from meterlark.tokens.family import Family
from meterlark.tokens.messages import Message
from meterlark.tokens.request import AnswerSchema, Request, forced_function, functions_of, schema_of
from meterlark.tokens.schema import render_schema
from meterlark.tokens.text import count_text
from meterlark.tokens.tools import render_tools

PER_SCHEMA_NAME: Final = 2
"""Tokens beside the schema's name in the header of an answer that follows it (measured)."""


class Offer(msgspec.Struct, frozen=True):
    """The functions and the schema of a request."""

    functions: Sequence[Mapping[str, Any]]
    schema: AnswerSchema | None


def offer_of(request: Request, notes: list[str]) -> Offer:
    """Read what a request offers; tools that are not functions are named in the notes."""
    return Offer(functions_of(request, notes), schema_of(request))


def offer_text(offer: Offer, family: Family, notes: list[str]) -> str:
    """Return the text that the model reads of an offer, empty if there is none."""
    sections: list[str] = []
    if offer.functions:
        sections.append("# Tools\n\n## functions\n\n" + render_tools(offer.functions, notes, is_compact=family.has_compact_types))
    if offer.schema is not None:
        sections.append(render_schema(offer.schema.name, offer.schema.description, offer.schema.schema, notes))
    return "\n\n".join(sections)


def count_beside_chat(
    offer: Offer, request: Request, messages: Sequence[Message], *, encoding: Encoding, family: Family, is_instructed: bool
) -> int:
    """Count the tokens of an offer beside its text in a chat completions request.

    Args:
        offer: The offer.
        request: The request, for its `tool_choice`.
        messages: The conversation.
        encoding: What to count with.
        family: Whose constants count.
        is_instructed: Whether the conversation begins with a system message of the caller.
    """
    tokens = 0
    if offer.functions:
        tokens += family.tools + (family.tools_instructed if is_instructed else 0) + _described(offer, family)
        tokens += _count_choice(request, encoding, family)
    if offer.schema is not None:
        # The schema's name is in the header of each answer in the history, and of the one to come if that cannot be a call.
        headers = sum(message.role == "assistant" and not message.recipient for message in messages)
        headers += family.primes_schema and not offer.functions
        tokens += headers * (PER_SCHEMA_NAME + count_text(offer.schema.name, encoding))
    return tokens


def count_beside_responses(offer: Offer, request: Request, *, encoding: Encoding, family: Family) -> int:
    """Count the tokens of an offer beside its text in a Responses request."""
    if offer.functions:
        return family.responses_tools + _described(offer, family) + _count_choice(request, encoding, family)
    return family.responses_schema if offer.schema is not None else 0


def _described(offer: Offer, family: Family) -> int:
    return family.tools_described if any(function.get("description") for function in offer.functions) else 0


def _count_choice(request: Request, encoding: Encoding, family: Family) -> int:
    if name := forced_function(request):
        return family.tool_choice_forced + count_text(f" to=functions.{name}", encoding)
    return family.tool_choice_none if request.get("tool_choice", request.get("function_call")) == "none" else 0
