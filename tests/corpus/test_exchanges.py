import gzip
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from meterlark.capture.event import encode_event
from meterlark.capture.exchange import Captured, Skipped, decode_record, event_from_exchange
from meterlark.model.event import decode_event

REPOSITORY = Path(__file__).parents[2]
OWN = REPOSITORY / "tests" / "fixtures" / "usage_exchanges.jsonl"
RECORDED = Path(os.environ.get("METERLARK_DATA") or REPOSITORY.parent / "shared" / "data" / "exchanges")
FILES = ("openai.jsonl.gz", "azure.jsonl.gz")
NOW = datetime(2026, 1, 1, tzinfo=UTC)

Record = dict[str, Any]


def read(path: Path) -> list[Record]:
    """Return the records of a file."""
    content = path.read_bytes()
    return [decode_record(line) for line in (gzip.decompress(content) if path.suffix == ".gz" else content).splitlines()]


@pytest.fixture(scope="module", params=["own", "recorded"])
def records(request: pytest.FixtureRequest) -> Iterator[list[Record]]:
    """Give our own invented exchanges, and the recorded ones if they are there."""
    if request.param == "own":
        yield read(OWN)
        return
    if not all((RECORDED / name).exists() for name in FILES):
        pytest.skip("no recorded exchanges: set METERLARK_DATA to their folder to check all of them")
    yield [record for name in FILES for record in read(RECORDED / name)]


def reports_usage(record: Record) -> bool:
    """Tell whether the recorder saw a successful chat or Responses answer with usage."""
    return record["endpoint"] in ("chat/completions", "responses") and 200 <= record["status"] < 300 and bool(record.get("usage"))


def captured(record: Record) -> Record:
    """Return the event of a record that has one."""
    got = event_from_exchange(record, subject=record["repo"])
    assert isinstance(got, Captured), (record["url"], got)
    return got.event


def test_every_reported_usage_is_captured_as_reported(records: list[Record]) -> None:
    """The numbers of an event are the provider's, for every successful exchange that reports usage."""
    wrong = []
    reporting = [record for record in records if reports_usage(record)]
    for record in reporting:
        usage, data = record["usage"], captured(record)["data"]
        expected = (
            usage.get("prompt_tokens", usage.get("input_tokens")),
            usage.get("completion_tokens", usage.get("output_tokens")),
            usage["total_tokens"],
        )
        numbers = (data["prompt_tokens"], data["completion_tokens"], data["total_tokens"])
        if numbers != expected or numbers[:2] != (data["input_tokens"], data["output_tokens"]) or data["usage"] != usage:
            wrong.append((record["url"], expected, numbers))

    assert not wrong
    assert len(reporting) in (13, 2334), "the number of reporting exchanges in our own fixture or in the recorded files has changed"


def test_every_other_exchange_is_skipped_with_a_reason(records: list[Record]) -> None:
    """What is not an event says why not, and nothing that reports usage is among it."""
    skipped = [(record, got) for record in records if isinstance(got := event_from_exchange(record, subject="x"), Skipped)]

    assert all(got.reason for _, got in skipped)
    assert not [record["url"] for record, _ in skipped if reports_usage(record)]
    assert len(skipped) == sum(not reports_usage(record) for record in records)


def test_reading_a_record_twice_gives_the_same_bytes(records: list[Record]) -> None:
    """A second import adds nothing: the event is the same, byte by byte."""
    reporting = [record for record in records if reports_usage(record)]

    assert [encode_event(captured(record)) for record in reporting] == [encode_event(captured(record)) for record in reporting]


def test_the_server_accepts_every_event(records: list[Record]) -> None:
    """Every event passes the server's own decoder, and identities are as many as distinct responses."""
    reporting = [record for record in records if reports_usage(record)]
    events = [decode_event(encode_event(captured(record)), namespace="default", received_at=NOW) for record in reporting]

    responses = {(record["provider"], record["url"].split("/")[2], event.id) for record, event in zip(reporting, events, strict=True)}
    assert len({(event.source, event.id) for event in events}) == len(responses)
    assert len(responses) in (12, 2323)


def test_no_word_of_prompt_or_answer_is_in_an_event(records: list[Record]) -> None:
    """Events carry numbers and names; of our own fixture the secret words are known."""
    text = b"".join(encode_event(captured(record)) for record in records if reports_usage(record))

    assert b"secret" not in text or len(records) > 100
    assert b'"messages"' not in text
    assert b'"content"' not in text
