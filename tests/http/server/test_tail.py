"""`GET /api/v1/events/tail`: stored events as they come."""

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest
from running_server import RunningServer, event

SECONDS_MAX = 20


class Tail:
    """One open tail."""

    def __init__(self, server: RunningServer, query: str = "", headers: dict[str, str] | None = None) -> None:
        self.connection = http.client.HTTPConnection(server.host, server.port, timeout=SECONDS_MAX)
        self.connection.request("GET", f"/api/v1/events/tail{query}", headers=headers or {})
        self.response = self.connection.getresponse()
        assert self.response.readline() == b":\n"
        assert self.response.readline() == b"\n"

    def next(self) -> tuple[int, Any]:
        """Return the place and the content of the next event."""
        number = self.response.readline()
        assert number.startswith(b"id: ")
        data = self.response.readline()
        assert self.response.readline() == b"\n"
        return int(number[4:]), json.loads(data.removeprefix(b"data: "))

    def close(self) -> None:
        """Leave."""
        self.connection.close()


@pytest.fixture
def opened() -> Iterator[list[Tail]]:
    """Collect tails and close them."""
    tails: list[Tail] = []
    yield tails
    for tail in tails:
        tail.close()


def test_new_events_are_shown_in_order_with_their_place(server: RunningServer, opened: list[Tail]) -> None:
    """Also those of one batch; with why a meter could not read them."""
    tail = Tail(server)
    opened.append(tail)
    assert tail.response.getheader("content-type") == "text/event-stream"

    server.ingest([event("a", "tailed"), event("b", "tailed")])
    server.ingest(event("c", "tailed"))

    shown = [tail.next() for _ in range(3)]
    assert [content["event"]["id"] for _, content in shown] == ["a", "b", "c"]
    assert [number - shown[0][0] for number, _ in shown] == [0, 1, 2]
    assert shown[0][1]["validationError"] == "no meter found for event type: tailed"


def test_a_client_that_reconnects_misses_nothing(server: RunningServer, opened: list[Tail]) -> None:
    """The browser's last-event-id says where to go on, as does `after`."""
    first = Tail(server, "?type=again")
    server.ingest([event(str(number), "again") for number in range(3)])
    number, _ = first.next()
    first.close()

    for tail in (Tail(server, "?type=again", {"last-event-id": str(number)}), Tail(server, f"?type=again&after={number}")):
        opened.append(tail)
        assert [tail.next()[1]["event"]["id"] for _ in range(2)] == ["1", "2"]


def test_filters_hide_other_events(server: RunningServer, opened: list[Tail]) -> None:
    """By subject and by type."""
    by_subject, by_type = Tail(server, "?subject=wanted"), Tail(server, "?type=wanted")
    opened += [by_subject, by_type]

    server.ingest([event("x", "other", subject="other"), event("y", "wanted", subject="other"), event("z", "other", subject="wanted")])

    assert by_subject.next()[1]["event"]["id"] == "z"
    assert by_type.next()[1]["event"]["id"] == "y"


def test_a_place_that_is_no_number_is_refused(server: RunningServer) -> None:
    """By name, before anything is sent."""
    answer = server.get("/api/v1/events/tail", headers={"last-event-id": "soon"})

    assert answer.status == 400
    assert "last-event-id is 'soon'" in answer.json()["detail"]
