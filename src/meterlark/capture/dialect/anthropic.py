"""Anthropic's Messages, whole or streamed, there and on Bedrock, Vertex AI, Ollama and gateways; and the older text completions.

A stream says its usage twice. `message_start` has the input and a provisional output of a few tokens, `message_delta` the final numbers,
cumulative; where it names a field it wins, and where it does not (older streams name the output alone) the start's stays. With server tools
the delta's input is larger than the start's. `input_tokens` leaves cache reads and writes out; the algebra adds them.
`iterations` repeats the turns of a compaction, of which the top level sums only some (reference llm-usage.md section 1.5): kept raw.
"""

from typing import Final

from meterlark.capture.answer import Call, Reader
from meterlark.capture.fields import compact, find, get, items, plain, text, whole
from meterlark.capture.usage import Shape

ANTHROPIC: Final = Shape(
    input=("input_tokens",),
    output=("output_tokens",),
    input_adds=("cache_read_input_tokens", "cache_creation_input_tokens"),
    parts={
        "cache_read_input_tokens": ("cache_read_input_tokens",),
        "cache_creation_input_tokens": ("cache_creation_input_tokens",),
        "cache_creation_5m_input_tokens": ("cache_creation.ephemeral_5m_input_tokens",),
        "cache_creation_1h_input_tokens": ("cache_creation.ephemeral_1h_input_tokens",),
        "reasoning_output_tokens": ("output_tokens_details.thinking_tokens",),
    },
    quantities={
        "web_searches": ("server_tool_use.web_search_requests",),
        "web_fetch_requests": ("server_tool_use.web_fetch_requests",),
        "code_executions": ("server_tool_use.code_execution_requests",),
    },
    cost=(("pydantic_ai_gateway.cost_estimate", 1),),
)
"""Usage of a message. It has no total: that is the sum."""

_PRICE_NAMES: Final = ("speed", "inference_geo")
"""Names inside the usage that decide the price of its tokens."""


class MessagesReader(Reader):
    """Reads `POST /messages`."""

    shape = ANTHROPIC

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        self._has_final_usage = False

    def add(self, message: object, kind: str = "") -> None:
        """Take the next event."""
        kind = text(message, "type") or kind
        if kind == "message_start":
            self._read_head(get(message, "message"))
        elif kind == "message_delta":
            self._merge_usage(get(message, "usage"))
            self._has_final_usage = get(message, "usage") is not None
            self._stop(text(message, "delta.stop_reason"))
        elif kind == "message_stop":
            self.has_ended = True
        elif kind == "content_block_start":
            self._read_block(get(message, "content_block"), whole(get(message, "index")))
        elif kind == "content_block_delta":
            self._read_delta(get(message, "delta"), whole(get(message, "index")))
        elif kind == "error":
            self.read_error(message)

    def add_body(self, body: object) -> None:
        """Take a whole message."""
        self._read_head(body)
        if text(body, "type") == "error":
            self.read_error(body)
        self.has_ended = self._has_final_usage = True
        for position, block in enumerate(items(get(body, "content"))):
            self._read_block(block, position)
        self._stop(text(body, "stop_reason"))

    def is_complete(self) -> bool:
        """Tell whether the end was received, or the reason of it with the final usage, behind which only the end itself can come."""
        return self.has_ended or (self._has_final_usage and bool(self.choice().finish_reason))

    def is_usage_final(self) -> bool:
        """Tell whether the usage of the end was received."""
        return self._has_final_usage

    def is_output_in_usage(self) -> bool:
        """Tell whether it is more than the start's, whose output is provisional."""
        return self._has_final_usage

    def _read_head(self, said: object) -> None:
        self.read_head(said)
        self._merge_usage(get(said, "usage"))

    def _merge_usage(self, usage: object) -> None:
        if (said := plain(usage)) is not None:
            self.usage = {**(self.usage or {}), **{name: value for name, value in said.items() if value is not None or not self.usage}}
            self.service_tier = text(self.usage, "service_tier") or self.service_tier
            for name in _PRICE_NAMES:
                if found := text(self.usage, name):
                    self.attributes[name] = found

    def _read_block(self, block: object, position: int | None) -> None:
        pieces = self.choice()
        if text(block, "type") == "tool_use":
            # The input of a streamed call is empty here and follows as JSON text; that of a whole one is counted as compact JSON.
            pieces.add_call(position, text(block, "name"), compact(find(block, "input")))
        else:
            pieces.say(text(block, "text"), text(block, "thinking"))

    def _read_delta(self, delta: object, position: int | None) -> None:
        pieces = self.choice()
        pieces.say(text(delta, "text"), text(delta, "thinking"))
        if partial := text(delta, "partial_json"):
            pieces.add_call(position, "", partial)

    def _stop(self, reason: str) -> None:
        self.choice().finish_reason = reason or self.choice().finish_reason


class CompletionReader(Reader):
    """Reads the retired `POST /v1/complete`, which reports no usage."""

    shape = ANTHROPIC

    def add(self, message: object, kind: str = "") -> None:
        """Take the next event, or the whole answer, which looks the same."""
        self.read_head(message)
        if kind == "error":
            self.read_error(message)
        pieces = self.choice()
        pieces.say(text(message, "completion"))
        pieces.finish_reason = text(message, "stop_reason") or pieces.finish_reason
        self.has_ended = pieces.finish_reason is not None

    def add_body(self, body: object) -> None:
        """Take a whole answer."""
        self.add(body)
