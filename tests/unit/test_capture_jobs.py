from typing import Any

import pytest
from captures import OPENAI, RUN, capture, chat_usage, data_of, tokens_of

from meterlark.capture.attributes import Exchange
from meterlark.capture.batch import read_batch_line
from meterlark.capture.reader import Captured
from meterlark.capture.route import Skipped

PENDING = Skipped("the answer is still being made in the background")
USAGE = {"input_tokens": 30, "output_tokens": 12, "total_tokens": 42}
ZERO = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}


@pytest.mark.parametrize("status", ["validating", "in_progress", "finalizing", "cancelling"])
def test_a_batch_under_way_is_pending(status: str) -> None:
    """Its usage of zero would freeze under its id."""
    body = {"id": "batch_1", "status": status, "usage": ZERO}

    assert capture(f"{OPENAI}/batches", body) == PENDING
    assert capture(f"{OPENAI}/batches/batch_1", body, method="GET") == PENDING


@pytest.mark.parametrize("status", ["completed", "failed", "expired", "cancelled"])
def test_a_batch_that_ended_is_metered(status: str) -> None:
    """What was done before it failed is charged."""
    body = {"id": "batch_1", "created_at": 1790000000, "status": status, "usage": USAGE}

    data = data_of(f"{OPENAI}/batches/batch_1", body, method="GET")

    assert (data["operation"], data["total_tokens"], data["processing"]) == ("batch", 42, "batch")


def test_an_old_batch_reports_nothing() -> None:
    """Batches before September 2025."""
    assert isinstance(capture(f"{OPENAI}/batches/batch_1", {"id": "batch_1", "status": "completed"}, method="GET"), Skipped)


@pytest.mark.parametrize("status", ["queued", "in_progress", "requires_action"])
def test_a_run_under_way_is_pending(status: str) -> None:
    """It is asked for again."""
    assert capture(f"{OPENAI}/threads/t/runs", {**RUN, "status": status}) == PENDING


def test_a_run_is_metered_once_it_ended_and_its_steps_never() -> None:
    """The usage of a run is the sum of its steps."""
    body = {**RUN, "status": "completed", "usage": chat_usage(20, 5)}

    assert tokens_of(f"{OPENAI}/threads/t/runs/run_own", body, method="GET") == ("reported", 20, 5, 25)
    assert isinstance(capture(f"{OPENAI}/threads/t/runs/run_own/steps/step_1", body, method="GET"), Skipped)


def test_an_sdks_run_events_are_read() -> None:
    """They hold the object in `data`."""
    events = [
        {"event": "thread.run.created", "data": {**RUN, "status": "queued"}},
        {
            "event": "thread.run.step.completed",
            "data": {**RUN, "object": "thread.run.step", "status": "completed", "usage": chat_usage(1, 1)},
        },
        {"event": "thread.run.completed", "data": {**RUN, "status": "completed", "usage": chat_usage(20, 5)}},
    ]

    assert tokens_of(f"{OPENAI}/threads/runs", events=events) == ("reported", 20, 5, 25)
    assert capture(f"{OPENAI}/threads/runs", events=events[:2]) == PENDING


@pytest.mark.parametrize(
    ("url", "body", "expected"),
    [
        (
            f"{OPENAI}/videos/video_1",
            {"id": "video_1", "status": "completed", "seconds": "8", "size": "720x1280"},
            {"video_seconds": 8, "size": "720x1280"},
        ),
        (
            "https://api.x.ai/v1/videos/v1",
            {"status": "done", "video": {"duration": 1}, "usage": {"cost_in_usd_ticks": 500000000}},
            {"video_seconds": 1},
        ),
    ],
)
def test_a_video_is_charged_by_the_second(url: str, body: dict[str, Any], expected: dict[str, Any]) -> None:
    """Once it is done."""
    data = data_of(url, body, method="GET")

    assert data["usage_source"] == "reported"
    assert {name: data[name] for name in expected} == expected
    assert capture(url, {**body, "status": "queued"}, method="GET") == PENDING


def test_a_video_that_failed_is_not_charged() -> None:
    """There is nothing to count."""
    assert isinstance(capture(f"{OPENAI}/videos/video_1", {"id": "video_1", "status": "failed", "seconds": "8"}, method="GET"), Skipped)


def test_a_prediction_reports_tokens_or_seconds() -> None:
    """Replicate runs models of all kinds."""
    url = "https://api.replicate.com/v1/predictions/p1"
    metrics = {"input_token_count": 4, "output_token_count": 9, "predict_time": 2.811363}

    data = data_of(url, {"id": "p1", "status": "succeeded", "metrics": metrics}, method="GET")

    assert (data["input_tokens"], data["output_tokens"], str(data["compute_seconds"])) == (4, 9, "2.811363")
    assert capture(url, {"id": "p1", "status": "processing"}, method="GET") == PENDING


@pytest.mark.parametrize(
    ("url", "line"),
    [
        (
            f"{OPENAI}/chat/completions",
            {
                "id": "br_1",
                "custom_id": "a",
                "response": {"status_code": 200, "request_id": "r1", "body": {"id": "c1", "usage": chat_usage(3, 2)}},
            },
        ),
        (
            "https://api.anthropic.com/v1/messages",
            {"custom_id": "a", "result": {"type": "succeeded", "message": {"id": "m1", "usage": {"input_tokens": 3, "output_tokens": 2}}}},
        ),
        (
            "https://generativelanguage.googleapis.com/v1beta/models/gemini-3:generateContent",
            {"key": "a", "response": {"responseId": "g1", "usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 2}}},
        ),
    ],
)
def test_a_line_of_a_batch_is_an_answer_of_its_own(url: str, line: dict[str, Any]) -> None:
    """It is read as if its request had been sent alone, and says that it was not."""
    got = read_batch_line(line, Exchange(url=url, subject="acme"))

    assert isinstance(got, Captured)
    data = got.event["data"]
    assert (data["total_tokens"], data["custom_id"], data["processing"]) == (5, "a", "batch")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"custom_id": "a", "response": None, "error": {"code": "batch_expired"}}, "the line has no answer: batch_expired"),
        ({"custom_id": "a", "result": {"type": "errored", "error": {}}}, "the line has no answer: errored"),
        ({"response": {"status_code": 400, "body": {"error": {}}}}, "the status is 400; only a 2xx response is usage"),
    ],
)
def test_a_line_without_an_answer_says_why(line: dict[str, Any], reason: str) -> None:
    """Some requests of a batch fail."""
    assert read_batch_line(line, Exchange(url=f"{OPENAI}/chat/completions", subject="acme")) == Skipped(reason)
