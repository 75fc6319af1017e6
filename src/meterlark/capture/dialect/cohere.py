"""Cohere's own API, versions 1 and 2: chat, generate, embed and rerank.

`tokens` is what the model read and wrote, `billed_units` what is charged, without the tokens that Cohere adds: the first is the usage, the
second is kept beside it. Embeddings say only the billed ones, and reranking is charged by the search. The object stands in `usage`
(version 2) or `meta` (version 1), in a stream inside the last event.
"""

from typing import Final

from meterlark.capture.answer import Reader
from meterlark.capture.fields import find, get, items, plain, text, whole
from meterlark.capture.usage import Shape

COHERE: Final = Shape(
    input=("tokens.input_tokens", "billed_units.input_tokens"),
    output=("tokens.output_tokens", "billed_units.output_tokens"),
    input_adds=("input_image_tokens",),  # an image of 259 tokens stands beside an input of 34
    parts={
        "cache_read_input_tokens": ("cached_tokens",),
        "input_image_tokens": ("tokens.image_tokens",),
        "reasoning_output_tokens": ("tokens.reasoning_tokens",),
        "billed_input_tokens": ("billed_units.input_tokens",),
        "billed_output_tokens": ("billed_units.output_tokens",),
        "billed_image_tokens": ("billed_units.image_tokens",),
    },
    quantities={"rerank_searches": ("billed_units.search_units",), "classifications": ("billed_units.classifications",)},
)
"""Usage of chat and generate."""

COHERE_INPUT: Final = Shape(
    input=COHERE.input,
    output=(),
    parts={name: paths for name, paths in COHERE.parts.items() if name.startswith("billed")},
    quantities=COHERE.quantities,
    has_output=False,
)
"""Usage of embeddings and reranking."""


class CohereReader(Reader):
    """Reads chat and generate."""

    shape = COHERE

    def add(self, message: object, kind: str = "") -> None:
        """Take the next event, or a whole answer of version 1, which is framed as the events of its stream are."""
        kind = text(message, "type") or text(message, "event_type") or kind
        pieces = self.choice()
        if not kind and get(message, "meta") is not None:
            self.add_body(message)
            return
        if kind == "stream-end":
            pieces.forget()
            self.add_body(get(message, "response"))
            return
        self.response_id = self.response_id or text(message, "id")
        for path in ("delta.message.content.text", "delta.message.content.thinking", "delta.message.tool_plan", "text"):
            pieces.say(text(message, path))
        if kind in ("tool-call-start", "tool-call-delta"):
            function = find(message, "delta.message.tool_calls.function")
            pieces.add_call(whole(get(message, "index")), text(function, "name"), text(function, "arguments"))
        if kind == "message-end":
            self.has_ended = True
            self.take_usage(find(message, "delta.usage"))
            pieces.finish_reason = text(message, "delta.finish_reason") or pieces.finish_reason

    def add_body(self, body: object) -> None:
        """Take a whole answer."""
        self.has_ended = True
        self.response_id = self.response_id or text(body, "id") or text(body, "response_id") or text(body, "generation_id")
        usage = get(body, "usage")
        self.take_usage(plain(get(body, "meta")) if usage is None else usage)
        pieces = self.choice()
        pieces.say(text(body, "text"))
        for part in (*items(find(body, "message.content")), *items(get(body, "generations"))):
            pieces.say(text(part, "text"))
        for position, call in enumerate(items(find(body, "message.tool_calls"))):
            pieces.add_call(position, text(call, "function.name"), text(call, "function.arguments"))
        pieces.finish_reason = text(body, "finish_reason") or pieces.finish_reason


class CohereInputReader(CohereReader):
    """Reads embed and rerank."""

    shape = COHERE_INPUT
    unread = frozenset({"embeddings", "results"})
