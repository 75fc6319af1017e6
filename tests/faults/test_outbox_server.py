"""The server is killed, stopped, blackholed or slow: every event arrives exactly once, and the host notices nothing."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from ingest_process import Blackhole, IngestProcess
from metering_host import wait_until
from real_server import RealServer

from meterlark import Meter

pytestmark = pytest.mark.usefixtures("quick_retries")

COUNT = 300
CALL_SECONDS_MAX = 0.2
"""The longest that one call may be held up: less than any wait for a server here, more than a busy machine's hiccups."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RealServer]:
    """Give the real server, up."""
    with RealServer(tmp_path / "data") as running:
        yield running


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[IngestProcess]:
    """Give a server that can be told to be slow and to die at a moment of its work."""
    with IngestProcess(tmp_path / "journal") as running:
        yield running


@pytest.fixture
def meter(server: RealServer, tmp_path: Path) -> Iterator[Meter]:
    """Give a meter of the real server."""
    with small_meter(server.url, tmp_path) as running:
        yield running


def small_meter(url: str, folder: Path) -> Meter:
    """Return a meter whose memory is too small for what waits."""
    return Meter(
        url,
        spool_dir=folder / "spool",
        queue_events_max=COUNT // 3,
        timeout_seconds=0.3,
        batch_wait_seconds=0.01,
        handles_sigterm=False,
    )


def record(meter: Meter, first: int, count: int) -> float:
    """Meter numbered answers; return the seconds that the slowest call took."""
    slowest = 0.0
    for number in range(first, first + count):
        started = time.monotonic()
        usage = {"prompt_tokens": number, "completion_tokens": 1, "total_tokens": number + 1}
        meter.record({"id": f"c{number}", "object": "chat.completion", "created": 1790000000, "model": "gpt-4o", "usage": usage})
        slowest = max(slowest, time.monotonic() - started)
        if number % 20 == 19:
            # The disk is given time to take them, as calls of a model would.
            wait_until(lambda: meter.stats().queued == meter.stats().spooled)
    return slowest


def assert_all_arrived(meter: Meter, server: RealServer | IngestProcess, count: int) -> None:
    """Check that the server has each event once."""
    assert meter.flush(20)
    assert sorted(server.ids()) == sorted(f"c{number}" for number in range(count))
    stats = meter.stats()
    assert (stats.queued, stats.spooled, stats.sent, stats.dropped) == (0, 0, count, 0)


def test_a_killed_server_costs_nothing(server: RealServer, meter: Meter) -> None:
    """Killed in the middle of the traffic, started again."""
    record(meter, 0, COUNT)
    assert meter.flush(20)
    server.kill()
    slowest = record(meter, COUNT, COUNT)
    wait_until(lambda: meter.stats().retries > 0)
    assert (meter.stats().spooled, meter.stats().sent) == (COUNT, COUNT), "it was down"
    assert slowest < CALL_SECONDS_MAX
    server.start()

    assert_all_arrived(meter, server, 2 * COUNT)


def test_a_lost_answer_costs_nothing(stand_in: IngestProcess, tmp_path: Path) -> None:
    """The server takes a batch and dies before it says so: the batch is sent again, with the same content, and counts once."""
    stand_in.kill()
    stand_in.start(dies_after=1)
    with small_meter(stand_in.url, tmp_path) as meter:
        record(meter, 0, COUNT)
        assert stand_in.wait() == -9
        taken_twice = len(stand_in.taken())
        stand_in.start()

        assert_all_arrived(meter, stand_in, COUNT)
    assert taken_twice > 0
    assert stand_in.repeats() > 0, "no answer was lost"


def test_kills_at_any_moment_cost_nothing(server: RealServer, meter: Meter) -> None:
    """The real server is killed while it takes batches, whatever it had stored by then."""
    for round_number in range(4):
        record(meter, round_number * COUNT, COUNT)
        # Some of them are on their way.
        wait_until(lambda wanted=round_number * COUNT + 1: meter.stats().sent >= wanted)  # type: ignore[misc]
        server.kill()
        server.start()

    assert_all_arrived(meter, server, 4 * COUNT)


def test_a_stopped_server_costs_nothing(server: RealServer, meter: Meter) -> None:
    """Its kernel takes connections and nobody answers."""
    server.pause()
    slowest = record(meter, 0, COUNT)
    wait_until(lambda: meter.stats().retries > 0)
    assert "timed out" in meter.stats().last_error.lower()
    assert (meter.stats().spooled, meter.stats().sent) == (COUNT, 0), "it was stopped"
    assert slowest < CALL_SECONDS_MAX
    server.go_on()

    assert_all_arrived(meter, server, COUNT)


def test_a_blackholed_server_costs_nothing(server: RealServer, meter: Meter) -> None:
    """Not even a connection is refused."""
    server.kill()
    with Blackhole(server.port):
        slowest = record(meter, 0, COUNT)
        wait_until(lambda: meter.stats().retries > 0)
        assert "timed out" in meter.stats().last_error.lower()
        assert meter.stats().spooled == COUNT
        assert slowest < CALL_SECONDS_MAX
    server.start()

    assert_all_arrived(meter, server, COUNT)


def test_a_slow_server_holds_up_nobody(stand_in: IngestProcess, tmp_path: Path) -> None:
    """Events go to the disk while it thinks, though memory could not hold them."""
    stand_in.kill()
    stand_in.start(delay_seconds=0.7)
    with Meter(stand_in.url, spool_dir=tmp_path / "spool", queue_events_max=COUNT // 3, handles_sigterm=False) as meter:
        slowest = record(meter, 0, COUNT)
        assert meter.stats().spooled > COUNT // 3, "it was not slow"
        assert slowest < CALL_SECONDS_MAX

        assert_all_arrived(meter, stand_in, COUNT)
        assert meter.stats().retries == 0


def test_without_a_disk_the_same_outage_drops(server: RealServer) -> None:
    """So the tests of this file would notice; what is dropped is counted."""
    server.pause()
    with Meter(server.url, spool_dir=None, queue_events_max=COUNT // 3, timeout_seconds=0.3, exit_seconds=0.1) as meter:
        for number in range(COUNT):
            meter.record({"id": f"c{number}", "usage": {"prompt_tokens": 1, "completion_tokens": 1}})
        assert (meter.stats().queued, meter.stats().dropped) == (COUNT // 3, COUNT - COUNT // 3)
    server.go_on()
