from typing import Any

import pytest

from meterlark.capture.usage import read_usage


def test_chat_usage_is_read_with_its_details() -> None:
    """Chat completions name their numbers prompt and completion."""
    raw = {
        "prompt_tokens": 100,
        "completion_tokens": 40,
        "total_tokens": 140,
        "prompt_tokens_details": {"cached_tokens": 60, "cache_write_tokens": 5, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 30, "rejected_prediction_tokens": 2},
    }

    usage = read_usage(raw)

    assert usage is not None
    assert (usage.input_tokens, usage.output_tokens, usage.total_tokens) == (100, 40, 140)
    assert usage.details == {
        "cache_read_input_tokens": 60,
        "cache_creation_input_tokens": 5,
        "input_audio_tokens": 0,
        "reasoning_output_tokens": 30,
        "rejected_prediction_tokens": 2,
    }
    assert usage.problems == ()
    assert usage.raw == raw


def test_responses_usage_is_read_with_its_details() -> None:
    """The Responses API names its numbers input and output."""
    raw = {
        "input_tokens": 9,
        "input_tokens_details": {"cached_tokens": 4},
        "output_tokens": 3,
        "output_tokens_details": None,
        "total_tokens": 12,
    }

    usage = read_usage(raw)

    assert usage is not None
    assert (usage.input_tokens, usage.output_tokens, usage.total_tokens) == (9, 3, 12)
    assert usage.details == {"cache_read_input_tokens": 4}


@pytest.mark.parametrize(
    "raw",
    [
        None,
        7,
        [],
        {},
        {"prompt_tokens": None},
        {"prompt_tokens": True},
        {"prompt_tokens": -1},
        {"prompt_tokens": 1.5},
        {"input_tokens": "9"},
    ],
)
def test_what_is_not_a_count_is_no_usage(raw: Any) -> None:
    """A missing, negative, fractional or textual count is unknown, which is not zero."""
    assert read_usage(raw) is None


def test_a_missing_total_is_the_sum() -> None:
    """Some compatible servers leave the total out."""
    usage = read_usage({"prompt_tokens": 5, "completion_tokens": 2})

    assert usage is not None
    assert usage.total_tokens == 7


def test_sums_that_do_not_hold_are_reported_and_not_repaired() -> None:
    """The provider's numbers stay as they are; the contradiction is named."""
    usage = read_usage({"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 9, "prompt_tokens_details": {"cached_tokens": 6}})

    assert usage is not None
    assert (usage.input_tokens, usage.total_tokens, usage.details) == (5, 9, {"cache_read_input_tokens": 6})
    assert usage.problems == ("total_tokens is 9, input and output are 5 + 2", "cache_read_input_tokens is 6, more than the input's 5")
