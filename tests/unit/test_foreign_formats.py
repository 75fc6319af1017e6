"""Rows of LiteLLM, Helicone, Langfuse and OpenAI's organisation usage, as events; each row says why when it is none."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from meterlark.capture.event import encode_event
from meterlark.capture.foreign import helicone, langfuse, litellm
from meterlark.capture.foreign.openai_organization import COST_TYPE, USAGE_TYPE, Result, buckets, event_from_result, results
from meterlark.capture.foreign.row import Event, UnreadableError
from meterlark.capture.route import Skipped
from meterlark.config import OPENAI_COST_TYPE, OPENAI_USAGE_TYPE
from meterlark.model.event import decode_event

LITELLM = {
    "request_id": "chatcmpl-1",
    "call_type": "acompletion",
    "spend": Decimal("0.000012345678901234567"),
    "total_tokens": 30,
    "prompt_tokens": 20,
    "completion_tokens": 10,
    "startTime": "2026-11-01T10:00:00.123000Z",
    "model": "azure/gpt-4o-2024-08-06",
    "model_group": "gpt-4o",
    "custom_llm_provider": "azure",
    "end_user": "acme",
    "user": "ops",
    "cache_hit": "None",
    "status": "success",
    "metadata": {"usage_object": {"prompt_tokens_details": {"cached_tokens": 8}, "completion_tokens_details": {"reasoning_tokens": 4}}},
}
HELICONE = {
    "response_id": "r-1",
    "response_status": 200,
    "request_created_at": "2026-11-01T10:00:00.000Z",
    "request_user_id": "acme",
    "provider": "OPENAI",
    "response_model": "gpt-4o-2024-08-06",
    "prompt_tokens": 20,
    "completion_tokens": 10,
    "total_tokens": 30,
    "cost": "0.001",
}
LANGFUSE = {
    "id": "obs-1",
    "projectId": "p1",
    "type": "GENERATION",
    "startTime": "2026-11-01T10:00:00.000Z",
    "model": "gpt-4o",
    "userId": "acme",
    "usageDetails": '{"input": 12, "input_cached_tokens": 8, "output": 6, "output_reasoning_tokens": 4, "total": 30}',
    "totalCost": "0.001",
}
BUCKET = {
    "object": "bucket",
    "start_time": 1793491200,
    "end_time": 1793577600,
    "results": [
        {
            "object": "organization.usage.completions.result",
            "input_tokens": 1000,
            "output_tokens": 500,
            "input_cached_tokens": 800,
            "num_model_requests": 5,
            "project_id": "proj_a",
            "model": "gpt-4o-2024-08-06",
            "batch": False,
            "user_id": None,
        },
        {"object": "organization.costs.result", "amount": {"value": Decimal("0.06"), "currency": "usd"}, "line_item": "gpt-4o, input"},
    ],
}
NOW = datetime(2026, 12, 1, tzinfo=UTC)


def event(found: Event | Skipped) -> Event:
    """Return an event, which the server's own reader must accept."""
    assert not isinstance(found, Skipped), found
    decode_event(encode_event(found), namespace="default", received_at=NOW)
    return found


def reason(found: Event | Skipped) -> str:
    """Return why a row is no event."""
    assert isinstance(found, Skipped), found
    return found.reason


def test_a_row_of_litellm_is_an_exchange() -> None:
    """Input includes what was cached; the provider has our name and the model none before it."""
    found = event(litellm.event_from_row(LITELLM))

    assert (found["id"], found["source"], found["subject"]) == ("chatcmpl-1", "litellm-spend-logs", "acme")
    assert found["time"] == "2026-11-01T10:00:00.123000Z"
    assert found["data"] == {
        "provider": "azure",
        "operation": "chat",
        "model": "gpt-4o-2024-08-06",
        "request_model": "gpt-4o",
        "usage_source": "imported",
        "imported_from": "litellm",
        "input_tokens": 20,
        "prompt_tokens": 20,
        "output_tokens": 10,
        "completion_tokens": 10,
        "total_tokens": 30,
        "cache_read_input_tokens": 8,
        "reasoning_output_tokens": 4,
        "recorded_cost": "0.000012345678901234567",
    }


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"request_id": ""}, "request_id"),
        ({"status": "failure"}, "failed"),
        ({"metadata": {"status": "failure"}}, "failed"),
        ({"cache_hit": "True"}, "own cache"),
        ({"total_tokens": 0}, "no tokens"),
        ({"startTime": None}, "startTime"),
    ],
    ids=str,
)
def test_a_row_of_litellm_that_is_no_usage_says_why(change: dict[str, Any], part: str) -> None:
    """A failed call or one from LiteLLM's cache costs nothing at the provider."""
    assert part in reason(litellm.event_from_row(LITELLM | change))


def test_a_count_of_litellm_that_is_no_number_ends_the_row() -> None:
    """It is not taken for 0."""
    with pytest.raises(UnreadableError, match="prompt_tokens"):
        litellm.event_from_row(LITELLM | {"prompt_tokens": "many"})


def test_a_row_of_helicone_is_an_exchange() -> None:
    """Under the response's id, with what Helicone thought that it costs."""
    found = event(helicone.event_from_row(HELICONE))

    assert (found["id"], found["source"], found["subject"]) == ("r-1", "helicone", "acme")
    assert found["data"]["provider"] == "openai"
    assert (found["data"]["input_tokens"], found["data"]["output_tokens"], found["data"]["total_tokens"]) == (20, 10, 30)
    assert found["data"]["recorded_cost"] == "0.001"


