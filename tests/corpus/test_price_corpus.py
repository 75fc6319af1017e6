import gzip
import os
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from meterlark.capture.exchange import Captured, decode_record, event_from_exchange
from meterlark.price_files import read_bundled_documents
from meterlark.pricing.book import PriceBook
from meterlark.pricing.cost import Cost, price_event
from meterlark.pricing.plan import Reason
from meterlark.pricing.usage import read_consumption

REPOSITORY = Path(__file__).parents[2]
RECORDED = Path(os.environ.get("METERLARK_DATA") or REPOSITORY.parent / "shared" / "data" / "exchanges")
FILES = ("openai.jsonl.gz", "azure.jsonl.gz")
OPERATIONS = ("chat", "responses")
"""The recordings of the others are largely of models that were retired before the first price document."""

Priced = tuple[dict[str, Any], Cost]


@pytest.fixture(scope="module")
def priced() -> list[Priced]:
    """Give the event data and the cost of every recorded chat and Responses exchange of OpenAI and Azure."""
    if not all((RECORDED / name).exists() for name in FILES):
        pytest.skip("no recorded exchanges: set METERLARK_DATA to their folder")
    book = PriceBook(read_bundled_documents())
    result: list[Priced] = []
    for name in FILES:
        for line in gzip.decompress((RECORDED / name).read_bytes()).splitlines():
            got = event_from_exchange(decode_record(line), subject="x")
            if isinstance(got, Captured) and got.event["data"]["operation"] in OPERATIONS and "time" in got.event:
                data = got.event["data"]
                result.append(
                    (data, price_event(book, read_consumption(data, datetime.fromisoformat(got.event["time"]), got.event["source"])))
                )
    assert len(result) > 1000  # else the folder holds something else
    return result


def test_usage_is_impossible_only_where_capture_says_so(priced: list[Priced]) -> None:
    """What the provider contradicted itself in has no cost; everything else splits into parts."""
    for data, cost in priced:
        is_impossible = any(unpriced.reason is Reason.IMPOSSIBLE_USAGE for unpriced in cost.unpriced)
        contradicts = any("more than the" in problem for problem in data.get("usage_problems", ()))
        assert is_impossible is contradicts, (data["usage"], cost.unpriced)


def test_recorded_usage_is_priced_by_the_returned_model(priced: list[Priced]) -> None:
    """Of the exchanges that name a model, 99 of 100 have a complete cost; the lines are the reported tokens."""
    named = [(data, cost) for data, cost in priced if data.get("response_model")]
    reasons = Counter(unpriced.reason for _, cost in named for unpriced in cost.unpriced)
    possible = [pair for pair in named if not any(unpriced.reason is Reason.IMPOSSIBLE_USAGE for unpriced in pair[1].unpriced)]
    complete = [(data, cost) for data, cost in possible if cost.is_complete]

    assert len(complete) >= 0.99 * len(possible), reasons
    for data, cost in complete:
        assert (
            sum(line.quantity for line in cost.lines if line.price.unit.endswith("_tokens")) == data["input_tokens"] + data["output_tokens"]
        )
