import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meterlark.capture.asking import USAGE_EVENT_BYTES_MAX, UsageFilter, asking_usage, needs_asking
from meterlark.capture.route import Route, route_of

HIDDEN = (
    '{"choices":[],"usage":{"prompt_tokens":1}}',
    '{ "usage" : {"prompt_tokens": 1} , "choices" : [ ] }',
    '{"id":"c1","choices":[],"model":"delta","usage":{"prompt_tokens":1,"completion_tokens":2}}',
)
SHOWN = (
    '{"choices":[{"delta":{"content":"hi"}}]}',
    '{"choices":[{"delta":{"content":",\\"usage\\":null"}}]}',
    '{"choices":[{"delta":{"content":"\\"choices\\":[]"}}],"usage":{"prompt_tokens":1}}',
    '{"choices":[],"prompt_filter_results":[]}',
    '{"choices":[]}',
    '[{"choices":[]}]',
    '{"choices":[] is not JSON',
    '{"choices":[],"a":' + "[" * 10_000,
    "[DONE]",
)
NULLS = {
    '{"choices":[{"delta":{"content":"hi"}}],"usage":null}': '{"choices":[{"delta":{"content":"hi"}}]}',
    '{"id":"c1","usage":null,"choices":[{"delta":{}}],"obfuscation":"x"}': '{"id":"c1","choices":[{"delta":{}}],"obfuscation":"x"}',
    '{ "choices" : [{"delta": {}}] , "usage" : null }': '{ "choices" : [{"delta": {}}]  }',
    '{"choices":[],"prompt_filter_results":[],"usage":null}': '{"choices":[],"prompt_filter_results":[]}',
}
"""What a chunk says to whoever asked for usage, and to whoever did not."""


def stream(*data: str, end: str = "\n") -> bytes:
    """Return a stream of events with these data."""
    return "".join(f"data: {one}{end}{end}" for one in data).encode()


def filtered(*pieces: bytes) -> bytes:
    """Return what a filter shows of a whole stream."""
    shown = UsageFilter()
    return b"".join(map(shown.feed, pieces)) + shown.close()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_chunk_of_usage_alone_is_kept_back(hidden: str, end: str) -> None:
    """However it is written."""
    assert filtered(stream("a", hidden, "b", end=end)) == stream("a", "b", end=end)


@pytest.mark.parametrize("shown", SHOWN)
def test_every_other_event_passes(shown: str) -> None:
    """Also one that is no JSON: what to say of it is the SDK's business."""
    assert filtered(stream("a", shown, "b")) == stream("a", shown, "b")


@pytest.mark.parametrize(("asked", "unasked"), NULLS.items())
def test_a_chunk_does_not_say_that_usage_was_asked_for(asked: str, unasked: str) -> None:
    """The null is taken out, however it is written; what is in quotes is the model's own words and stays."""
    assert filtered(stream("a", asked, "b")) == stream("a", unasked, "b")
    assert filtered(stream(asked)[:-2]) == stream(unasked)[:-2]


def test_a_whole_event_passes_at_once() -> None:
    """The caller never waits for the next one."""
    shown = UsageFilter()
    assert [shown.feed(stream(one)) for one in SHOWN] == [stream(one) for one in SHOWN]


def test_what_is_too_long_for_a_usage_chunk_passes_unfinished() -> None:
    """Memory has a bound."""
    piece = b"data: " + b"x" * USAGE_EVENT_BYTES_MAX
    assert UsageFilter().feed(piece) == piece


def test_a_usage_chunk_that_the_end_cut_before_its_blank_line_is_kept_back() -> None:
    """Everything else that is unfinished passes at the end."""
    assert filtered(stream("a", HIDDEN[0]).removesuffix(b"\n")) == stream("a")
    assert filtered(stream("a", SHOWN[0])[:-9]) == stream("a", SHOWN[0])[:-9]


@given(
    st.lists(st.sampled_from((*HIDDEN, *SHOWN, *NULLS)), max_size=6),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.randoms(use_true_random=False),
)
def test_any_split_shows_the_same(data: list[str], end: str, random: Any) -> None:
    """A law: the filter sees bytes, and the network splits them where it likes."""
    whole = stream(*data, end=end)
    cuts = sorted(random.randrange(len(whole) + 1) for _ in range(random.randrange(8)))
    pieces = [whole[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(whole)], strict=True)]

    assert filtered(*pieces) == stream(*(NULLS.get(one, one) for one in data if one not in HIDDEN), end=end)


@pytest.mark.parametrize(
    ("given", "options"),
    [
        ({}, {"include_usage": True}),
        ({"stream_options": None}, {"include_usage": True}),
        ({"stream_options": {"include_usage": False}}, {"include_usage": True}),
        ({"stream_options": {"include_obfuscation": False}}, {"include_obfuscation": False, "include_usage": True}),
    ],
)
def test_a_stream_is_asked_for_usage(given: dict[str, Any], options: dict[str, Any]) -> None:
    """Other options stay, and so does everything else, digits included."""
    content = b'{"temperature":1.10,"seed":12345678901234567890123,"stream":true,' + json.dumps(given).encode()[1:]
    content = content.replace(b",}", b"}")

    asking = asking_usage(content)

    assert b'"temperature":1.10,"seed":12345678901234567890123,' in asking
    assert json.loads(asking) == {**json.loads(content), "stream_options": options}


@pytest.mark.parametrize(
    "content",
    [
        b'{"stream":true,"stream_options":{"include_usage":true}}',
        b'{"stream":false}',
        b'{"model":"gpt-4o"}',
        b'{"stream":"true"}',
        b'[{"stream":true}]',
        b"",
        b"no JSON",
        zlib.compress(b'{"stream":true}'),
        b'{"stream":true,"a":' + b"[" * 100_000,
    ],
)
def test_a_request_that_needs_no_asking_stays_as_it_is(content: bytes) -> None:
    """The very same bytes."""
    assert asking_usage(content) is content


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.openai.com/v1/chat/completions", True),
        ("https://api.openai.com/v1/completions", True),
        ("https://one.openai.azure.com/openai/deployments/four/chat/completions?api-version=2024-10-21", True),
        ("http://localhost:8000/v1/chat/completions", True),
        ("http://localhost:11434/v1/chat/completions", True),
        ("http://localhost:11434/api/chat", False),
        ("https://api.cohere.com/v1/chat", False),
        ("https://api.mistral.ai/v1/chat/completions", False),
        ("https://api.openai.com/v1/responses", False),
        ("https://api.anthropic.com/v1/messages", False),
    ],
)
def test_only_those_are_asked_who_do_not_tell_by_themselves(url: str, expected: bool) -> None:  # noqa: FBT001 - a parameter
    """And who know the name."""
    route = route_of("POST", url)
    assert isinstance(route, Route)
    assert needs_asking(route) is expected
