from typing import Any

import pytest

from meterlark import Meter
from meterlark.integrations import calls
from meterlark.integrations.calls import Calls, chat_completion, guarded, provider_and_url, tool_call


@pytest.fixture
def meter() -> Meter:
    """Give a meter of no server."""
    return Meter("http://127.0.0.1:9", spool_dir=None, handles_sigterm=False)


def test_who_is_named_around_a_call_counts_first(meter: Meter) -> None:
    """Then who is named by the framework; what no event can carry is nobody."""
    running = Calls(meter)
    with meter.customer("block"):
        running.begin(1, {}, "metadata")
    running.begin(2, {}, "metadata")
    running.begin(3, {}, 17)

    assert [call.customer for key in (1, 2, 3) if (call := running.end(key)) is not None] == ["block", "metadata", ""]


def test_a_call_ends_once(meter: Meter) -> None:
    """What ends again, or was never begun, is none."""
    running = Calls(meter)
    running.begin("key", {"model": "gpt-4o"})

    assert running.get("key") is not None
    assert running.end("key") is not None
    assert running.end("key") is None
    assert running.end("other") is None


def test_calls_that_never_end_do_not_fill_the_memory(meter: Meter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest is forgotten, and that is counted."""
    monkeypatch.setattr(calls, "CALLS_MAX", 2)
    running = Calls(meter)
    for key in range(3):
        running.begin(key, {})

    assert running.get(0) is None
    assert running.get(2) is not None
    assert meter.stats().failed == 1


def test_an_error_of_ours_does_not_reach_the_framework(meter: Meter) -> None:
    """It is counted."""

    class Handler:
        """A handler with a defect."""

        def __init__(self) -> None:
            self.meter = meter

        @guarded
        def handle(self, event: Any) -> None:
            """Fail."""
            raise LookupError(event)

    Handler().handle("event")

    assert meter.stats().failed == 1
    assert "LookupError" in meter.stats().last_error


@pytest.mark.parametrize(
    ("name", "base_url", "expected"),
    [
        ("openai", "http://own/v1", ("openai", "http://own/v1")),
        ("google_genai", None, ("gemini", "https://generativelanguage.googleapis.com/v1beta")),
        ("novel", None, ("novel", "https://novel.invalid/v1")),
        (None, "", ("openai", "https://api.openai.com/v1")),
    ],
)
def test_where_a_call_went(name: object, base_url: object, expected: tuple[str, str]) -> None:
    """As the framework says, else as the provider is known; an unknown place is visibly none."""
    assert provider_and_url(name, base_url) == expected


def test_an_answer_without_an_end_is_a_chunk() -> None:
    """So that it is counted as what it is, a part."""
    told: dict[str, Any] = {
        "response_id": "r",
        "model": "gpt-4o",
        "text": "Larks",
        "tool_calls": [tool_call("sing", {"at": "dawn"})],
        "usage": None,
    }
    whole, part = chat_completion(**told), chat_completion(**told, finish_reason="")

    assert (whole["choices"][0]["finish_reason"], "delta" in whole["choices"][0]) == ("stop", False)
    assert (part["choices"][0]["finish_reason"], "message" in part["choices"][0]) == (None, False)
    assert whole["choices"][0]["message"]["tool_calls"][0]["function"] == {"name": "sing", "arguments": '{"at":"dawn"}'}
    assert "usage" not in whole
