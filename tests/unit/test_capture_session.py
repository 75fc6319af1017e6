from datetime import UTC, datetime
from typing import Any

from meterlark.capture.attributes import Exchange
from meterlark.capture.reader import Captured
from meterlark.capture.session import SessionReader

EXCHANGE = Exchange(url="wss://api.openai.com/v1/realtime?model=gpt-realtime", subject="acme")
USAGE = {
    "total_tokens": 253,
    "input_tokens": 132,
    "output_tokens": 121,
    "input_token_details": {"text_tokens": 119, "audio_tokens": 13, "cached_tokens": 64, "cached_tokens_details": {"text_tokens": 64}},
    "output_token_details": {"text_tokens": 30, "audio_tokens": 91},
}
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def events_of(*sent: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the events of a session."""
    session = SessionReader(EXCHANGE)
    got = [*(session.add(event, at=NOW) for event in sent), *session.close(at=NOW)]
    return [one.event for one in got if isinstance(one, Captured)]


def test_every_realtime_response_is_one_event() -> None:
    """Under its own id, with audio and text apart."""
    done = [{"type": "response.done", "response": {"id": f"resp_{i}", "status": "completed", "usage": USAGE}} for i in (1, 2)]

    first, second = events_of(*done)

    data = first["data"]
    assert (first["id"], second["id"], first["time"]) == ("resp_1", "resp_2", "2026-01-01T00:00:00Z")
    assert first["source"] == "openai:https://api.openai.com/v1"
    assert (data["operation"], data["model"], data["input_tokens"], data["output_tokens"]) == ("realtime", "gpt-realtime", 132, 121)
    assert (data["input_audio_tokens"], data["output_audio_tokens"], data["cache_read_input_tokens"]) == (13, 91, 64)
    assert "usage_problems" not in data


def test_the_transcription_of_the_user_is_an_event() -> None:
    """Another model makes it."""
    session = {"type": "session.updated", "session": {"id": "s", "audio": {"input": {"transcription": {"model": "whisper-1"}}}}}
    done = {
        "type": "conversation.item.input_audio_transcription.completed",
        "item_id": "item_1",
        "content_index": 0,
        "usage": {"type": "duration", "seconds": 3.5},
    }

    (event,) = events_of(session, done)

    assert (event["id"], event["data"]["model"], event["data"]["operation"]) == ("item_1:0", "whisper-1", "transcription")
    assert str(event["data"]["input_audio_seconds"]) == "3.5"


def test_lives_seconds_are_cumulative() -> None:
    """The last count is the usage of the session, once."""
    sent: list[dict[str, Any]] = [{"type": "session.created", "session": {"id": "sess_1"}}]
    sent += [{"type": "session.usage.updated", "usage": {"seconds": seconds}} for seconds in (10, 20)]

    (event,) = events_of(*sent, {"type": "session.closed", "usage": {"seconds": 25}})

    assert (event["id"], event["data"]["operation"], event["data"]["audio_seconds"]) == ("sess_1", "live", 25)


def test_responses_over_a_connection_are_events() -> None:
    """In Live they come wrapped; the steered one ends as incomplete, and its successor begins."""
    sent = [
        {
            "type": f"response.{status}",
            "response": {"id": f"r_{status}", "status": status, "usage": {"input_tokens": 2, "output_tokens": 1}},
        }
        for status in ("incomplete", "completed")
    ]

    events = events_of(sent[0], {"type": "response.event", "event": sent[1]})

    assert [(event["id"], event["data"]["operation"]) for event in events] == [("r_incomplete", "responses"), ("r_completed", "responses")]


def test_a_response_under_way_at_the_end_is_partial() -> None:
    """What arrived of it is counted."""
    sent: list[dict[str, Any]] = [
        {"type": "response.created", "response": {"id": "r1", "status": "in_progress"}},
        {"type": "response.output_text.delta", "delta": "Hello world"},
    ]

    (event,) = events_of(*sent)

    assert (event["id"], event["data"]["usage_source"], event["data"]["output_tokens"]) == ("r1", "partial", 2)
