"""Clients that write events to a real server and remember what was acknowledged, and the auditor who compares it with what is stored."""

import http.client
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from running_server import BATCH_TYPE, EVENTS, Address, event

EVENT_TYPE = "audit"
METER = "audit"
CONNECT_SECONDS = 5.0


@dataclass
class Account:
    """Numbers of events, as far as clients know them."""

    sent: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    refused: list[tuple[int, bytes]] = field(default_factory=list)
    """Answers other than success: status and body."""


@dataclass
class Stored:
    """What the server has: the distinct numbers, and how many events it counts."""

    numbers: set[str]
    count: int


def create_meter(address: Address) -> None:
    """Create the meter that the audit reads."""
    address.create_meter(METER, EVENT_TYPE, "COUNT", groupBy={"number": "$.number"})


def read_stored(address: Address) -> Stored:
    """Read everything back through the API."""
    values = address.get(f"/api/v1/meters/{METER}/group-by/number/values")
    assert values.status == 200, values
    numbers = values.json()
    assert len(numbers) == len(set(numbers))
    return Stored(set(numbers), address.total(METER))


def find_violations(account: Account, stored: Stored) -> list[str]:
    """Return every promise that was broken: lost, doubled or invented events."""
    found: list[str] = []
    if lost := account.acknowledged - stored.numbers:
        found.append(f"lost: {len(lost)} acknowledged events, such as {min(lost)}")
    if invented := stored.numbers - account.sent:
        found.append(f"invented: {len(invented)} events, such as {min(invented)}")
    if stored.count != len(stored.numbers):
        found.append(f"doubled: {stored.count} events are counted, {len(stored.numbers)} are different")
    return found


class Load:
    """Client threads that write batches until they are stopped; each sends a batch again until it is acknowledged.

    Args:
        account: Where they note what they do.
        address: Gives the server's address of the moment, or None while there is none.
        threads: How many.
        batch: Events of a request.
        prefix: Of the numbers, so that two loads send different events.
    """

    def __init__(
        self, account: Account, address: Callable[[], Address | None], *, threads: int = 4, batch: int = 5, prefix: str = ""
    ) -> None:
        self._account = account
        self._address = address
        self._batch = batch
        self._prefix = prefix
        self._changed = threading.Condition()
        self._is_over = False
        self._threads = [threading.Thread(target=self._run, args=(number,), name=f"load-{number}") for number in range(threads)]

    def start(self) -> None:
        """Begin to write."""
        for thread in self._threads:
            thread.start()

    def wait_for(self, acknowledged: int, *, timeout_seconds: float = 60) -> None:
        """Block until this many events are acknowledged."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self._account.acknowledged) >= acknowledged, timeout_seconds)

    def wait_for_refusals(self, count: int, *, timeout_seconds: float = 60) -> None:
        """Block until this many answers were no success."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self._account.refused) >= count, timeout_seconds)

    def stop(self) -> None:
        """End, without sending what is not acknowledged again."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()

    def _run(self, worker: int) -> None:
        connection: http.client.HTTPConnection | None = None
        count = 0
        batch: list[str] = []
        while not self._is_over:
            if not batch:
                batch = [f"{self._prefix}{worker}-{count + step}" for step in range(self._batch)]
                count += self._batch
                with self._changed:
                    self._account.sent.update(batch)
            address = self._address()
            try:
                if address is None:
                    raise ConnectionError("there is no server")
                if connection is None or connection.port != address.port:
                    _close(connection)
                    connection = http.client.HTTPConnection(address.host, address.port, timeout=CONNECT_SECONDS)
                status, body = _send(connection, batch)
            except (OSError, http.client.HTTPException):
                _close(connection)
                connection = None
                self._pause()
                continue
            with self._changed:
                if status == 204:
                    self._account.acknowledged.update(batch)
                    batch = []
                else:
                    self._account.refused.append((status, body))
                self._changed.notify_all()
            if status != 204:
                self._pause()
        _close(connection)

    def _pause(self) -> None:
        """Wait a little, as a client does between two tries."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_over, 0.02)


def _close(connection: http.client.HTTPConnection | None) -> None:
    if connection is not None:
        connection.close()


def _send(connection: http.client.HTTPConnection, numbers: list[str]) -> tuple[int, bytes]:
    events = [event(number, EVENT_TYPE, data={"number": number}) for number in numbers]
    connection.request("POST", EVENTS, json.dumps(events).encode(), {"content-type": BATCH_TYPE})
    response = connection.getresponse()
    return response.status, response.read()
