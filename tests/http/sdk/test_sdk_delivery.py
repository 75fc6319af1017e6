import gc
import logging
import os
import queue
import socket
import subprocess
import sys
import threading
import time
import weakref
from typing import Any

import pytest
from openai import OpenAI
from ports import free_port
from recording_ingest import RecordingIngest

from meterlark import Meter
from meterlark.model.errors import InvalidInputError
from meterlark.testing.provider import Provider

pytestmark = pytest.mark.usefixtures("quick_retries")

ASK: Any = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hi"}]}


def record(meter: Meter, number: int) -> None:
    """Meter one answer that is told from others by its number."""
    usage = {"prompt_tokens": number, "completion_tokens": 1, "total_tokens": number + 1}
    meter.record({"id": f"c{number}", "object": "chat.completion", "created": 1790000000, "model": "gpt-4o", "usage": usage})


def ids(ingest: RecordingIngest) -> list[str]:
    """Return the ids of what was taken."""
    return [event["id"] for event in ingest.events]


def test_events_are_sent_in_batches(ingest: RecordingIngest) -> None:
    """In order, none twice, no batch over its bound, with the key and the content type of a batch."""
    with Meter(ingest.url, key="secret-key", batch_events_max=10) as meter:
        for number in range(25):
            record(meter, number)
        assert meter.flush()
        stats = meter.stats()

    assert ids(ingest) == [f"c{number}" for number in range(25)]
    assert len(ingest.bodies) == 3
    assert {headers["content-type"] for headers in ingest.headers} == {"application/cloudevents-batch+json"}
    assert {headers["authorization"] for headers in ingest.headers} == {"Bearer secret-key"}
    assert (stats.queued, stats.sent, stats.dropped) == (0, 25, 0)


def test_a_single_event_does_not_wait_long(ingest: RecordingIngest) -> None:
    """Nobody has to flush."""
    with Meter(ingest.url, batch_wait_seconds=0.01) as meter:
        record(meter, 1)
        assert [event["id"] for event in ingest.wait(1)] == ["c1"]


def test_a_server_that_is_down_harms_no_call_and_gets_everything_later(caplog: pytest.LogCaptureFixture) -> None:
    """The events wait, the stats say so, and they arrive once the server is up."""
    port = free_port()
    with (
        Provider() as provider,
        OpenAI(base_url=provider.base_url, api_key="test") as bare,
        Meter(f"http://127.0.0.1:{port}", batch_wait_seconds=0.0) as meter,
    ):
        client = meter.wrap(bare)
        answers = [client.chat.completions.create(**ASK) for _ in range(3)]
        assert not meter.flush(0.05)
        assert (meter.stats().queued, meter.stats().sent, meter.stats().dropped) == (3, 0, 0)
        assert "refused" in meter.stats().last_error.lower()

        with RecordingIngest(port=port) as ingest:
            assert sorted(event["id"] for event in ingest.wait(3)) == sorted(answer.id for answer in answers)
            assert meter.flush()
            assert (meter.stats().queued, meter.stats().sent) == (0, 3)
            meter.close()

    warnings = [entry for entry in caplog.records if entry.levelno == logging.WARNING]
    assert len(warnings) == 1, "an outage is logged once, not once a retry"


@pytest.mark.parametrize("status", [500, 503, 429, 401, 404, 302])
def test_a_retry_sends_the_same_bytes(status: int) -> None:
    """The identity of an event does not change, so the server counts it once."""
    statuses = iter([status, status])
    with RecordingIngest(decide=lambda _: next(statuses, 204)) as ingest, Meter(ingest.url, batch_wait_seconds=0.0) as meter:
        record(meter, 1)
        assert meter.flush()
        stats = meter.stats()
        meter.close()

    assert len(ingest.bodies) == 3
    assert len(set(ingest.bodies)) == 1
    assert (stats.sent, stats.retries, stats.rejected) == (1, 2, 0)


def test_a_dropped_connection_is_opened_again(ingest: RecordingIngest, meter: Meter) -> None:
    """A server may close what is kept open at any time; that is no failure."""
    record(meter, 1)
    assert meter.flush()
    ingest.drop_connections()
    record(meter, 2)
    assert meter.flush()

    assert ids(ingest) == ["c1", "c2"]
    assert meter.stats().retries == 0


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_refused_event_does_not_cost_its_neighbours(status: int, caplog: pytest.LogCaptureFixture) -> None:
    """The batch is halved until the event at fault stands alone; that is counted and logged once."""

    def decide(events: list[dict[str, Any]]) -> int:
        return status if any(event["id"] in ("c7", "c8") for event in events) else 204

    with RecordingIngest(decide=decide) as ingest, Meter(ingest.url) as meter:
        for number in range(20):
            record(meter, number)
        assert meter.flush()
        stats = meter.stats()
        meter.close()

    assert ids(ingest) == [f"c{number}" for number in range(20) if number not in (7, 8)]
    assert (stats.sent, stats.rejected, stats.queued) == (18, 2, 0)
    assert stats.last_error == "told to refuse"
    assert [entry.levelname for entry in caplog.records if "refuses" in entry.message] == ["ERROR"]