@pytest.mark.parametrize(
    ("total", "read", "expected"),
    [(30, 8, 20), (38, 8, 28), (None, 50, 70), (None, 8, 20)],
    ids=[
        "inside, as the total says",
        "beside, as the total says",
        "beside, as they cannot be inside",
        "inside, as nothing speaks against it",
    ],
)
def test_cached_tokens_of_helicone_are_counted_once(total: int | None, read: int, expected: int) -> None:
    """Whether they stand inside or beside the prompt."""
    found = event(helicone.event_from_row(HELICONE | {"total_tokens": total, "prompt_cache_read_tokens": read}))

    assert found["data"]["input_tokens"] == expected
    assert found["data"]["total_tokens"] == expected + 10


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"response_status": 500}, "500"),
        ({"response_status": None}, "None"),
        ({"response_id": None}, "response_id"),
        ({"cache_reference_id": "5e5f1a3c-0000-4000-8000-000000000000"}, "own cache"),
        ({"prompt_tokens": None, "completion_tokens": None}, "no tokens"),
        ({"request_created_at": ""}, "request_created_at"),
    ],
    ids=str,
)
def test_a_row_of_helicone_that_is_no_usage_says_why(change: dict[str, Any], part: str) -> None:
    """Only a 2xx answer of the provider is usage."""
    assert part in reason(helicone.event_from_row(HELICONE | change))


def test_a_generation_of_langfuse_is_an_exchange() -> None:
    """The entries of its details are disjoint; together they are input and output."""
    found = event(langfuse.event_from_row(LANGFUSE))

    assert (found["id"], found["source"], found["subject"]) == ("obs-1", "langfuse:p1", "acme")
    data = found["data"]
    assert (data["input_tokens"], data["output_tokens"], data["total_tokens"]) == (20, 10, 30)
    assert (data["cache_read_input_tokens"], data["reasoning_output_tokens"]) == (8, 4)
    assert "provider" not in data


def test_an_old_row_of_langfuse_has_columns_of_its_own() -> None:
    """Where there are no details."""
    old = {**LANGFUSE, "usageDetails": "", "inputUsage": "20", "outputUsage": "10", "totalUsage": ""}

    assert event(langfuse.event_from_row(old))["data"]["total_tokens"] == 30


@pytest.mark.parametrize(
    ("change", "part"),
    [({"type": "SPAN"}, "SPAN"), ({"id": ""}, "id"), ({"startTime": ""}, "startTime"), ({"usageDetails": "{}"}, "no usage")],
    ids=str,
)
def test_a_row_of_langfuse_that_is_no_usage_says_why(change: dict[str, Any], part: str) -> None:
    """A span repeats the usage of what is inside it."""
    assert part in reason(langfuse.event_from_row(LANGFUSE | change))


def test_a_result_of_the_organisation_stands_for_many_requests() -> None:
    """So it has a type of its own, and its requests are a quantity."""
    [usage, _] = results(BUCKET)

    found = event(event_from_result(usage, now=NOW))

    assert (found["type"], found["subject"], found["time"]) == (USAGE_TYPE, "proj_a", "2026-11-01T00:00:00Z")
    assert found["data"] == {
        "kind": "usage.completions",
        "project_id": "proj_a",
        "model": "gpt-4o-2024-08-06",
        "batch": "false",
        "input_tokens": 1000,
        "output_tokens": 500,
        "input_cached_tokens": 800,
        "requests": 5,
        "total_tokens": 1500,
    }


def test_a_cost_of_the_organisation_is_an_amount() -> None:
    """With its currency and line."""
    [_, cost] = results(BUCKET)

    found = event(event_from_result(cost, now=NOW))

    assert found["type"] == COST_TYPE
    assert found["data"] == {
        "kind": "costs",
        "line_item": "gpt-4o, input",
        "amount": Decimal("0.06"),
        "amount_exported": "0.06",
        "currency": "USD",
    }


def test_an_amount_with_more_places_than_a_quantity_is_rounded_and_kept() -> None:
    """Exports write floats with the noise of their last digits."""
    row = {"object": "organization.costs.result", "amount": {"value": Decimal("0.00013080438340307526"), "currency": "usd"}}

    data = event(event_from_result(Result(NOW, NOW, row), now=NOW))["data"]

    assert (data["amount"], data["amount_exported"]) == (Decimal("0.000130804383403075"), "0.00013080438340307526")


def test_a_bucket_that_is_not_over_is_left_out() -> None:
    """It grows, and would then contradict itself."""
    [usage, _] = results(BUCKET)

    assert "not over" in reason(event_from_result(usage, now=datetime(2026, 11, 1, 12, tzinfo=UTC)))


def test_results_of_one_bucket_are_told_apart_by_their_groups() -> None:
    """And the same result is the same event, whatever the order of its members."""
    [usage, cost] = results(BUCKET)
    turned = Result(usage.start, usage.end, dict(reversed(list(usage.row.items()))))

    first, again, other = (event_from_result(one, now=NOW) for one in (usage, turned, cost))

    assert event(first)["id"] == event(again)["id"] != event(other)["id"]


def test_a_page_and_a_bucket_alone_are_read() -> None:
    """As people save them."""
    assert [*buckets({"object": "page", "data": [BUCKET]})] == [*buckets(BUCKET)] == [BUCKET]


def test_a_bucket_without_times_is_unreadable() -> None:
    """Its usage belongs to no day."""
    with pytest.raises(UnreadableError, match="start_time"):
        list(results({**BUCKET, "start_time": None}))


def test_the_configured_meters_measure_these_types() -> None:
    """The names stand in two places, because the SDK reads settings without loading formats."""
    assert (USAGE_TYPE, COST_TYPE) == (OPENAI_USAGE_TYPE, OPENAI_COST_TYPE)
