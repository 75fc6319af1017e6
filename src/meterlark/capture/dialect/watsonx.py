"""IBM watsonx.ai's own text generation, whole or streamed; its chat speaks OpenAI's format.

Each event of a stream repeats the number of tokens generated so far, and only the first has the input: the larger of two counts is the
later.
"""

from typing import Final

from meterlark.capture.answer import Reader, moment
from meterlark.capture.fields import get, items, text, whole
from meterlark.capture.usage import Shape

_COUNTS: Final = ("input_token_count", "generated_token_count")


class WatsonxReader(Reader):
    """Reads `/ml/v1/text/generation` and its stream."""

    shape = Shape(input=("input_token_count",), output=("generated_token_count",))

    def add(self, message: object, kind: str = "") -> None:
        """Take the next event, or the whole answer, which looks the same."""
        self.model = self.model or text(message, "model_id")
        self.created = self.created or moment(get(message, "created_at"))
        pieces = self.choice()
        for result in items(get(message, "results")):
            pieces.say(text(result, "generated_text"))
            reason = text(result, "stop_reason")
            pieces.finish_reason = reason if reason and reason != "not_finished" else pieces.finish_reason
            before = self.usage or {}
            counts = {name: count for name in _COUNTS if (count := whole(get(result, name))) is not None}
            self.usage = {**before, **{name: max(count, before.get(name, 0)) for name, count in counts.items()}}
        self.has_ended = pieces.finish_reason is not None

    def add_body(self, body: object) -> None:
        """Take a whole answer."""
        self.add(body)

    def is_usage_final(self) -> bool:
        """Tell whether the answer has ended; before, the counts are of what was sent so far."""
        return self.has_ended
