"""Chat completions and completions, whole or streamed, of OpenAI, Azure and every server that speaks their format.

Every chunk is read to the end of the stream, because the chunk with the usage is not always the last (reference llm-usage.md section 1.2),
and the last usage that is not null counts. vLLM and others send a running usage with every chunk: of a cut stream that is usage of what
arrived. Usage in a chunk of its own, without choices, is the final one.
"""

from typing import Final

from meterlark.capture.answer import Call, Pieces, Reader
from meterlark.capture.dialect.compatible import COMPATIBLE
from meterlark.capture.fields import find, get, items, text, whole

_REASONING: Final = ("reasoning_content", "reasoning")
"""Where servers that show a model's reasoning put it; DeepSeek and vLLM, OpenRouter and Groq. It is output."""


class ChatReader(Reader):
    """Reads `POST /chat/completions`, and the legacy `/completions` and `/edits`, whose choices hold a `text`."""

    shape = COMPATIBLE

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        self._is_usage_alone = False

    def add(self, message: object, kind: str = "") -> None:
        """Take the next chunk."""
        self._read(message, "delta")
        if kind == "error":
            self.read_error({"error": message})

    def add_body(self, body: object) -> None:
        """Take a whole answer."""
        self._read(body, "message")
        self.has_ended = True

    def is_complete(self) -> bool:
        """Tell whether `[DONE]` was received, or every choice has said why it ended."""
        return self.has_ended or (bool(self.pieces) and all(pieces.finish_reason is not None for pieces in self.pieces.values()))

    def is_usage_final(self) -> bool:
        """Tell whether the usage came alone or the answer had ended."""
        return self._is_usage_alone or self.is_complete()

    def _read(self, said: object, member: str) -> None:
        self.read_head(said)
        self.read_error(said)
        usage = get(said, "usage")
        # Groq has its own place for the usage of a stream, and fills the usual one only when asked to.
        self.take_usage(find(said, "x_groq.usage") if usage is None else usage)
        choices = list(items(get(said, "choices")))
        for choice in choices:
            self._read_choice(choice, get(choice, member))
            self.take_usage(get(choice, "usage"))  # Moonshot's
        if usage is not None:
            self._is_usage_alone = not choices

    def _read_choice(self, choice: object, said: object) -> None:
        pieces = self.choice(whole(get(choice, "index")) or 0)
        pieces.say(text(choice, "text"))
        pieces.say(next((shown for name in _REASONING if (shown := text(said, name))), ""))
        content = get(said, "content")
        for said_text in [content] if isinstance(content, str) else (text(part, "text") for part in items(content)):
            pieces.say(said_text)
        pieces.refuse(text(said, "refusal"))
        for position, call in enumerate(items(get(said, "tool_calls"))):
            index = whole(get(call, "index"))
            _add_call(pieces, position if index is None else index, get(call, "function"))
        if (call := get(said, "function_call")) is not None:
            _add_call(pieces, "function_call", call)
        pieces.finish_reason = text(choice, "finish_reason") or pieces.finish_reason


def _add_call(pieces: Pieces, key: object, function: object) -> None:
    pieces.add_call(key, text(function, "name"), text(function, "arguments"))
