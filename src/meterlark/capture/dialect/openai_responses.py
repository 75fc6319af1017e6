"""OpenAI's Responses, whole, compacted, re-read in the background or streamed, and the servers that speak its format.

The usage stands in the event that ends the response (`response.completed`, `.incomplete`, `.failed`) and is null in those before; other
events may follow it. What hosted tools used, `tool_usage`, is not inside `usage` and is kept beside it.
"""

from typing import Final

from meterlark.capture.answer import Reader
from meterlark.capture.dialect.compatible import COMPATIBLE
from meterlark.capture.fields import find, get, items, number, plain, text, whole

TERMINAL: Final = frozenset({"response.completed", "response.incomplete", "response.failed", "response.cancelled"})
"""Types of the events that end a response."""

_PENDING: Final = frozenset({"queued", "in_progress"})
_FINISH: Final = {"completed": "stop", "incomplete": "incomplete"}
_CALLS: Final = {
    "web_search_call": "web_searches",
    "file_search_call": "storage_searches",
    "code_interpreter_call": "code_interpreter_calls",
    "image_generation_call": "image_generation_calls",
}
_TOOL_USAGE: Final = {
    "web_searches": "web_search.num_requests",
    "image_generation_input_tokens": "image_gen.input_tokens",
    "image_generation_output_tokens": "image_gen.output_tokens",
}


class ResponsesReader(Reader):
    """Reads `POST /responses` and its relatives."""

    shape = COMPATIBLE

    def add(self, message: object, kind: str = "") -> None:
        """Take the next event."""
        kind = text(message, "type") or kind
        response = get(message, "response")
        if response is not None:
            if kind in TERMINAL:
                # It repeats the whole answer; what the deltas said would otherwise count twice.
                self.pieces.clear()
                self.add_body(response)
            else:
                self._read_head(response)
            return
        if kind == "error":
            self.read_error({"error": message})
            return
        pieces = self.choice()
        if kind in ("response.output_text.delta", "response.reasoning_text.delta"):
            pieces.say(text(message, "delta"))
        elif kind == "response.refusal.delta":
            pieces.refuse(text(message, "delta"))
        elif kind == "response.function_call_arguments.delta":
            pieces.add_call(whole(get(message, "output_index")), "", text(message, "delta"))
        elif kind == "response.output_item.added" and text(message, "item.type") == "function_call":
            pieces.add_call(whole(get(message, "output_index")), text(message, "item.name"), "")

    def add_body(self, body: object) -> None:
        """Take a whole response."""
        self.read_error(body)
        status = text(body, "status") or "completed"
        self.is_pending = status in _PENDING
        self.has_ended = not self.is_pending
        pieces = self.choice()
        for position, item in enumerate(items(get(body, "output"))):
            self._read_item(item, position)
        pieces.finish_reason = _FINISH.get(status)
        # What the provider says of its tools overrides what the items show.
        self._read_head(body)

    def _read_head(self, response: object) -> None:
        self.read_head(response, created="created_at")
        self.take_usage(get(response, "usage"))
        if (tool_usage := plain(get(response, "tool_usage"))) is not None:
            self.beside["tool_usage"] = tool_usage
            for name, path in _TOOL_USAGE.items():
                if (quantity := number(find(tool_usage, path))) is not None:
                    self.quantities[name] = quantity

    def _read_item(self, item: object, position: int) -> None:
        kind = text(item, "type")
        pieces = self.choice()
        if kind == "function_call":
            pieces.add_call(position, text(item, "name"), text(item, "arguments"))
        elif kind in _CALLS and text(item, "action.type") in ("", "search"):
            # Opening a page that was found, and looking for a word in it, is not charged as a search.
            self.quantities[_CALLS[kind]] = (whole(self.quantities.get(_CALLS[kind])) or 0) + 1
            if (svg_usage := plain(get(item, "svg_usage"))) is not None:
                self.beside.setdefault("svg_usage", []).append(svg_usage)
        elif kind == "message":
            for part in items(get(item, "content")):
                pieces.say(text(part, "text"))
                pieces.refuse(text(part, "refusal"))
