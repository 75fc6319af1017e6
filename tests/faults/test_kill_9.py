"""kill -9 of the real server under load, again and again on one folder: read through the API, nothing acknowledged is lost or doubled."""

import random
import threading
from pathlib import Path

import pytest
from audit import EVENT_TYPE, Account, Load, Stored, create_meter, find_violations, read_stored
from running_server import Address, RunningServer, event

KILLS = 25
EVENTS_BETWEEN_KILLS_MAX = 400
"""A kill comes after a random number of further acknowledged events below this."""

LATE_SECONDS_MAX = 0.03
"""And a random moment after that, which is longer than a commit takes."""


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_no_acknowledged_event_is_lost_or_doubled_by_25_kills(tmp_path: Path) -> None:
    """Four clients send batches again until they are acknowledged; after each restart and at the end the auditor finds nothing."""
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    account = Account()
    current: list[Address | None] = [None]
    load = Load(account, lambda: current[0])
    with RunningServer(tmp_path / "data") as server:
        create_meter(server)
        server.kill()
    load.start()
    try:
        for kill in range(KILLS):
            with RunningServer(tmp_path / "data") as server:
                current[0] = server
                load.wait_for(len(account.acknowledged) + chance.randrange(1, EVENTS_BETWEEN_KILLS_MAX))
                threading.Event().wait(chance.uniform(0, LATE_SECONDS_MAX))
                if kill % 5 == 4:
                    before = set(account.acknowledged)
                    assert before <= read_stored(server).numbers, f"seed {seed}, before kill {kill}"
                server.kill()
                current[0] = None
    finally:
        current[0] = None
        load.stop()

    with RunningServer(tmp_path / "data") as server:
        stored = read_stored(server)
        assert find_violations(account, stored) == [], f"seed {seed}"
        assert len(account.acknowledged) >= KILLS
        numbers = sorted(account.sent)
        for start in range(0, len(numbers), 1000):
            server.ingest([event(number, EVENT_TYPE, data={"number": number}) for number in numbers[start : start + 1000]])
        assert read_stored(server) == Stored(account.sent, len(account.sent)), "what was under way was stored once, now or before"
        assert server.stop() == 0


@pytest.mark.parametrize(
    ("stored", "violation"),
    [
        (Stored({"a", "b"}, 2), None),
        (Stored({"a", "b", "c"}, 3), None),
        (Stored({"a"}, 1), "lost: 1 acknowledged events, such as b"),
        (Stored({"a", "b"}, 3), "doubled: 3 events are counted, 2 are different"),
        (Stored({"a", "b", "x"}, 3), "invented: 1 events, such as x"),
    ],
)
def test_the_auditor_finds_what_is_wrong(stored: Stored, violation: str | None) -> None:
    """Of three events sent and two acknowledged: one lost, one doubled, one invented, or nothing."""
    account = Account(sent={"a", "b", "c"}, acknowledged={"a", "b"})

    assert find_violations(account, stored) == ([] if violation is None else [violation])


def test_the_auditor_sees_a_lost_and_a_doubled_event_through_the_api(tmp_path: Path) -> None:
    """With a server that holds one event less than was acknowledged, and one twice under another identity."""
    account = Account(sent={"1", "2"}, acknowledged={"1", "2"})
    with RunningServer(tmp_path / "data") as server:
        create_meter(server)
        for identity in ("1", "copy"):
            numbered = {"specversion": "1.0", "id": identity, "source": "s", "type": "audit", "subject": "a", "data": {"number": "1"}}
            assert server.ingest(numbered).status == 204

        found = find_violations(account, read_stored(server))

    assert [one.partition(":")[0] for one in found] == ["lost", "doubled"]
