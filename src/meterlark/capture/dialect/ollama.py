"""Ollama's own API: `/api/chat`, `/api/generate` and `/api/embed`, whole or as lines of JSON.

The last line says `done` and how many tokens were evaluated. A prompt that came from the cache entirely has no `prompt_eval_count`: then
the input is unknown, not zero. There is no response id.
"""

from typing import Final

from meterlark.capture.answer import Reader, moment
from meterlark.capture.fields import compact, find, get, items, text
from meterlark.capture.usage import Shape

_COUNTS: Final = ("prompt_eval_count", "eval_count")

OLLAMA: Final = Shape(input=("prompt_eval_count",), output=("eval_count",))
"""Usage of an answer of text."""

OLLAMA_EMBEDDING: Final = Shape(input=("prompt_eval_count",), output=(), has_output=False)
"""Usage of an embedding."""


class OllamaReader(Reader):
    """Reads `/api/chat` and `/api/generate`."""

    shape = OLLAMA

    def add(self, message: object, kind: str = "") -> None:
        """Take the next line, or the whole answer, which looks the same."""
        self.model = self.model or text(message, "model")
        self.read_error(message)
        pieces = self.choice()
        for path in ("message.thinking", "message.content", "thinking", "response"):
            pieces.say(text(message, path))
        for call in items(find(message, "message.tool_calls")):
            pieces.add_call(len(pieces.calls), text(call, "function.name"), compact(find(call, "function.arguments")))
        counts = {name: count for name in _COUNTS if (count := get(message, name)) is not None}
        if counts:
            self.usage = counts
        # An embedding has no `done`; the moment of the last line is when the answer was made.
        if get(message, "done") is not False:
            self.has_ended = True
            pieces.finish_reason = text(message, "done_reason") or "stop"
            self.created = moment(get(message, "created_at"))

    def add_body(self, body: object) -> None:
        """Take a whole answer."""
        self.add(body)


class OllamaEmbeddingReader(OllamaReader):
    """Reads `/api/embed`."""

    shape = OLLAMA_EMBEDDING
    unread = frozenset({"embeddings", "embedding"})
