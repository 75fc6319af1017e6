"""Read the output of a batch, in which every line is an answer of its own.

Either these lines are metered or the batch object is, never both: the usage of the object is their sum. A transport or gateway meters the
object, because the file of the lines passes by as any other file does; whoever wants usage by line (by `custom_id`, by customer) reads the
file with this (`meter.record_batch`), and calls the batch's endpoint through a client that is not metered. Anthropic's batches have no
usage but in their lines.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from meterlark.capture.attributes import Exchange
from meterlark.capture.fields import find, get, text
from meterlark.capture.reader import Captured, ExchangeReader
from meterlark.capture.route import Skipped

_ANSWERS: Final = ("response.body", "result.message", "response")
"""Where OpenAI, Anthropic and Gemini have the answer, in this order: OpenAI's is inside of what Gemini calls `response`."""


def answer_of(line: Mapping[str, Any]) -> object:
    """Return the answer in a line; None if it has none."""
    return next((found for path in _ANSWERS if (found := find(line, path)) is not None), None)


def read_batch_line(line: Mapping[str, Any], exchange: Exchange) -> Captured | Skipped:
    """Return what the answer in one line used.

    Args:
        line: A line of OpenAI's output file, of Anthropic's results, or of Gemini's result file, parsed.
        exchange: Its `url` is the endpoint that the batch was made for, as if the line's request had been sent there.
    """
    attributes = {**exchange.attributes, "processing": "batch"}
    custom_id = text(line, "custom_id") or text(line, "key")
    if custom_id:
        attributes["custom_id"] = custom_id
    reader = ExchangeReader(msgspec.structs.replace(exchange, attributes=attributes))
    body = answer_of(line)
    if body is None:
        return Skipped(f"the line has no answer: {text(line, 'result.type') or text(line, 'error.code') or 'an error'}")
    status = get(get(line, "response"), "status_code")
    reader.begin(status if isinstance(status, int) else 200, {"x-request-id": text(line, "response.request_id")})
    reader.add_body(body)
    return reader.close(fallback_id=text(line, "id"))
