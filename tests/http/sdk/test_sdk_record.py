from typing import Any

import pytest
from recording_ingest import RecordingIngest

from meterlark import Meter
from meterlark.tokens.encoding import Encoding
from meterlark.tokens.text import count_text

REQUEST: Any = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "When?"}]}
EMBEDDINGS = {"object": "list", "data": [], "model": "text-embedding-3-small", "usage": {"prompt_tokens": 8, "total_tokens": 8}}
MESSAGE = {"type": "message", "id": "msg_1", "model": "claude", "content": [], "usage": {"input_tokens": 3, "output_tokens": 4}}


def chunk(text: str, finish_reason: str | None = None) -> dict[str, Any]:
    """Return a chunk of a chat stream."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish_reason}
    return {"id": "chatcmpl-lark", "object": "chat.completion.chunk", "created": 1790000000, "model": "gpt-4o-mini", "choices": [choice]}


@pytest.mark.parametrize(
    ("last", "source", "text"), [([], "partial", "Larks sing"), ([chunk(".", "stop")], "counted", "Larks sing.")], ids=["given up", "ended"]
)
def test_a_stream_that_came_otherwise_is_counted(last: list[Any], source: str, text: str, meter: Meter, ingest: RecordingIngest) -> None:
    """As far as it came."""
    meter.record_stream([chunk("Larks"), chunk(" sing"), *last], customer="acme", request=REQUEST)

    assert meter.flush()
    [event] = ingest.events
    assert (event["id"], event["subject"], event["data"]["stream"]) == ("chatcmpl-lark", "acme", True)
    assert (event["data"]["usage_source"], event["data"]["output_tokens"]) == (source, count_text(text, Encoding.O200K))


def test_a_stream_that_came_otherwise_and_reports_is_exact(meter: Meter, ingest: RecordingIngest) -> None:
    """The usage may come alone."""
    usage = {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}
    meter.record_stream([chunk("Larks", "stop"), chunk("") | {"choices": [], "usage": usage}])

    assert meter.flush()
    assert [event["data"]["total_tokens"] for event in ingest.events] == [11]


@pytest.mark.parametrize(("answer", "operation", "tokens"), [(EMBEDDINGS, "embeddings", 8), (MESSAGE, "messages", 7)])
def test_an_answer_is_read_as_what_it_says_of_itself(
    answer: dict[str, Any], operation: str, tokens: int, meter: Meter, ingest: RecordingIngest
) -> None:
    """Each dialect counts in its own way."""
    meter.record(answer)

    assert meter.flush()
    assert [(event["data"]["operation"], event["data"]["total_tokens"]) for event in ingest.events] == [(operation, tokens)]


def test_chunks_that_cannot_be_read_harm_nobody(meter: Meter, ingest: RecordingIngest) -> None:
    """The defect is counted."""
    meter.record_stream([{"object": "chunk", "usage": object()}])

    assert meter.stats().failed == 1
    assert ingest.events == []