def test_no_failure_of_the_network_ends_the_thread(ingest: RecordingIngest, meter: Meter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that nobody has thought of is logged and retried."""

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("unheard of")

    with monkeypatch.context() as patch:
        patch.setattr("meterlark.sdk.api.Api.request", fail)
        record(meter, 1)
        assert not meter.flush(0.05)
        assert "unheard of" in meter.stats().last_error

    assert meter.flush()
    assert ids(ingest) == ["c1"]


def test_a_full_queue_drops_and_counts() -> None:
    """Memory is bounded; the caller is not held up."""
    with Meter(f"http://127.0.0.1:{free_port()}", spool_dir=None, queue_events_max=10, exit_seconds=0.0) as meter:
        for number in range(25):
            record(meter, number)
        stats = meter.stats()

    assert (stats.queued, stats.dropped) == (10, 15)
    assert "10 events wait in memory already" in stats.last_error
    after = meter.stats()
    assert (after.queued, after.sent, after.dropped) == (0, 0, 25), "what could not be sent at the end is counted as dropped"


def test_a_server_that_does_not_answer_harms_no_call() -> None:
    """Nor does it hold up the end of the program for longer than allowed."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        meter = Meter(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout_seconds=0.3, batch_wait_seconds=0.0, exit_seconds=0.2)
        started = time.monotonic()
        for number in range(100):
            record(meter, number)
        assert time.monotonic() - started < 0.2
        meter.close()
        assert time.monotonic() - started < 5
        assert meter.stats().sent == 0


def test_a_closed_meter_counts_what_comes_later(ingest: RecordingIngest) -> None:
    """Closing twice, and metering afterwards, raises nothing."""
    meter = Meter(ingest.url)
    record(meter, 1)
    meter.close()
    meter.close()
    record(meter, 2)

    assert ids(ingest) == ["c1"]
    assert (meter.stats().sent, meter.stats().dropped) == (1, 1)


def test_many_threads_lose_nothing(ingest: RecordingIngest) -> None:
    """Every event of every thread, once."""
    with Meter(ingest.url) as meter:

        def work(first: int) -> None:
            for number in range(first, first + 200):
                record(meter, number)

        threads = [threading.Thread(target=work, args=(position * 200,)) for position in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert meter.flush(20)
        assert meter.stats().sent == 1600

    assert sorted(ids(ingest)) == sorted(f"c{number}" for number in range(1600))


def test_the_thread_starts_with_the_first_event(ingest: RecordingIngest) -> None:
    """Not at import, not when a meter is made; and it ends with the meter."""

    def is_running() -> bool:
        return any(thread.name.startswith("meterlark-") for thread in threading.enumerate())

    meter = Meter(ingest.url)
    assert meter.flush()
    assert not is_running()
    record(meter, 1)
    assert is_running()
    meter.close()
    assert not is_running()


def test_the_end_of_the_process_delivers_what_waits(ingest: RecordingIngest) -> None:
    """Without close and without flush."""
    program = (
        "import sys; from meterlark import Meter; meter = Meter(sys.argv[1], batch_wait_seconds=60)\n"
        "for number in range(5):\n"
        "    meter.record({'id': f'c{number}', 'usage': {'prompt_tokens': 1, 'completion_tokens': 1}})\n"
    )

    subprocess.run([sys.executable, "-W", "error", "-c", program, ingest.url], check=True, timeout=60)

    assert ids(ingest) == [f"c{number}" for number in range(5)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_meters_for_itself(ingest: RecordingIngest) -> None:
    """What the parent had queued is the parent's; the child has its own thread and counters."""
    program = (
        "import os, sys; from meterlark import Meter; meter = Meter(sys.argv[1], batch_wait_seconds=0.2)\n"
        "def record(name): meter.record({'id': name, 'usage': {'prompt_tokens': 1, 'completion_tokens': 1}})\n"
        "record('before'); assert meter.flush(); record('parent')\n"
        "child = os.fork()\n"
        "record('child' if child == 0 else 'after')\n"
        "assert meter.flush(20)\n"
        "assert meter.stats().sent == (1 if child == 0 else 3), meter.stats()\n"
        "if child == 0: os._exit(0)\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
    )

    subprocess.run([sys.executable, "-c", program, ingest.url], check=True, timeout=60)

    assert sorted(ids(ingest)) == ["after", "before", "child", "parent"]


def test_a_destructor_may_meter_at_any_time(ingest: RecordingIngest, meter: Meter) -> None:
    """The queue and its lock can be entered again by the collector, in the very thread that holds them."""

    class Dropped:
        """Meters when it is collected."""

        def __init__(self, number: int) -> None:
            self.number = number
            self.cycle = self

        def __del__(self) -> None:
            record(meter, self.number)
            recorded.put(self.number)

    # Of all queues the one that a destructor may enter at any time. The sender's thread collects too, and while it does, `collect` here
    # returns at once: the last destructors may still be under way.
    recorded: queue.SimpleQueue[int] = queue.SimpleQueue()
    threshold = gc.get_threshold()
    gc.set_threshold(1)
    try:
        for number in range(200):
            Dropped(number)
            record(meter, 1000 + number)
    finally:
        gc.set_threshold(*threshold)
    gc.collect()
    assert len({recorded.get(timeout=30) for _ in range(200)}) == 200

    assert meter.flush()
    assert meter.stats().sent == 400
    assert len(set(ids(ingest))) == 400


def test_a_meter_without_events_is_freed_after_close(ingest: RecordingIngest) -> None:
    """Nothing at the end of the process holds it."""
    meter = Meter(ingest.url)
    meter.close()
    freed = weakref.ref(meter)
    del meter
    gc.collect()

    assert freed() is None


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"url": "127.0.0.1:8888"}, "url"),
        ({"url": "ftp://host"}, "url"),
        ({"key": ""}, "key"),
        ({"key": "a\nb"}, "key"),
        ({"queue_events_max": 0}, "queue_events_max"),
        ({"batch_events_max": 0}, "batch_events_max"),
        ({"default_subject": ""}, "default_subject"),
        ({"event_type": "a\n"}, "event_type"),
    ],
)
def test_mistakes_at_start_are_said_at_start(arguments: dict[str, Any], field: str) -> None:
    """With the field that is wrong."""
    with pytest.raises(InvalidInputError) as caught:
        Meter(**arguments)
    assert caught.value.field == field
