"""Every recorded exchange is read as its provider reports it, or is listed with the reason why not.

The expected numbers are read here a second time, by plain code that knows nothing of the package: from the recorder's own `usage`, and
where a stream says its usage in two places, from the text of the stream.
"""

import gzip
import itertools
import json
import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from meterlark.capture.attributes import Exchange
from meterlark.capture.event import encode_event
from meterlark.capture.exchange import Captured, Skipped, decode_record, event_from_exchange
from meterlark.capture.reader import ExchangeReader
from meterlark.model.event import decode_event

REPOSITORY = Path(__file__).parents[2]
OWN = REPOSITORY / "tests" / "fixtures" / "usage_exchanges.jsonl"
RECORDED = Path(os.environ.get("METERLARK_DATA") or REPOSITORY.parent / "shared" / "data" / "exchanges")
FILES = ("openai", "azure", "anthropic", "google", "other")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SEED = 20260101
SINGLE_BYTES_MAX = 4096
"""Streams up to this length are also read byte by byte; the longer ones in random splits alone, because all of them have 9 MB."""

LISTED = Path(__file__).parent / "skipped_exchanges.txt"
"""A line for each file and outcome: how many of its exchanges are read, or are none of ours and why."""

SAID = frozenset(("content", "text", "prompt", "input", "instructions", "system", "arguments", "query"))
LONG_WORD = re.compile(r"[^\W\d_]{12,}")
"""Short words stand in names too."""

RECORDS_WITH_WORDS_MIN = 50
"""Of each recorded file; the least that one has is 60."""

REPORTS_THAT_ARE_NO_USAGE = re.compile(
    r"the status is [45][0-9][0-9]; only a 2xx response is usage"
    r"|the answer is still being made in the background"  # a batch in validation reports zeros
    r"|what a cache used is metered when it is made"  # and is repeated whenever the cache is asked for
)

Record = dict[str, Any]
Result = Captured | Skipped
Numbers = tuple[int | None, int | None]


def read(path: Path) -> list[Record]:
    """Return the records of a file."""
    content = path.read_bytes()
    return [decode_record(line) for line in (gzip.decompress(content) if path.suffix == ".gz" else content).splitlines()]


@pytest.fixture(scope="module", params=["own", *FILES])
def results(request: pytest.FixtureRequest) -> list[tuple[Record, Result]]:
    """Give our own invented exchanges, and the recorded ones if they are there, each with what became of it."""
    path = OWN if request.param == "own" else RECORDED / f"{request.param}.jsonl.gz"
    if not path.exists():
        pytest.skip("no recorded exchanges: set METERLARK_DATA to their folder to check all of them")
    return [(record, event_from_exchange(record, subject=record["repo"])) for record in read(path)]


def captured(results: list[tuple[Record, Result]]) -> list[tuple[Record, Record]]:
    """Return the records that became events, with these."""
    return [(record, got.event) for record, got in results if isinstance(got, Captured)]


def anthropic_usage(record: Record) -> Record:
    """Return the usage of a message; of a stream, the start's overwritten by the delta's."""
    merged: Record = {}
    for line in str(record.get("response_sse") or "").splitlines():
        sent = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
        for usage in (sent.get("message", {}).get("usage"), sent.get("usage")):
            merged |= {name: value for name, value in (usage or {}).items() if value is not None}
    return merged or dict(record["usage"])


def expected_numbers(record: Record) -> Numbers:
    """Return input and output as the provider's documentation defines them, read from the recorder's usage object."""
    usage = record["usage"]
    url, endpoint = record["url"], record["endpoint"]
    if "promptTokenCount" in usage:
        prompt = usage["promptTokenCount"] + usage.get("toolUsePromptTokenCount", 0)
        return prompt, usage.get("candidatesTokenCount", 0) + usage.get("thoughtsTokenCount", 0)
    if "total_input_tokens" in usage:
        return usage["total_input_tokens"] + usage["total_tool_use_tokens"], usage["total_output_tokens"] + usage["total_thought_tokens"]
    if "prompt_eval_count" in usage:
        return usage["prompt_eval_count"], usage["eval_count"] or 0
    if "billed_units" in usage:
        return usage["tokens"]["input_tokens"] + usage["tokens"].get("image_tokens", 0), usage["tokens"]["output_tokens"]
    if "inputTokens" in usage:
        cached = usage.get("cacheReadInputTokens", 0) + usage.get("cacheWriteInputTokens", 0)
        return usage["inputTokens"] + cached, usage["outputTokens"]
    if "/messages" in url or "anthropic_version" in (record.get("request") or {}):
        usage = anthropic_usage(record)
        cached = usage.get("cache_read_input_tokens", 0) + usage.get("cache_creation_input_tokens", 0)
        return usage["input_tokens"] + cached, usage["output_tokens"]
    if "totalTokenCount" in usage or set(usage) <= {"total_tokens", "cost"}:
        return usage.get("totalTokenCount", usage.get("total_tokens")), 0
    if record["provider"] == "mistral" and endpoint == "audio/transcriptions":
        return usage["prompt_tokens"] + usage["prompt_tokens_details"]["audio_tokens"], usage["completion_tokens"]
    default = 0 if endpoint in ("embeddings", "/v1/rerank") else None
    return usage.get("prompt_tokens", usage.get("input_tokens")), usage.get("completion_tokens", usage.get("output_tokens", default))


def test_every_reported_usage_is_captured_as_reported(results: list[tuple[Record, Result]]) -> None:
    """The numbers of an event are the provider's, for every exchange of which the recorder saw usage."""
    wrong = []
    for record, event in captured(results):
        if not record.get("usage"):
            continue
        data = event["data"]
        expected = expected_numbers(record)
        numbers = data.get("input_tokens"), data.get("output_tokens")
        raw = {name: value for name, value in record["usage"].items() if value is not None}
        is_raw_kept = {name: data["usage"].get(name) for name in raw} == raw
        if numbers != expected or data["usage_source"] != "reported" or not is_raw_kept:
            wrong.append((record["url"], expected, numbers, record["usage"], data["usage"]))

    assert not wrong


