"""The objects of OpenAI's SDK say the same as the JSON that they were made of."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response

from meterlark.capture.attributes import Exchange
from meterlark.capture.event import encode_event
from meterlark.capture.exchange import decode_record
from meterlark.capture.fields import decode
from meterlark.capture.reader import Captured, ExchangeReader
from meterlark.capture.sse import SseParser

FIXTURE = Path(__file__).parents[1] / "fixtures" / "usage_exchanges.jsonl"
RECORDS = [record for line in FIXTURE.read_bytes().splitlines() if (record := decode_record(line)).get("usage")]
BODIES = [record for record in RECORDS if isinstance(record.get("response"), dict) and record["endpoint"] != "embeddings"]
STREAMS = [record for record in RECORDS if record["endpoint"] == "chat/completions" and "response_sse" in record]


def event_of(record: dict[str, Any], *, body: object = None, chunks: tuple[object, ...] = ()) -> Any:
    """Return the event of an exchange as the value that its JSON has; an object may give its fields in another order."""
    reader = ExchangeReader(Exchange(url=record["url"], subject="acme"))
    for chunk in chunks:
        reader.add(chunk)
    if body is not None:
        reader.add_body(body)
    got = reader.close(fallback_id="own")
    assert isinstance(got, Captured)
    return msgspec.json.decode(encode_event(got.event))


@pytest.mark.parametrize("record", BODIES, ids=lambda record: record["name"])
def test_a_body_is_the_same_as_an_object(record: dict[str, Any]) -> None:
    """Chat completions and Responses."""
    kind: Any = ChatCompletion if record["endpoint"] == "chat/completions" else Response

    assert event_of(record, body=kind.construct(**record["response"])) == event_of(record, body=record["response"])


@pytest.mark.parametrize("record", STREAMS, ids=lambda record: record["name"])
def test_chunks_are_the_same_as_objects(record: dict[str, Any]) -> None:
    """Of a stream, too."""
    parser = SseParser()
    sent = [event.data for event in (*parser.feed(record["response_sse"].encode()), *parser.close())]
    chunks = [decode(data) for data in sent if data.startswith("{") and data.endswith("}")]
    made: list[Any] = [ChatCompletionChunk.construct(**chunk) for chunk in chunks]

    assert event_of(record, chunks=tuple(made)) == event_of(record, chunks=tuple(chunks))
