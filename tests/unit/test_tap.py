from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from meterlark.capture.attributes import Exchange
from meterlark.sdk.observation import Observation
from meterlark.sdk.tap import tap_stream


class Stream:
    """What a tap needs of a stream of OpenAI's SDK: a generator that asks for the events when it is first read."""

    def __init__(self, *texts: str) -> None:
        self.texts = texts
        self.response = SimpleNamespace(headers={})
        self._iterator = self.read()

    def _iter_events(self) -> Iterator[Any]:
        for text in self.texts:
            yield SimpleNamespace(data=text)

    def read(self) -> Iterator[str]:
        """Yield the texts."""
        for event in self._iter_events():
            yield event.data

    def close(self) -> None:
        """Do nothing."""


def seen(stream: Stream, *, hides_usage: bool = True) -> tuple[list[str], list[Observation]]:
    """Return what the caller of a tapped stream sees, and the observations that were handed over."""
    finished: list[Observation] = []
    exchange = Exchange(url="https://api.openai.com/v1/chat/completions", subject="acme", is_stream=True)
    tap_stream(stream, Observation(exchange, finished.append), hides_usage=hides_usage)
    return list(stream._iterator), finished


@pytest.mark.parametrize(
    "hidden",
    [
        '{"choices":[],"usage":{"prompt_tokens":1}}',
        '{ "usage" : {"prompt_tokens": 1} , "choices" : [] }',
        '{"id":"c1","choices":[],"model":"delta","usage":{"prompt_tokens":1,"completion_tokens":2}}',
    ],
)
def test_a_chunk_of_usage_alone_is_kept_back(hidden: str) -> None:
    """However it is written; only if the caller did not ask for it; and the meter gets it."""
    assert seen(Stream("a", hidden, "b"))[0] == ["a", "b"]
    assert seen(Stream("a", hidden, "b"), hides_usage=False)[0] == ["a", hidden, "b"]


@pytest.mark.parametrize(
    "shown",
    [
        '{"choices":[{"delta":{"content":"[]"}}],"usage":null}',
        '{"choices":[{"delta":{"content":"[]"}}],"usage":{"prompt_tokens":1}}',
        '{"choices":[],"prompt_filter_results":[]}',
        '{"choices":[],"usage":null}',
        '[{"choices":[]}]',
        "[]",
        "[] is not JSON",
        "[" * 100_000 + "[]",
        "[DONE]",
    ],
)
def test_every_other_event_passes(shown: str) -> None:
    """Also one that is no JSON: what to say of it is the SDK's business."""
    assert seen(Stream("a", shown))[0] == ["a", shown]


def test_a_stream_is_handed_over_once() -> None:
    """At its end."""
    assert len(seen(Stream("a"))[1]) == 1


def test_a_stream_that_nobody_has_read_is_handed_over_when_it_is_dropped() -> None:
    """Its generator was never entered by the caller."""
    finished: list[Observation] = []
    exchange = Exchange(url="https://api.openai.com/v1/chat/completions", subject="acme", is_stream=True)
    stream = Stream("a")
    tap_stream(stream, Observation(exchange, finished.append), hides_usage=False)
    del stream._iterator
    assert len(finished) == 1