def test_nothing_with_usage_is_skipped_but_for_a_stated_reason(results: list[tuple[Record, Result]]) -> None:
    """A report that is none: of an error, of work not finished, of a cache that was paid for."""
    skipped = [(record["url"], got.reason) for record, got in results if isinstance(got, Skipped) and record.get("usage")]

    assert not [pair for pair in skipped if not REPORTS_THAT_ARE_NO_USAGE.fullmatch(pair[1])]


def test_every_exchange_is_an_event_or_listed_with_its_reason(results: list[tuple[Record, Result]], request: pytest.FixtureRequest) -> None:
    """How many are read, and how many are not for which reason, is what `skipped_exchanges.txt` says: a change of it is a decision."""
    file = request.node.callspec.params["results"]
    table = Counter(got.reason if isinstance(got, Skipped) else "read" for _, got in results)
    found = [f"{file:9} {number:5} {what}" for what, number in sorted(table.items())]

    assert table.total() == len(results)
    assert found == [line for line in LISTED.read_text(encoding="utf-8").splitlines() if line.split()[0] == file]


def test_the_parts_of_every_event_add_up_or_the_event_says_so(results: list[tuple[Record, Result]]) -> None:
    """A sum that the provider broke is reported, and no event without such a report breaks one."""
    problems: Counter[tuple[str, str]] = Counter()
    for record, event in captured(results):
        data = event["data"]
        problems.update((record["provider"], re.sub("[0-9]+", "N", problem)) for problem in data.get("usage_problems", ()))
        if "usage_problems" in data or data.get("total_tokens") is None or data.get("output_tokens") is None:
            continue
        assert data["total_tokens"] == data["input_tokens"] + data["output_tokens"], record["url"]
        assert data.get("cache_read_input_tokens", 0) + data.get("cache_creation_input_tokens", 0) <= data["input_tokens"], record["url"]
        assert data.get("reasoning_output_tokens", 0) <= data["output_tokens"], record["url"]
        assert (data["prompt_tokens"], data["completion_tokens"]) == (data["input_tokens"], data["output_tokens"])
    for (provider, problem), number in sorted(problems.items()):
        print(f"{number:5} {provider:24} {problem}")  # noqa: T201 - the summary


def test_every_stream_is_the_same_in_any_split(results: list[tuple[Record, Result]]) -> None:
    """In random pieces, the short ones byte by byte too."""
    random_number = random.Random(SEED)
    for record, got in results:
        if not isinstance(text := record.get("response_sse"), str) or isinstance(got, Skipped):
            continue
        content = text.encode()
        cuts = sorted(random_number.randrange(len(content) + 1) for _ in range(20))
        bounds = [0, *cuts, len(content)]
        pieces = [content[start:end] for start, end in itertools.pairwise(bounds)]
        whole = from_pieces(record, [content])

        assert from_pieces(record, pieces) == whole, (SEED, record["url"], cuts)
        if len(content) <= SINGLE_BYTES_MAX:
            assert from_pieces(record, [bytes([byte]) for byte in content]) == whole, record["url"]


def from_pieces(record: Record, pieces: list[bytes]) -> bytes:
    """Return the event of a recorded stream that comes in pieces."""
    reader = ExchangeReader(Exchange(method=record["method"], url=record["url"], provider=record["provider"], subject="x"))
    reader.begin(200, record["response_headers"] or {})
    for piece in pieces:
        reader.feed(piece)
    got = reader.close(fallback_id="x")
    assert isinstance(got, Captured)
    return encode_event(got.event)


def test_reading_a_record_twice_gives_the_same_bytes(results: list[tuple[Record, Result]]) -> None:
    """A second import adds nothing: the event is the same, byte by byte."""
    for record, event in captured(results):
        again = event_from_exchange(record, subject=record["repo"])
        assert isinstance(again, Captured)
        assert encode_event(again.event) == encode_event(event)


def test_the_server_accepts_every_event(results: list[tuple[Record, Result]]) -> None:
    """Every event passes the server's own decoder, and costs keep their digits."""
    for record, event in captured(results):
        decoded = decode_event(encode_event(event), namespace="default", received_at=NOW)

        assert decoded.id == event["id"]
        cost = event["data"].get("provider_cost")
        assert cost is None or isinstance(cost, int | Decimal), record["url"]


def test_no_word_of_prompt_or_answer_is_in_an_event(results: list[tuple[Record, Result]], request: pytest.FixtureRequest) -> None:
    """No long word that was said is in the event of the exchange; of our own fixture the secret words are known."""
    records_with_words = 0
    for record, event in captured(results):
        text = encode_event({**event, "subject": ""}).decode().lower()  # the subject is ours: the name of the recording's repository
        words = {word.lower() for said in said_in([record.get("request"), record.get("response")]) for word in LONG_WORD.findall(said)}
        assert not [word for word in words if word in text], record["url"]
        assert "a secret" not in text
        assert '"messages":' not in text
        assert '"content":' not in text
        records_with_words += bool(words)

    assert records_with_words >= RECORDS_WITH_WORDS_MIN or request.node.callspec.params["results"] == "own"


def said_in(value: Any, *, is_said: bool = False) -> Iterator[str]:
    """Find the texts of a request or an answer that somebody wrote or a model made."""
    if isinstance(value, str) and is_said:
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from said_in(inner, is_said=name in SAID)
    elif isinstance(value, list):
        for inner in value:
            yield from said_in(inner, is_said=is_said)
