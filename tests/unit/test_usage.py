from decimal import Decimal
from typing import Any

import msgspec
import pytest

from meterlark.capture.dialect.compatible import COMPATIBLE, INPUT_ONLY
from meterlark.capture.usage import Shape, Sum, Usage
from meterlark.capture.usage import read_usage as read_shaped


def read_usage(raw: Any, shape: Shape = COMPATIBLE) -> Usage | None:
    """Read a usage object of OpenAI's APIs."""
    return read_shaped(raw, shape)


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


def test_no_more_than_the_total_is_known_of_an_input() -> None:
    """Embeddings of some servers report nothing else, and it is their input."""
    usage = read_usage({"total_tokens": 7}, INPUT_ONLY)

    assert usage is not None
    assert (usage.input_tokens, usage.output_tokens, usage.total_tokens) == (7, 0, 7)


def test_an_unknown_side_stays_unknown() -> None:
    """It is not zero, and there is no sum to check."""
    usage = read_usage({"prompt_tokens": 7, "total_tokens": 9})

    assert usage is not None
    assert (usage.input_tokens, usage.output_tokens, usage.total_tokens, usage.problems) == (7, None, 9, ())


def test_parts_beside_the_whole_are_added() -> None:
    """A shape says which; alone they make a whole too."""
    shape = Shape(input=("new",), output=("out",), input_adds=("cache_read_input_tokens",), parts={"cache_read_input_tokens": ("hit",)})

    whole, alone = read_usage({"new": 3, "hit": 4, "out": 1}, shape), read_usage({"hit": 4, "out": 1}, shape)

    assert whole is not None
    assert alone is not None
    assert (whole.input_tokens, whole.total_tokens, alone.input_tokens) == (7, 8, 4)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (
            {"prompt_cache_hit_tokens": 2, "prompt_cache_miss_tokens": 4},
            "input_tokens is 5, its parts are 2 (cache_read_input_tokens) + 4 (uncached_input_tokens)",
        ),
        (
            {"prompt_tokens_details": {"text_tokens": 3, "audio_tokens": 1}},
            "input_tokens is 5, its parts are 3 (input_text_tokens) + 1 (input_audio_tokens)",
        ),
        (
            {"prompt_tokens_details": {"cache_write_tokens": 4, "cache_write_tokens_details": {"ttl_30m": 1}}},
            "cache_creation_input_tokens is 4, its parts are 1 (cache_creation_30m_input_tokens)",
        ),
        ({"prompt_cache_hit_tokens": 2, "prompt_cache_miss_tokens": 3, "prompt_tokens_details": {"audio_tokens": 1}}, None),
    ],
)
def test_disjoint_parts_add_up_to_the_whole(raw: dict[str, Any], problem: str | None) -> None:
    """A provider that gives them all promises it."""
    usage = read_usage({"prompt_tokens": 5, "completion_tokens": 1, "total_tokens": 6, **raw})

    assert usage is not None
    assert usage.problems == ((problem,) if problem else ())


def test_parts_that_exclude_each_other_fit_the_whole_together() -> None:
    """Also where the provider does not give all of them."""
    details = {"cached_tokens": 4, "cache_write_tokens": 3, "audio_tokens": 2}
    usage = read_usage({"prompt_tokens": 5, "completion_tokens": 1, "total_tokens": 6, "prompt_tokens_details": details})

    assert usage is not None
    assert usage.problems == ("4 (cache_read_input_tokens) + 3 (cache_creation_input_tokens) are more than the input's 5",)


def test_a_sum_may_leave_details_out() -> None:
    """And says so when it does not hold."""
    shape = Shape(
        input=("in",),
        output=("out",),
        output_adds=("reasoning_output_tokens",),
        parts={"reasoning_output_tokens": ("thoughts",), "output_text_tokens": ("by.text",)},
        lists=("by",),
        sums=(Sum(("output_text_tokens",), "output_tokens", less=("reasoning_output_tokens",)),),
    )
    raw = {"in": 1, "out": 4, "thoughts": 9, "by": [{"modality": "TEXT", "tokenCount": 3}, {"modality": "TEXT", "tokens": 1}, 7]}

    good, bad = read_usage(raw, shape), read_usage({**raw, "out": 5}, shape)

    assert good is not None
    assert bad is not None
    assert (good.output_tokens, good.problems) == (13, ())
    assert bad.problems == ("output_tokens without reasoning_output_tokens is 5, its parts are 4 (output_text_tokens)",)


@pytest.mark.parametrize(
    ("raw", "cost"),
    [
        ({"cost": 3.4e-07}, "3.4E-7"),
        ({"cost": Decimal("0.0000003400")}, "3.400E-7"),
        ({"cost": {"total_cost": 0.00028, "currency": "USD"}}, "0.00028"),
        ({"cost_in_usd_ticks": 33534000}, "0.0033534"),
        ({"pydantic_ai_gateway": {"cost_estimate": 0.5}}, "0.5"),
        ({"cost": "free"}, "None"),
        ({}, "None"),
    ],
)
def test_the_providers_cost_is_exact(raw: dict[str, Any], cost: str) -> None:
    """In US dollars, however it is written."""
    usage = read_usage({"prompt_tokens": 1, "completion_tokens": 1, **raw})

    assert usage is not None
    assert str(usage.cost) == cost


def test_raw_numbers_survive_the_wire() -> None:
    """The raw object can be encoded with every digit."""
    raw = msgspec.json.decode(b'{"prompt_tokens":1,"x":0.1000}', type=dict[str, Decimal])

    usage = read_usage(raw)

    assert usage is not None
    assert str(usage.raw["x"]) == "0.1000"
